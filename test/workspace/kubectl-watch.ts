import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A command whose output is followed, line by line. */
export interface Watch {
  /** As a person would type it. */
  readonly command: string;
  /** The newest lines, the table's heading first. */
  lines(): readonly string[];
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly changed: () => void;
  /** Lines kept. */
  readonly most?: number;
}

/** Until it is started again after its end. */
const again = 1_000;

/** Follows the real kubectl with `-w`; when it ends, as with an API server that goes away, it says so and starts again. */
export function watchKubectl({ program, args, env, changed, most = 60 }: WatchOptions): Watch {
  const lines: string[] = [];
  let heading: string | undefined;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const add = (line: string): void => {
    if (line.startsWith('NAME')) {
      heading ??= line;
      return;
    }
    // Of rows that differ in their age alone the newest is enough.
    if (ageless(lines.at(-1) ?? '') === ageless(line)) lines.pop();
    lines.push(line);
    if (lines.length > most) lines.shift();
    changed();
  };
  const start = (): void => {
    const started = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    createInterface({ input: started.stdout }).on('line', add);
    createInterface({ input: started.stderr }).on('line', (line) => add(`# ${line}`));
    started.once('error', (error) => add(`# ${error.message}`));
    started.once('close', (code) => {
      if (stopped) return;
      if (code === 0) add('# the watch ended; kubectl is started again');
      timer = setTimeout(start, again);
    });
  };
  start();
  return {
    command: `kubectl ${args.join(' ')}`,
    lines: () => [...(heading === undefined ? [] : [heading]), ...lines],
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const running = child;
      if (!running || running.exitCode !== null || running.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => {
        running.once('close', () => resolve());
      });
      running.kill('SIGTERM');
      await ended;
    },
  };
}

const ageless = (line: string): string => line.replace(/\s+\S+$/, '');

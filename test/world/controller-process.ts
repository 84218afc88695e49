import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../tools/cache.ts';

const ours = fileURLToPath(new URL('../../controller/main.ts', import.meta.url));
const endWithStarter = new URL('end-with-starter.ts', import.meta.url).href;

/** One line of the controller's log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface ControllerProcess {
  readonly pid: number;
  readonly log: readonly LogLine[];
  /** What it wrote to standard error: only ever why it did not start. */
  readonly errors: readonly string[];
  /** Resolves with the code or the signal's name. */
  readonly ended: Promise<string>;
  /** Resolves once the log holds such a line. */
  logged(event: string): Promise<LogLine>;
  /** What /metrics says, as text. */
  metrics(): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, then the end. */
  stop(): Promise<string>;
}

/**
 * The real controller as a process of its own. It ends with its starter at the latest. `detached`: Ctrl-C in a terminal
 * does not reach it, for a starter that ends it in order. `main`: of another copy of the controller.
 */
export function startController(
  env: Readonly<Record<string, string>>,
  { detached = false, main = ours }: { detached?: boolean; main?: string } = {},
): ControllerProcess {
  const child = spawn(process.execPath, ['--import', endWithStarter, main], {
    detached,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      // Half of the time that a start takes.
      NODE_COMPILE_CACHE: join(cacheFolder(), 'compiled'),
      ALLCLEAR_HTTP_PORT: '0',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log: LogLine[] = [];
  const errors: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(parse(line));
    for (const look of waiting) look();
  });
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));
  const logged = (event: string): Promise<LogLine> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = log.find((l) => l.event === event);
        if (!line) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
      void ended.then((how) =>
        reject(new Error(`the controller ended (${how}) before it logged ${event}\n${errors.join('\n')}`)),
      );
      look();
    });
  return {
    pid: child.pid ?? 0,
    log,
    errors,
    ended,
    logged,
    async metrics() {
      const { http } = await logged('started');
      return (await fetch(`http://127.0.0.1:${String(http)}/metrics`)).text();
    },
    signal: (name) => void child.kill(name),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function parse(line: string): LogLine {
  try {
    const value: LogLine = JSON.parse(line);
    return value;
  } catch {
    return { level: 'error', event: 'unstructured-output', line };
  }
}

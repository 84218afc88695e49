import type { Io } from '../../controller/cli/io.ts';
import { run } from '../../controller/cli/program.ts';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process, with what it would have printed handed back. */
export async function runCli(
  args: readonly string[],
  { stdin = '', env = {}, now = Date.now() }: { stdin?: string; env?: Io['env']; now?: number } = {},
): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    env,
    now: () => now,
    stdin: () => Promise.resolve(stdin),
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
  };
  const code = await run(args, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

import { execFile } from 'node:child_process';
import { devNull } from 'node:os';

/** An environment in which no setting of the machine or its user reaches git. */
export const isolatedGit: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: devNull,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_TERMINAL_PROMPT: '0',
  // Housekeeping goes on in the background, where it may still write while the folder is removed.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'maintenance.auto',
  GIT_CONFIG_VALUE_0: 'false',
};

/** As gitOutput, without the white space at the end. */
export async function git(...call: Parameters<typeof gitOutput>): Promise<string> {
  return (await gitOutput(...call)).trimEnd();
}

/** Runs git in `folder` and gives what it printed, whole. Throws with its error text. */
export function gitOutput(
  folder: string,
  args: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      args,
      { cwd: folder, env: { ...isolatedGit, ...options.env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`git ${args[0]}: ${stderr.trim() || error.message}`, { cause: error }));
        else resolve(stdout);
      },
    );
    // A git that needs no input may be gone before it is written.
    child.stdin?.on('error', () => {}).end(options.input ?? '');
  });
}

/** As git, but false when it fails: for questions such as "does this branch exist". */
export async function gitAsks(folder: string, args: readonly string[]): Promise<string | false> {
  return git(folder, args).catch(() => false as const);
}

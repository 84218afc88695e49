import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A static check: a program that ends with 0 when all is well. */
export interface Check {
  name: string;
  /** What to do when it fails. */
  remedy: string;
  command: readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;

export const checks: readonly Check[] = [
  {
    name: 'generated files are fresh',
    remedy: 'make generate, and commit what it writes',
    command: [node, 'tools/generate.ts', '--check'],
  },
  { name: 'format', remedy: 'make format', command: ['node_modules/.bin/oxfmt', '--check'] },
  {
    name: 'lint',
    remedy: 'mend what it names',
    // By this Node.js, which takes the TypeScript of tools/lint/.
    command: [node, 'node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
  },
  { name: 'types', remedy: 'mend what it names', command: ['node_modules/.bin/tsc', '--noEmit', '-p', '.'] },
  { name: 'unused code', remedy: 'remove it, or use it', command: ['node_modules/.bin/knip'] },
];

/** Runs them one after another and prints a line for each, with the output of those that fail. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  const result = { passed: 0, failed: 0 };
  for (const { name, remedy, command } of checks) {
    const start = performance.now();
    const { code, output } = await run(command);
    const time = `${((performance.now() - start) / 1_000).toFixed(1)} s`;
    if (code === 0) {
      result.passed++;
      console.log(`ok      ${name} (${time})`);
    } else {
      result.failed++;
      console.log(`FAILED  ${name} (${time}): ${remedy}\n${output.trimEnd()}\n`);
    }
  }
  return result;
}

async function run([program, ...args]: readonly string[]): Promise<{ code: number | null; output: string }> {
  if (!program || !existsSync(program.startsWith('/') ? program : `${root}${program}`)) {
    return { code: null, output: `${program} is not installed` };
  }
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

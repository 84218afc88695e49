import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { runCli } from '../../test/builders/io.ts';

const commands = ['validate', 'plan', 'explain', 'doctor'];

it('lists its commands', async () => {
  const { code, out } = await runCli(['--help']);
  expect(code).toBe(0);
  for (const command of commands) expect(out).toContain(`  ${command} [options]`);
});

it.each(commands)('%s --help shows examples that call it', async (command) => {
  const { code, out } = await runCli([command, '--help']);
  expect(code).toBe(0);
  expect(out.split('Examples:\n')[1]).toContain(`  allclear ${command} `);
});

it('lists what a Slack administrator needs', async () => {
  expect((await runCli(['slack', '--help'])).out).toContain('  manifest [options] [file...]');
  expect((await runCli(['slack', 'manifest', '--help'])).out).toContain('Examples:\n  allclear slack manifest');
});

it('prints its version', async () => {
  expect(await runCli(['--version'])).toEqual({ code: 0, out: packageJson.version, err: '' });
});

it.each([
  [['valdate', 'a.yaml'], 'Did you mean validate?'],
  [['plan', '--polcy', 'a.yaml'], 'Did you mean --policy?'],
  [['plan'], "missing required argument 'file'"],
  [['plan', 'a.yaml', '-o', 'xml'], 'Allowed choices are text, json'],
  [[], 'Usage: allclear'],
])('%j is not understood: exit code 2', async (args, says) => {
  const { code, out, err } = await runCli(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(says);
});

it('finds a new enough Node.js from a link to it, wherever it is called', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-cli-'));
  try {
    const link = join(folder, 'allclear');
    symlinkSync(fileURLToPath(new URL('allclear.sh', import.meta.url)), link);
    // Whatever node the machine has there may be too old, or none.
    const { stdout } = await promisify(execFile)(link, ['--version'], { cwd: folder, env: { PATH: '/usr/bin:/bin' } });
    expect(stdout).toBe(`${packageJson.version}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

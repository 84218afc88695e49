import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { runCli } from '../../test/builders/io.ts';
import { vendorCommands } from '../integrations/commands.gen.ts';

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

it.each(Object.entries(vendorCommands))('%s --help shows the commands of the vendor', async (name, { description }) => {
  const { code, out } = await runCli([name, '--help']);
  expect(code).toBe(0);
  expect(out).toContain(description);
  expect((await runCli(['--help'])).out).toMatch(new RegExp(`^  ${name} `, 'm'));
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

const root = fileURLToPath(new URL('../..', import.meta.url));

it('says nothing but what it was asked for when npx runs it with the machine’s Node.js', async () => {
  // Without the newer Node.js of node_modules, which a newcomer's shell does not have either.
  const machine = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.endsWith('node_modules/.bin'));
  // npm compares what the machine has only with a checkout that its cache does not know.
  const cache = mkdtempSync(join(tmpdir(), 'allclear-npm-'));
  const npm = { npm_config_cache: cache, npm_config_update_notifier: 'false' };
  const env = { ...process.env, PATH: machine.join(':'), ...npm };
  const call = promisify(execFile)('npx', ['--no', '--', 'allclear', '--version'], { cwd: root, env });
  const { stdout, stderr } = await call.finally(() => rmSync(cache, { recursive: true }));
  expect({ stdout, stderr }).toEqual({ stdout: `${packageJson.version}\n`, stderr: '' });
  // npm compares the machine's with this, and the README promises it.
  expect(packageJson.engines.node).toBe('>=20');
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('Node.js 20 or newer');
});

it('says what to do in a checkout whose packages are not installed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'allclear-cli-'));
  try {
    const shim = join(folder, 'controller', 'cli', 'allclear.sh');
    cpSync(fileURLToPath(new URL('allclear.sh', import.meta.url)), shim);
    await expect(promisify(execFile)(shim, ['--version'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^allclear: its packages are not installed\. Run "make setup" in .+\.\n$/),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

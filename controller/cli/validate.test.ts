import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../test/builders/io.ts';

const example = fileURLToPath(new URL('../../incidents/example.yaml', import.meta.url));
const record = fileURLToPath(new URL('../record/__snapshots__/INC-00001', import.meta.url));
const head = 'apiVersion: allclear.dev/v1alpha1\nkind: Incident\nmetadata: {name: a}\n';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'allclear-validate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

it('has nothing to say of the example', async () => {
  expect(await runCli(['validate', example])).toEqual({ code: 0, out: '1 file, no problem', err: '' });
});

it('names file, line, field, what is wrong and what to do', async () => {
  const path = write('a.yaml', `${head}spec:\n  title: A\n  severity: SEV9\n---\n${head}spec: {titel: A}\n`);
  const { code, out } = await runCli(['validate', path, example]);
  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    `${path}:6: spec.severity: "SEV9" is not one of SEV1, SEV2, SEV3, SEV4. Did you mean SEV1?`,
    expect.stringContaining(`${path}:11: spec.title: is missing. Add it: `),
    `${path}:11: spec.titel: is not known. Did you mean title?`,
    '2 files, 3 problems',
  ]);
});

it('reads standard input, and passes over what is not its own with a notice', async () => {
  const stdin = `${head}spec: {title: A}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n`;
  expect(await runCli(['validate', '-'], { stdin })).toEqual({
    code: 0,
    out: '1 file, no problem',
    err: 'stdin:6: v1 Secret is passed over: it is not one of AllClear’s kinds',
  });
});

it('checks a folder with everything in it: resources, records, and no other YAML', async () => {
  write('good.yaml', `${head}spec: {title: A}\n`);
  write('values.yaml', 'replicas: 2\n');
  mkdirSync(join(folder, '2026'));
  const copy = join(folder, '2026', 'INC-00001');
  cpSync(record, copy, { recursive: true });
  const good = await runCli(['validate', folder]);
  expect(good).toEqual({
    code: 0,
    out: '1 file and 1 record, no problem',
    err: `${join(folder, 'values.yaml')}: passed over, since it holds no Kubernetes resource`,
  });

  const postmortem = join(copy, 'postmortem.md');
  const text = readFileSync(postmortem, 'utf8');
  writeFileSync(postmortem, text.replace(/^status: .*$/m, 'status: done'));
  const line = text.split('\n').findIndex((each) => each.startsWith('status: ')) + 1;
  const says = `${postmortem}:${line}: the status is neither draft nor accepted. Set status: draft or status: accepted.`;
  const bad = await runCli(['validate', folder]);
  expect({ code: bad.code, out: bad.out }).toEqual({ code: 1, out: `${says}\n1 file and 1 record, 1 problem` });
  // A hook names the file that was changed.
  const named = await runCli(['validate', postmortem]);
  expect({ code: named.code, out: named.out }).toEqual({ code: 1, out: `${says}\n1 record, 1 problem` });
});

it('says which file is not there, and that a folder is empty', async () => {
  expect(await runCli(['validate', join(folder, 'no.yaml')])).toEqual({
    code: 1,
    out: '',
    err: `allclear: ${join(folder, 'no.yaml')}: there is no such file or folder`,
  });
  expect((await runCli(['validate', folder])).err).toContain('no YAML file and no record was found');
});

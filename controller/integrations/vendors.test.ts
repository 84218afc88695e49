import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exampleIn, exampleOf } from '../../test/builders/vendor-example.ts';
import { readCrds } from '../api/schema.ts';
import { validateFile } from '../api/validate.ts';
import { systemClock } from '../runtime/clock.ts';
import { isKind } from '../capabilities/capabilities.ts';
import { bind, vendors } from './registry.ts';

const here = new URL('./', import.meta.url);
const docs = new URL('../../docs/', import.meta.url);

/** Folders of this one that are no vendor. */
const shared = ['kit'];
const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !shared.includes(entry.name))
  .map(({ name }) => name);

/** The conformance suites that a vendor's tests import; lint refuses an import that is not used. */
function suitesOf(folder: string): string[] {
  const tests = readdirSync(new URL(`${folder}/`, here)).filter((file) => file.endsWith('.test.ts'));
  const texts = tests.map((file) => readFileSync(new URL(`${folder}/${file}`, here), 'utf8'));
  return texts
    .flatMap((text) => [...text.matchAll(/from '[./]+\/test\/conformance\/([\w-]+)\.ts'/g)])
    .flatMap(([, name = '']) => (isKind(name) ? [name] : []))
    .toSorted();
}

it('every folder is a vendor, listed under its name in the code and in the CRD', () => {
  expect(vendors.map(({ name }) => name).toSorted()).toEqual(folders.toSorted());
  const spec = readCrds().find(({ kind }) => kind === 'Integration')?.schema.properties?.['spec'];
  expect(Object.keys(spec?.properties?.['provider']?.properties ?? {})).toEqual(folders.toSorted());
});

describe.each(vendors)('$name', ({ name, title, maturity, can }) => {
  it('has its options beside its code', () => {
    const files = readdirSync(new URL(`${name}/`, here));
    expect(files).toEqual(expect.arrayContaining(['options.yaml', `${name}.ts`]));
  });

  it('can do what it says before it connects, and nothing else', () => {
    const bound = bind(exampleOf(name));
    const secrets = Object.fromEntries((bound?.secretKeys[0] ?? []).map((key) => [key, '-']));
    const connection = bound?.connect(secrets, { clock: systemClock, install: 'test', log() {} });
    connection?.close();
    expect(bound?.vendor.name).toBe(name);
    expect(Object.keys(connection?.capabilities ?? {}).toSorted()).toEqual([...can.ports].toSorted());
  });

  it('names the hosts that its Secret may travel to', () => {
    const hosts = bind(exampleOf(name))?.hosts ?? [];
    expect(hosts.length).toBeGreaterThan(0);
    for (const host of hosts) expect(new URL(`https://${host}/`).host).toBe(host);
  });

  it('has a page in docs/ that is named after it and tells its maturity', () => {
    const page = new URL(`${name}.md`, docs);
    expect(existsSync(page)).toBe(true);
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(new RegExp(`^# ${title}\n`));
    expect(text).toContain(`\nMaturity: ${maturity}. `);
    expect(validateFile(exampleIn(name), `${name}.md`)).toEqual([]);
    expect(readFileSync(new URL('connect.md', docs), 'utf8')).toContain(`[${name}.md](${name}.md)`);
  });

  it('runs the conformance suite of every kind that it can do, and of no other', () => {
    expect(suitesOf(name)).toEqual([...can.ports].toSorted());
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cacheFolder, installOnce } from './cache.ts';

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function writeTool(folder: string): Promise<void> {
  await writeFile(join(folder, 'tool'), 'whole');
}

describe('cacheFolder', () => {
  it('follows the environment', () => {
    expect(cacheFolder({ ALLCLEAR_CACHE: '/a', XDG_CACHE_HOME: '/x' })).toBe('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/allclear');
    expect(cacheFolder({ ALLCLEAR_CACHE: '', XDG_CACHE_HOME: '' })).toMatch(/\/\.cache\/allclear$/);
  });
});

describe('installOnce', () => {
  it('makes it once for two at the same time, and leaves only the result', async () => {
    const folder = await aFolder();
    const target = join(folder, 'deep', 'tools');
    let made = 0;
    let waited = 0;
    const other = Promise.withResolvers<void>();
    const make = async (into: string) => {
      made++;
      await other.promise;
      await writeTool(into);
    };
    const wait = (): void => {
      waited++;
      other.resolve();
    };
    const install = async () => installOnce(target, make, wait);
    await Promise.all([install(), install()]);

    expect({ made, waited }).toEqual({ made: 1, waited: 1 });
    expect(await readFile(join(target, 'tool'), 'utf8')).toBe('whole');
    expect(await readdir(join(folder, 'deep'))).toEqual(['tools']);
  });

  it('leaves nothing when making fails, so that the next one can', async () => {
    const folder = await aFolder();
    const target = join(folder, 'tools');
    const failing = installOnce(target, async (into) => {
      await writeTool(into);
      throw new Error('no compiler');
    });
    await expect(failing).rejects.toThrow('no compiler');
    expect(await readdir(folder)).toEqual([]);

    await installOnce(target, writeTool);
    expect(await readdir(folder)).toEqual(['tools']);
  });

  it('takes over from a process that was killed, and removes what it left', async () => {
    const folder = await aFolder();
    const target = join(folder, 'tools');
    await mkdir(`${target}.partial-1234abcd`);
    await mkdir(`${target}.lock`);
    // Above the largest process number of Linux (2^22).
    await writeFile(join(`${target}.lock`, 'pid'), '99999999');

    await installOnce(target, writeTool);
    expect(await readdir(folder)).toEqual(['tools']);
  });

  it('takes over a lock that is no longer renewed', async () => {
    const folder = await aFolder();
    const target = join(folder, 'tools');
    await mkdir(`${target}.lock`);
    const aMinuteAgo = new Date(Date.now() - 60_000);
    await utimes(`${target}.lock`, aMinuteAgo, aMinuteAgo);

    await installOnce(target, writeTool);
    expect(await readdir(folder)).toEqual(['tools']);
  });
});

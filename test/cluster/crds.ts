import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kubectl } from './kubectl.ts';

/** The folder of AllClear's own CRDs. */
export const ownCrds = fileURLToPath(new URL('../../crds', import.meta.url));

/** The folder of AllClear's admission policies. */
export const ownConfig = fileURLToPath(new URL('../../config', import.meta.url));

/** Applies the CRDs of these files and folders and waits until the server serves them. Absent or empty folders are fine. */
export async function applyCrds(kubectl: Kubectl, paths: readonly string[]): Promise<void> {
  const files = (await Promise.all(paths.map(yamlFiles))).flat();
  if (files.length === 0) return;
  await applyConfig(kubectl, files);
  await kubectl('wait', '--for=condition=Established', '--timeout=120s', ...files.flatMap((file) => ['-f', file]));
}

/** Applies what needs the CRDs. The API server heeds an admission policy a moment later. */
export async function applyConfig(kubectl: Kubectl, paths: readonly string[]): Promise<void> {
  const files = (await Promise.all(paths.map(yamlFiles))).flat();
  if (files.length === 0) return;
  const flags = files.flatMap((file) => ['-f', file]);
  await kubectl('apply', '--server-side', '--force-conflicts', '--field-manager=test', ...flags);
}

async function yamlFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return [path];
  if (!found) return [];
  const names = await readdir(path);
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(path, name));
}

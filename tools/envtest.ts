import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { withProgress, type Say } from './progress.ts';

/** https://github.com/kubernetes-sigs/controller-tools: the list that setup-envtest reads. */
const officialIndex = 'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';
/** A network that is not there must not hold up the build that replaces the download. */
const indexTimeout = 5_000;
const downloadTimeout = 300_000;

const run = promisify(execFile);

interface Archive {
  hash: string;
  selfLink: string;
}

/** By version, then by the archive's file name. */
export interface EnvtestReleases {
  releases?: Record<string, Record<string, Archive>>;
}

export interface EnvtestChoice {
  version: string;
  archive: Archive;
}

/** `ALLCLEAR_ENVTEST_INDEX`: another index's URL, or `off`. */
export function envtestIndex(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const index = env['ALLCLEAR_ENVTEST_INDEX'] || officialIndex;
  return index === 'off' ? undefined : index;
}

/**
 * The newest official release of `minor` ("1.36") for this machine, or undefined when there is none.
 * Throws within five seconds when the index can't be read.
 */
export async function findEnvtest(index: string, minor: string, platform: string): Promise<EnvtestChoice | undefined> {
  const response = await fetch(index, { signal: AbortSignal.timeout(indexTimeout) });
  if (!response.ok) throw new Error(`${index} answered ${response.status}`);
  const releases: EnvtestReleases | null = parse(await response.text());
  return chooseRelease(releases, minor, platform);
}

/** Pre-releases are left out. */
export function chooseRelease(
  index: EnvtestReleases | null,
  minor: string,
  platform: string,
): EnvtestChoice | undefined {
  const releases = index?.releases ?? {};
  const patches = Object.keys(releases)
    .filter((version) => /^v\d+\.\d+\.\d+$/.test(version) && version.startsWith(`v${minor}.`))

    .toSorted((a, b) => Number(b.split('.')[2]) - Number(a.split('.')[2]));
  for (const version of patches) {
    const archive = releases[version]?.[`envtest-${version}-${platform}.tar.gz`];
    if (archive?.hash && archive.selfLink) return { version, archive };
  }
  return undefined;
}

/** Puts kube-apiserver, etcd and kubectl into `folder`. Throws when the download fails or its SHA-512 is another. */
export async function downloadEnvtest(choice: EnvtestChoice, folder: string, say: Say): Promise<void> {
  const file = join(folder, 'envtest.tar.gz');
  try {
    await withProgress(`downloading envtest ${choice.version}`, say, download(choice.archive, file));
    // The archive holds controller-tools/envtest/{etcd,kube-apiserver,kubectl}.
    await run('tar', ['-xzf', file, '-C', folder, '--strip-components=2']);
    for (const name of ['kube-apiserver', 'etcd', 'kubectl']) await chmod(join(folder, name), 0o755);
  } finally {
    await rm(file, { force: true });
  }
}

async function download({ selfLink, hash }: Archive, file: string): Promise<void> {
  const response = await fetch(selfLink, { signal: AbortSignal.timeout(downloadTimeout) });
  if (!response.ok || !response.body) throw new Error(`${selfLink} answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));

  const digest = createHash('sha512');
  await pipeline(createReadStream(file), digest);
  const found = digest.digest('hex');
  if (found !== hash) throw new Error(`${selfLink} has SHA-512 ${found}, but the index says ${hash}`);
}

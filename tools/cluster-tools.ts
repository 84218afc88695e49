import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, exists, installOnce } from './cache.ts';
import { downloadEnvtest, envtestIndex, findEnvtest } from './envtest.ts';
import { buildGo, pinnedVersion, type GoTool } from './go.ts';
import { messageOf, sayOnStderr, type Say } from './progress.ts';

/** Paths of the programs that make a Kubernetes API server. */
export interface ClusterTools {
  kubeApiserver: string;
  etcd: string;
  kubectl: string;
}

export interface ClusterToolsOptions {
  env?: NodeJS.ProcessEnv;
  say?: Say;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const names = ['kube-apiserver', 'etcd', 'kubectl'] as const;

/**
 * Finds kube-apiserver, etcd and kubectl, or gets them: `KUBEBUILDER_ASSETS`, the cache, the official envtest
 * archive, a build with Go. Says what takes long. Throws with what to do when none of these works.
 */
export async function getClusterTools({
  env = process.env,
  say = sayOnStderr,
}: ClusterToolsOptions = {}): Promise<ClusterTools> {
  const assets = env['KUBEBUILDER_ASSETS'];
  if (assets) {
    for (const name of names) {
      await access(join(assets, name), constants.X_OK).catch((cause: unknown) => {
        throw new Error(`KUBEBUILDER_ASSETS is ${assets}, but ${name} is not in it (unset it to have it built)`, {
          cause,
        });
      });
    }
    return inFolder(assets);
  }
  const kubernetes = pinnedVersion(join(here, 'kubernetes'), 'k8s.io/kubernetes');
  const etcd = pinnedVersion(join(here, 'etcd'), 'go.etcd.io/etcd/server/v3');
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const target = join(cacheFolder(env), 'tools', `kubernetes-${kubernetes}-etcd-${etcd}-${platform}`);
  if (!(await exists(target))) {
    const get = async (folder: string) => {
      if (await download(folder, minorOf(kubernetes), platform, env, say)) return;
      say(
        `Building kube-apiserver and kubectl ${kubernetes} and etcd ${etcd} with Go, once (two cores: about 6 minutes).`,
      );
      for (const tool of goTools(kubernetes)) await buildGo(tool, folder, say);
    };
    await installOnce(target, get, () => say(`Waiting: another process gets the tools (${target}.lock).`));
    say(`The tools are in ${target}.`);
  }
  return inFolder(target);
}

/** @returns whether it worked; says why when it did not. */
async function download(
  folder: string,
  minor: string,
  platform: string,
  env: NodeJS.ProcessEnv,
  say: Say,
): Promise<boolean> {
  const index = envtestIndex(env);
  if (!index) return false;
  try {
    const choice = await findEnvtest(index, minor, platform);
    if (!choice) {
      say(`envtest has no Kubernetes ${minor} for ${platform}.`);
      return false;
    }
    await downloadEnvtest(choice, folder, say);
    return true;
  } catch (error) {
    say(`The official envtest download does not work here (${messageOf(error)}).`);
    return false;
  }
}

function goTools(kubernetes: string): GoTool[] {
  const [major, minor] = kubernetes.slice(1).split('.');
  const version = 'k8s.io/component-base/version';
  const ldflags = `-X ${version}.gitVersion=${kubernetes} -X ${version}.gitMajor=${major} -X ${version}.gitMinor=${minor}`;
  const kube = { module: join(here, 'kubernetes'), ldflags };
  return [
    { module: join(here, 'etcd'), package: 'go.etcd.io/etcd/server/v3', binary: 'etcd' },
    { ...kube, package: 'k8s.io/kubernetes/cmd/kube-apiserver', binary: 'kube-apiserver' },
    { ...kube, package: 'k8s.io/kubernetes/cmd/kubectl', binary: 'kubectl' },
  ];
}

function minorOf(version: string): string {
  return version.slice(1).split('.').slice(0, 2).join('.');
}

function inFolder(folder: string): ClusterTools {
  return {
    kubeApiserver: join(folder, 'kube-apiserver'),
    etcd: join(folder, 'etcd'),
    kubectl: join(folder, 'kubectl'),
  };
}

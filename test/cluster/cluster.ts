import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getClusterTools, type ClusterTools } from '../../tools/cluster-tools.ts';
import { applyConfig, applyCrds } from './crds.ts';
import { writeKubeconfig, writeSigningKey, writeTokens, type User } from './files.ts';
import { kubectlWith, type Kubectl } from './kubectl.ts';
import { supervise, type Supervised } from './supervised.ts';

export interface ClusterOptions {
  /** Folders or files with CRDs to install; an empty or absent folder is fine. Default: none. */
  crds?: readonly string[];
  /** Folders or files to apply after the CRDs, such as admission policies. Default: none. */
  config?: readonly string[];
  /** Users besides `admin`, which is in system:masters. They have no rights until a binding gives them some. */
  users?: readonly User[];
  /** More arguments for kube-apiserver. */
  apiServerArgs?: readonly string[];
  /** More arguments for etcd. */
  etcdArgs?: readonly string[];
  tools?: ClusterTools;
}

/** A Kubernetes API server with its own etcd, on loopback. No controller manager, no nodes: namespaces are not finished deleting, pods never run. */
export interface Cluster {
  /** Path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly server: string;
  /** The CA of the server's certificate, PEM. */
  readonly ca: string;
  /** The admin's token. */
  readonly token: string;
  /** Temporary, gone with the cluster. It holds apiserver.log and etcd.log. */
  readonly folder: string;
  readonly tools: ClusterTools;
  readonly kubectl: Kubectl;
  /** The token of a user named in the options. */
  readonly tokenOf: (user: string) => string;
  /** Writes a kubeconfig for a user named in the options; returns its path. */
  readonly kubeconfigOf: (user: string) => Promise<string>;
  /** Ends the API server and starts it again with the same data, port, certificate and tokens. Also after a kill. */
  readonly restartApiServer: () => Promise<void>;
  /** SIGKILL. It stays away until restartApiServer. */
  readonly killApiServer: () => Promise<void>;
  /** Ends everything and removes the folder. */
  readonly stop: () => Promise<void>;
}

const apiServer = 'kube-apiserver';
/** Seen: 3 to 4 s on two idle cores. */
const readyTimeout = 90_000;
/** It waits for requests that may hang, so it gets little time before it is killed. */
const stopGrace = 1_000;

class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** Starts a cluster. Throws with the end of the log when it does not come up; nothing is left then. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const tools = options.tools ?? (await getClusterTools());
  for (let attempt = 1; ; attempt++) {
    const supervised = await supervise();
    try {
      return await startIn(supervised, tools, options);
    } catch (error) {
      await supervised.end();
      if (!(error instanceof PortTaken) || attempt === 3) throw error;
    }
  }
}

async function startIn(supervised: Supervised, tools: ClusterTools, options: ClusterOptions): Promise<Cluster> {
  const { folder } = supervised;
  const port = await freePort();
  const server = `https://127.0.0.1:${port}`;
  const admin: User = { name: 'admin', groups: ['system:masters'] };
  const { path: tokenFile, tokens } = await writeTokens(folder, [admin, ...(options.users ?? [])]);
  const args = apiServerArgs({ folder, port, tokenFile, signingKey: await writeSigningKey(folder) });
  const log = join(folder, 'apiserver.log');
  const startApiServer = async () => {
    await supervised.start({
      name: apiServer,
      command: tools.kubeApiserver,
      args: [...args, ...(options.apiServerArgs ?? [])],
      log,
    });
    return waitUntilReady(supervised, port);
  };

  // kube-apiserver waits for etcd by itself, so both start at once.
  await supervised.start({
    name: 'etcd',
    command: tools.etcd,
    args: [...etcdArgs(folder), ...(options.etcdArgs ?? [])],
    log: join(folder, 'etcd.log'),
  });
  const ca = await startApiServer();

  const tokenOf = (user: string): string => {
    const token = tokens.get(user);
    if (!token) throw new Error(`${user} was not named when the cluster was started`);
    return token;
  };
  const kubeconfigOf = async (user: string): Promise<string> => {
    const path = join(folder, `${user.replaceAll(/[^\w.-]/g, '_')}.kubeconfig`);
    await writeKubeconfig(path, { server, ca, user, token: tokenOf(user) });
    return path;
  };
  const kubeconfig = await kubeconfigOf(admin.name);
  const kubectl = kubectlWith(tools.kubectl, kubeconfig);
  await applyCrds(kubectl, options.crds ?? []);
  await applyConfig(kubectl, options.config ?? []);

  return {
    kubeconfig,
    server,
    ca,
    token: tokenOf(admin.name),
    folder,
    tools,
    kubectl,
    tokenOf,
    kubeconfigOf,
    async restartApiServer() {
      await supervised.stop(apiServer, stopGrace);
      await startApiServer();
    },
    killApiServer: () => supervised.stop(apiServer, 0),
    stop: () => supervised.end(),
  };
}

/** A Unix socket, so that etcd, which asks nobody for a password, takes no port. */
function etcdArgs(folder: string): string[] {
  const client = `unix://${folder}/etcd.sock`;
  const peer = `unix://${folder}/peer.sock`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
  ];
}

interface ServerFiles {
  folder: string;
  port: number;
  tokenFile: string;
  signingKey: string;
}

function apiServerArgs({ folder, port, tokenFile, signingKey }: ServerFiles): string[] {
  return [
    `--etcd-servers=unix://${folder}/etcd.sock`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certs')}`,
    `--token-auth-file=${tokenFile}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--endpoint-reconciler-type=none',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${signingKey}`,
    `--service-account-signing-key-file=${signingKey}`,
    // Nobody makes the default service account without a controller manager.
    '--disable-admission-plugins=ServiceAccount',
  ];
}

/** @returns the certificate authority that the server made for itself */
async function waitUntilReady(supervised: Supervised, port: number): Promise<string> {
  const { folder } = supervised;
  const deadline = performance.now() + readyTimeout;
  while (performance.now() < deadline) {
    for (const name of [apiServer, 'etcd']) {
      if (supervised.isRunning(name)) continue;
      const log = await readFile(join(folder, name === 'etcd' ? 'etcd.log' : 'apiserver.log'), 'utf8');
      if (name === apiServer && /address already in use/.test(log)) throw new PortTaken(`port ${port} is taken`);
      throw new Error(`${name} ended while it started:\n${log.split('\n').slice(-15).join('\n')}`);
    }
    const ca = await readFile(join(folder, 'certs', 'apiserver.crt'), 'utf8').catch(() => '');
    if (ca && (await isReady(port, ca))) return ca;
    await sleep(100);
  }
  const log = await readFile(join(folder, 'apiserver.log'), 'utf8').catch(() => '');
  throw new Error(`kube-apiserver is not ready after ${readyTimeout / 1_000} s:\n${log.slice(-3_000)}`);
}

/** The certificate is checked, so that another server on this port is not taken for ours. */
function isReady(port: number, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ask = request({ host: '127.0.0.1', port, path: '/readyz', ca, timeout: 2_000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ask.on('timeout', () => ask.destroy());
    ask.on('error', () => resolve(false));
    ask.end();
  });
}

/**
 * Below the ranges that systems hand out for outgoing connections (Linux from 32768, macOS from 49152), so that the
 * port is still free when the server comes back to it.
 */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port between 20000 and 29999 on 127.0.0.1');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

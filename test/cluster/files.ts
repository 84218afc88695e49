import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface User {
  name: string;
  groups?: readonly string[];
}

/** Writes the key that signs service account tokens; returns its path. */
export async function writeSigningKey(folder: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const path = join(folder, 'service-accounts.key');
  await writeFile(path, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  return path;
}

/** Writes the file for `--token-auth-file`; returns its path and each user's token. */
export async function writeTokens(
  folder: string,
  users: readonly User[],
): Promise<{ path: string; tokens: ReadonlyMap<string, string> }> {
  const tokens = new Map(users.map(({ name }) => [name, randomBytes(16).toString('hex')]));
  const lines = users.map(({ name, groups = [] }) => `${tokens.get(name)},${name},${name},"${groups.join(',')}"\n`);
  const path = join(folder, 'tokens.csv');
  await writeFile(path, lines.join(''), { mode: 0o600 });
  return { path, tokens };
}

export interface KubeconfigFields {
  server: string;
  /** PEM. */
  ca: string;
  user: string;
  token: string;
}

/** JSON, which every reader of a kubeconfig takes, since it is YAML. */
export async function writeKubeconfig(path: string, { server, ca, user, token }: KubeconfigFields): Promise<void> {
  const name = 'allclear-local';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name, context: { cluster: name, user, namespace: 'default' } }],
  };
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

import { generateKeyPairSync } from 'node:crypto';
import type { SeedConfig } from 'emulate';

export const bot = 'allclear-bot';
export const person = 'casey';
/** emulate refuses a token's 5,000th request in an hour: many tokens for one account. */
const callsOfToken = 4_000;
const tokensOfAccount = 250;

/** One account, under as many of emulate's tokens as it needs. */
export interface Account {
  readonly login: string;
  calls: number;
}

export const appId = 4242;
export const installationId = 4243;

let made: string | undefined;
/** One key for all: making it takes a fifth of a second. */
export function privateKey(): string {
  made ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
  return made;
}

/** The next of an account's inner tokens. */
export function spend(account: Account): string {
  account.calls += 1;
  return `${account.login}-${Math.floor(account.calls / callsOfToken) % tokensOfAccount}`;
}

export function seed(owner: string, repo: string): SeedConfig {
  const logins = [bot, person, 'admin'];
  const tokens = logins.flatMap((login) =>
    Array.from(
      { length: tokensOfAccount },
      (_, n) => [`${login}-${n}`, { login, scopes: ['repo', 'user'] }] as [string, { login: string; scopes: string[] }],
    ),
  );
  const permissions = { contents: 'write', issues: 'write', pull_requests: 'write', metadata: 'read' };
  return {
    tokens: Object.fromEntries(tokens),
    github: {
      users: [...logins, 'riley', 'sam'].map((login) => ({ login, name: login, email: `${login}@example.com` })),
      orgs: [{ login: owner, name: owner, members: logins.map((login) => ({ login, role: 'admin' })) }],
      repos: [{ owner, name: repo, default_branch: 'main', auto_init: false }],
      apps: [
        {
          app_id: appId,
          slug: 'allclear-app',
          name: 'AllClear',
          private_key: privateKey(),
          permissions,
          installations: [
            { installation_id: installationId, account: owner, repository_selection: 'all', permissions },
          ],
        },
      ],
    },
  };
}

import { Rejected } from '../../runtime/outcome.ts';
import { hostOf as urlHost } from '../kit/host.ts';

/** Where a repository is, and how git may go there. */
export interface Address {
  readonly transport: 'https' | 'http' | 'ssh';
  /** As git is told it: no credentials in it, no option, no helper. */
  readonly url: string;
  /** `https://github.com/acme/incidents`: where people look, if the host has pages; also the account's id. */
  readonly page: string;
  /** `acme/incidents`. */
  readonly path: string;
}

/** Host and port that git talks to; of `git@host:path` the host. */
export const hostOf = (given: string): string => /^[^/@]+@([^/:]+):/.exec(given)?.[1] ?? urlHost(given);

const host = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;
const safePath = /^[A-Za-z0-9_~][\w.~-]*(\/[A-Za-z0-9_~][\w.~-]*)*\/?$/;
const user = /^[A-Za-z0-9_][\w.-]*$/;
const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * https to anywhere, ssh (`ssh://git@host/path`, `git@host:path`) to anywhere, http to the loopback address alone,
 * for tests. No file, no git://, no remote helper (`ext::`), no credentials in the URL. Throws Rejected GitUrlRefused.
 */
export function parseAddress(given: string): Address {
  const scp = /^([^@/:]+)@([^@/:]+):(?!\/)(.+)$/.exec(given);
  if (scp) return ssh(scp[1] ?? '', scp[2] ?? '', '', scp[3] ?? '', given);
  if (!URL.canParse(given)) throw refused(given, 'it is not a URL');
  const url = new URL(given);
  const path = url.pathname.replace(/^\/+/, '');
  if (url.search || url.hash) throw refused(given, 'it has a query');
  if (url.protocol === 'ssh:') {
    if (url.password) throw refused(given, 'it has a password in it');
    return ssh(url.username || 'git', url.hostname, url.port, path, given);
  }
  if (url.username || url.password) throw refused(given, 'it has credentials in it: they belong into the Secret');
  const transport = url.protocol === 'https:' ? 'https' : 'http';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.has(url.hostname))) {
    throw refused(given, 'only https and ssh are used');
  }
  if (!safePath.test(path)) throw refused(given, 'its path is unusual');
  return { transport, url: `${url.origin}/${path}`, page: `${url.origin}/${bare(path)}`, path: bare(path) };
}

function ssh(name: string, hostname: string, port: string, path: string, given: string): Address {
  if (!user.test(name) || !host.test(hostname) || !safePath.test(path)) throw refused(given, 'a part of it is unusual');
  const at = port === '' ? hostname : `${hostname}:${port}`;
  return {
    transport: 'ssh',
    url: `ssh://${name}@${at}/${path}`,
    page: `https://${hostname}/${bare(path)}`,
    path: bare(path),
  };
}

const bare = (path: string): string => path.replace(/\/+$/, '').replace(/\.git$/, '');

function refused(given: string, why: string): Rejected {
  const shown = given.replace(/\/\/[^@/]*@/, '//…@').slice(0, 200);
  return new Rejected('GitUrlRefused', `the repository ${shown} cannot be used: ${why}`, { terminal: true });
}

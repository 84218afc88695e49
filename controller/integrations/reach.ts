import type { Reach } from '../incident/scope.ts';
import type { Kind } from './capabilities.ts';
import type { Connections } from './connections.ts';

/** What an object in `namespace` can have done, as its phases ask for it. */
export function reachIn(connections: Connections, namespace: string): Reach {
  return {
    find(kind, named) {
      const able = connections.names(namespace, kind);
      const name = named === undefined ? able[0] : able.find((n) => n === named);
      if (name !== undefined) return { name };
      const message =
        named === undefined
          ? `No Integration in reach does ${words[kind]}.`
          : `Integration ${named} is not in reach, or does not do ${words[kind]}.`;
      return { off: { reason: 'NotConfigured', message } };
    },
    all: (kind) => connections.names(namespace, kind),
    link: (entry) => {
      if (entry.integration === undefined || entry.ref === undefined) return undefined;
      return connections.port(namespace, entry.integration, entry.kind as Kind).port?.link?.(entry.ref);
    },
  };
}

const words: Readonly<Record<Kind, string>> = {
  number: 'numbers',
  channel: 'channels',
  purpose: 'channels',
  message: 'messages',
  pin: 'pins',
  members: 'invitations',
  bookmark: 'bookmarks',
  thread: 'threads',
  ticket: 'tickets',
  comment: 'comments',
  record: 'records in Git',
  review: 'pull requests',
};

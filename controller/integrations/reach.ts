import type { Reach } from './capabilities.ts';
import { kindWords } from './capabilities.ts';
import type { Connections } from './connections.ts';

/** What an object in `namespace` can have done, as its phases ask for it. */
export function reachIn(
  connections: Pick<Connections, 'names' | 'link' | 'interactive' | 'lost' | 'lacks'>,
  namespace: string,
): Reach {
  return {
    find(kind, named) {
      const able = connections.names(namespace, kind);
      const name = named === undefined ? able[0] : able.find((n) => n === named);
      if (name !== undefined) return { name };
      const message =
        named === undefined
          ? `No Integration in reach does ${kindWords[kind]}.`
          : `Integration ${named} is not in reach, or does not do ${kindWords[kind]}.`;
      return { off: { reason: 'NotConfigured', message } };
    },
    all: (kind) => connections.names(namespace, kind),
    lost: (name, kind) => connections.lost(namespace, name, kind),
    lacks: (name, kind) => connections.lacks(namespace, name, kind),
    interactive: (name) => connections.interactive(namespace, name),
    link: (entry) => connections.link(namespace, entry),
  };
}

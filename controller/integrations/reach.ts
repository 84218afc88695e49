import type { Integration } from '../api/integration.gen.ts';
import type { Reach } from '../capabilities/reach.ts';
import type { Kind } from '../capabilities/capabilities.ts';
import { choose, type Candidate } from './choose.ts';
import type { Connections } from './connections.ts';
import { nounsOf } from './nouns.ts';
import { bind } from './registry.ts';

/** What an object in `namespace` can have done, as its phases ask for it. */
export function reachIn(
  connections: Pick<Connections, 'inReach' | 'link' | 'interactive' | 'lost' | 'lacks'>,
  namespace: string,
): Reach {
  const candidate = (integration: Integration, kind: Kind): Candidate => {
    const { metadata, spec } = integration;
    return {
      name: metadata.name,
      isDefault: spec.default === true,
      isOwn: metadata.namespace === namespace,
      ...(bind(integration)
        ? { lack: connections.lacks(namespace, metadata.name, kind) }
        : {
            lack: `Integration ${metadata.name} is of a vendor that this version does not know.`,
            isUnknown: mayDo(integration, kind),
          }),
    };
  };
  const candidates = (kind: Kind): readonly Candidate[] =>
    connections.inReach(namespace).map((integration) => candidate(integration, kind));
  return {
    choose: (kind, named, field) => choose(kind, candidates(kind), named, field),
    all: (kind) => candidates(kind).flatMap(({ name, lack }) => (lack === undefined ? [name] : [])),
    lost: (name, kind) => connections.lost(namespace, name, kind),
    lacks: (name, kind) => connections.lacks(namespace, name, kind),
    interactive: (name) => connections.interactive(namespace, name),
    link: (entry) => connections.link(namespace, entry),
    noun: (kind, name) => nounsOf(connections.inReach(namespace))(kind, name),
  };
}

/** Of a vendor that is not known: what it did under another version; anything, where that is not recorded. */
const mayDo = ({ status }: Integration, kind: Kind): boolean => status?.capabilities?.includes(kind) ?? true;

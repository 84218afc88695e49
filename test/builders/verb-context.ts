import { contextOf, type Subject, type WayIn } from '../../controller/act/context.ts';
import type { By, VerbContext } from '../../controller/act/verb-context.ts';
import type { AnyVerb } from '../../controller/act/verb.ts';
import type { Incident } from '../../controller/api/incident.gen.ts';
import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import type { ResponsePolicy, ResponsePolicySpec } from '../../controller/api/response-policy.gen.ts';
import { FakeClock } from './fake-clock.ts';

export interface Surroundings extends Subject {
  /** Beside the one that it is about. */
  readonly others?: readonly Incident[];
  readonly updates?: readonly IncidentUpdate[];
  /** Holds for all of them. */
  readonly policy?: Omit<ResponsePolicySpec, 'priority'>;
  readonly privateNamespaces?: readonly string[];
}

const ana = { name: 'Ana', mail: 'ana@example.com', via: 'slack:T1/U1' };

/** A way in by which `<@U1>` mentions somebody. */
function aWayIn({ incident, others = [], updates = [], policy, privateNamespaces = [] }: Surroundings): WayIn {
  const all = incident ? [incident, ...others] : others;
  return {
    source: 'Slack',
    command: '/incident',
    clock: new FakeClock(),
    home: 'default',
    namespaces: ['default', 'other'],
    helpNote: 'How it is used.',
    mentioned: (words) => /<@(\w+)>/.exec(words)?.[1],
    cluster: {
      incidents: (namespace) => all.filter(({ metadata }) => metadata.namespace === namespace),
      incident: (namespace, name) =>
        all.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
      updates: () => updates,
      policies: (namespace) => (policy ? [aPolicy(namespace, policy)] : []),
      isPrivate: (namespace) => Promise.resolve(privateNamespaces.includes(namespace)),
    },
  };
}

const aPolicy = (namespace: string, spec: Omit<ResponsePolicySpec, 'priority'>): ResponsePolicy => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'ResponsePolicy',
  metadata: {
    name: 'usual',
    namespace,
    uid: 'policy',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-02-03T10:00:00Z',
  },
  spec: { priority: 0, ...spec },
});

/** What a verb knows that is about no incident, and about `incident` where there is one. */
export const aContext = (verb: Pick<AnyVerb, 'on'>, around: Surroundings = {}): By<VerbContext> => ({
  ...contextOf(aWayIn(around), verb, { key: 'T1/V1', ...around }),
  person: ana,
});

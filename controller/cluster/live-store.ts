import { act } from '../act/act.ts';
import type { Incident } from '../api/incident.gen.ts';
import { visibilityLabel } from '../api/names.ts';
import { claimsAsNotes } from '../timeline/series.ts';
import { inOrder } from '../timeline/order.ts';
import { minutes, seconds, type Clock, type Duration } from '../runtime/clock.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import type { KubeClient } from '../runtime/kube.ts';
import type { KubeObject } from '../runtime/kube-object.ts';
import type { LiveStore, Review } from '../act/store.ts';
import type { Caches } from './caches.ts';
import { namespaces as namespaceResource, resourceOf, subjectAccessReviews } from './resources.ts';
import { Writer } from './writes.ts';

export interface LiveStoreDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespaces: readonly string[];
  readonly caches: Caches;
  /** Of one write: people wait for its answer. */
  readonly timeout: Duration;
}

interface SubjectAccessReview extends KubeObject {
  readonly spec: Review;
  readonly status?: { readonly allowed?: boolean };
}

const labelLifetime: Duration = minutes(5);
const unknownLifetime: Duration = seconds(5);

/** The cluster as a way in sees it: reads from the caches, writes to the API server, answers into the caches. */
export function liveStore(deps: LiveStoreDeps): LiveStore {
  const { client, clock, caches, timeout } = deps;
  const forPeople = { urgent: true, timeout } as const;
  const incidents = caches.of('Incident');
  const updates = caches.of('IncidentUpdate');
  const policies = caches.of('ResponsePolicy');
  const incidentWriter = new Writer('Incident', client, incidents, forPeople);
  const updateWriter = new Writer('IncidentUpdate', client, updates, forPeople);
  const isPrivate = privateNamespaces(client, clock);
  // Known before it is asked for, so that it is known while the API server is away.
  for (const namespace of deps.namespaces) void isPrivate(namespace);

  return {
    connected: () => incidents.connected && updates.connected && policies.connected,
    namespaces: deps.namespaces,
    incidents: (namespace) => incidents.list(namespace),
    incident: (namespace, name) => incidents.get(namespace, name),
    updates: (incident) =>
      inOrder(incident, claimsAsNotes(incident, incident.status?.applied, caches.updatesOf(incident))),
    policies: (namespace) => policies.list(namespace),

    isPrivate,

    act: (wanted) =>
      act(
        {
          get: (namespace, name) => incidentWriter.refresh(namespace, name),
          async patch(namespace, name, operations) {
            const written = await client.patch<Incident>(resourceOf('Incident'), name, operations, {
              ...forPeople,
              namespace,
              type: 'json',
            });
            incidents.observe(written);
            return written;
          },
        },
        wanted,
      ),
    declare: (draft) => incidentWriter.ensure(draft),
    record: (draft) => updateWriter.ensure(draft),

    async review(review) {
      const asked: SubjectAccessReview = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        metadata: {},
        spec: review,
      };
      const answer = await client.create<SubjectAccessReview>(subjectAccessReviews, asked, forPeople);
      return answer.status?.allowed === true;
    },

    until(namespace, name, is, signal) {
      const holds = (): Incident | undefined => {
        const now = incidents.get(namespace, name);
        return now && is(now) ? now : undefined;
      };
      return new Promise((resolve) => {
        const found = holds();
        if (found || signal.aborted) return resolve(found);
        const stop = incidents.onChange((key) => {
          const now = key === `${namespace}/${name}` ? holds() : undefined;
          if (now) end(now);
        });
        const end = (result: Incident | undefined): void => {
          stop();
          signal.removeEventListener('abort', aborted);
          resolve(result);
        };
        const aborted = (): void => end(undefined);
        signal.addEventListener('abort', aborted, { once: true });
      });
    },
  };
}

/** Which namespaces bear the label that hides their incidents from the workspace. */
function privateNamespaces(client: KubeClient, clock: Clock): (namespace: string) => Promise<boolean> {
  const labels = new Map<string, { until: Duration; isPrivate: Promise<boolean> }>();
  return (namespace) => {
    const now = clock.monotonic();
    const known = labels.get(namespace);
    if (known && known.until > now) return known.isPrivate;
    const looked = client.find(namespaceResource, namespace, { timeout: 1_000, urgent: true }).then(
      (found) => found?.metadata.labels?.[visibilityLabel] === 'Private',
      (error: unknown) => {
        // A Role alone does not let us look: then nothing says that it is private.
        if (error instanceof KubeError && error.status === 403) return false;
        labels.set(namespace, { until: clock.monotonic() + unknownLifetime, isPrivate: looked });
        // While nobody answers it is as it was; never heard of, it may be.
        return known ? known.isPrivate : true;
      },
    );
    labels.set(namespace, { until: now + labelLifetime, isPrivate: looked });
    return looked;
  };
}

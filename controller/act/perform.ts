import type { ChangeSource, Severity, UpdateType } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate, IncidentUpdateSpec } from '../api/incident-update.gen.ts';
import { apiVersion, changeAnnotation, group } from '../api/names.ts';
import type { ResponsePolicySpec } from '../api/response-policy.gen.ts';
import { tellsOfChange } from '../timeline/history.ts';
import { originUid } from '../timeline/identity.ts';
import { canonical } from '../runtime/canonical.ts';
import { Overtaken, type Wish } from './act.ts';
import { Declined } from './declined.ts';
import { policyOf, yetToCome } from './incidents.ts';
import { changeIdFor, incidentNameFor, nameFor } from './names.ts';
import type { Actor, Person } from './person.ts';
import { shownTexts, textHash, type Shown } from './shown.ts';
import type { NamedDraft, Store, Want } from './store.ts';

/** Annotation: the account that did it, as `slack:<team>/<user>`, on what has no `change` of its own. */
const viaAnnotation = `${group}/via`;

/** One person who acts by one way in. */
export interface Acting {
  readonly source: ChangeSource;
  readonly person: Person;
  readonly cluster: Pick<Store, 'act' | 'declare' | 'record' | 'updates' | 'policies'>;
  /** @throws Declined for whom the policy does not let; KubeError, KubeUnreachable */
  allow(respond: ResponsePolicySpec['respond'], want: Want): Promise<Actor>;
}

/** What identifies an act: the same again is the same act. */
export interface Cause {
  /** What act it is: part of the name. */
  readonly kind: string;
  /** What identifies the press or line. */
  readonly key: string;
}

export interface ChangeBy extends Cause {
  readonly wish: Wish;
  readonly reason?: string | undefined;
  /** What the person saw; absent: the incident as it is cached. */
  readonly shown?: Shown | undefined;
}

/** One guarded change of an incident by a person. @throws as act() does, and Declined */
export async function change(acting: Acting, incident: Incident, by: ChangeBy): Promise<Incident> {
  const { cluster, source } = acting;
  const { namespace, name } = incident.metadata;
  const actor = await acting.allow(policyOf(acting, incident).spec.respond, {
    verb: 'patch',
    resource: 'incidents',
    namespace,
    name,
  });
  const id = changeIdFor(source, by.kind, by.key);
  const told = cluster
    .updates(incident)
    .some((update) => tellsOfChange(update) && update.metadata.annotations?.[changeAnnotation] === id);
  if (!told && incident.spec.change?.id !== id) sameTexts(incident, by);
  return cluster.act({
    namespace,
    name,
    seen: by.shown ? asSeen(incident, by.shown) : incident,
    wish: by.wish,
    change: { id, source, ...actor, ...(by.reason ? { reason: by.reason } : {}) },
    told,
  });
}

/** Of a text the person's form carries a hash alone, so act() cannot test what was seen. @throws Overtaken */
function sameTexts(incident: Incident, { wish, shown }: ChangeBy): void {
  for (const field of shownTexts) {
    const seen = shown?.texts?.[field];
    const [now, wanted] = [incident.spec[field], wish[field]];
    if (wanted === undefined || seen === undefined || seen === textHash(now) || (wanted ?? undefined) === now) continue;
    throw new Overtaken(`spec.${field}`, incident);
  }
}

/** The incident with what the person saw laid over it. */
function asSeen(incident: Incident, { state, severity, level, roles }: Shown): Incident {
  const spec = { ...incident.spec, state, severity, escalation: { level }, ...(roles ? { roles: { ...roles } } : {}) };
  return { ...incident, spec };
}

export interface Declaration {
  readonly title: string;
  readonly severity: Severity;
  readonly description?: string | undefined;
  readonly drill: boolean;
}

/** A new incident. @throws Declined when the same press made another one; KubeError, KubeUnreachable */
export async function declare(
  acting: Acting,
  namespace: string,
  { kind, key }: Cause,
  { title, severity, description, drill }: Declaration,
): Promise<Incident> {
  const { source, person } = acting;
  const spec = {
    title,
    severity,
    state: 'Investigating',
    mode: drill ? 'Drill' : 'Live',
    ...(description ? { description } : {}),
    // Who declares is in the channel from its beginning.
    ...(person.mail ? { roles: { reporter: person.mail } } : {}),
  } as const;
  const actor = await acting.allow(policyOf(acting, yetToCome(namespace, spec)).spec.respond, {
    verb: 'create',
    resource: 'incidents',
    namespace,
  });
  const { object, created } = await acting.cluster.declare({
    apiVersion,
    kind: 'Incident',
    metadata: { namespace, name: incidentNameFor(source, key) },
    spec: { ...spec, change: { id: changeIdFor(source, kind, key), source, ...actor } },
  });
  if (!created && (object.spec.title !== title || (object.spec.description ?? '') !== (description ?? '')))
    throw new Declined(
      `This was created already, as “${object.spec.title}”; change that one instead, or close this and declare another.`,
    );
  return object;
}

export interface TimelineEntry {
  readonly type: UpdateType;
  readonly text?: string | undefined;
  /** Default: the person. */
  readonly author?: string;
  /** RFC 3339. Default: when it is stored. */
  readonly occurredAt?: string;
  readonly more?: Partial<Pick<IncidentUpdateSpec, 'audience' | 'channels' | 'links' | 'nextDueAt'>>;
}

/** One entry of the timeline by a person. `created` is false when it stood there already. @throws as `declare` */
export async function addTimelineEntry(
  acting: Acting,
  incident: Incident,
  { kind, key }: Cause,
  entry: TimelineEntry,
): Promise<{ update: IncidentUpdate; created: boolean }> {
  const { namespace, name, uid } = incident.metadata;
  const { by, via } = await acting.allow(policyOf(acting, incident).spec.respond, {
    verb: 'create',
    resource: 'incidentupdates',
    namespace,
  });
  const { text, occurredAt, author = by, more = {} } = entry;
  const draft: NamedDraft<IncidentUpdate> = {
    apiVersion,
    kind: 'IncidentUpdate',
    metadata: {
      namespace,
      name: nameFor(name, kind, key),
      annotations: { [viaAnnotation]: via },
      ownerReferences: [{ apiVersion: incident.apiVersion, kind: incident.kind, name, uid }],
    },
    spec: {
      incidentRef: { name, uid: originUid(incident) },
      type: entry.type,
      ...(text ? { text } : {}),
      author,
      ...(occurredAt ? { occurredAt } : {}),
      audience: more.audience ?? 'Responders',
      ...(more.channels?.length ? { channels: more.channels } : {}),
      ...(more.links?.length ? { links: more.links } : {}),
      ...(more.nextDueAt ? { nextDueAt: more.nextDueAt } : {}),
    },
  };
  const { object, created } = await acting.cluster.record(draft);
  if (!created && entry.type === 'Status' && !says(object.spec, draft.spec))
    throw new Declined('This was sent already, with other words; close this and send another update.', 'spec.text');
  return { update: object, created };
}

/** The due time moves with the clock between two presses; what people wrote does not. */
const says = (a: IncidentUpdateSpec, b: NamedDraft<IncidentUpdate>['spec']): boolean =>
  a.text === b.text && a.audience === b.audience && canonical(a.channels ?? []) === canonical(b.channels ?? []);

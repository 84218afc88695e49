import { originUid } from '../timeline/identity.ts';
import { tellsOfChange } from '../timeline/history.ts';
import { Overtaken, type Wish } from '../act/act.ts';
import type { UpdateType } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate, IncidentUpdateSpec } from '../api/incident-update.gen.ts';
import { apiVersion, changeAnnotation, group } from '../api/names.ts';
import { canonical } from '../runtime/canonical.ts';
import { mailKey } from '../mail.ts';
import type { Named } from './cluster.ts';
import { Declined } from './declined.ts';
import { policyOf, type Desk } from './desk.ts';
import { changeIdFor, incidentNameFor, nameFor } from './names.ts';
import { shownAs, type Person } from './people.ts';
import { shownTexts, textHash, type Shown } from './views/parts.ts';

/** Annotation: who did it in Slack, as `slack:<team>/<user>`, on what has no `change` of its own. */
const viaAnnotation = `${group}/via`;

export interface Doing {
  /** What act it is: part of `change.id`. */
  readonly kind: string;
  /** What identifies the press or line: the same again is the same act. */
  readonly key: string;
  readonly wish: Wish;
  readonly reason?: string | undefined;
  /** What the person saw; absent: the incident as it is cached. */
  readonly shown?: Shown | undefined;
}

/** One guarded change of an incident by a person. @throws as act() does, and Declined */
export async function change(desk: Desk, person: Person, incident: Incident, doing: Doing): Promise<Incident> {
  const { namespace, name } = incident.metadata;
  const actor = await desk.rights.allow(person, policyOf(desk, incident).spec.respond, {
    verb: 'patch',
    resource: 'incidents',
    namespace,
    name,
  });
  const id = changeIdFor(doing.kind, doing.key);
  const told = desk.cluster
    .updates(incident)
    .some((update) => tellsOfChange(update) && update.metadata.annotations?.[changeAnnotation] === id);
  if (!told && incident.spec.change?.id !== id) sameTexts(incident, doing);
  return desk.cluster.act({
    namespace,
    name,
    seen: doing.shown ? asSeen(incident, doing.shown) : incident,
    wish: doing.wish,
    change: {
      id,
      source: 'Slack',
      ...actor,
      ...(doing.reason ? { reason: doing.reason } : {}),
    },
    told,
  });
}

/** Of a text the person's form carries a hash alone, so act() cannot test what was seen. @throws Overtaken */
function sameTexts(incident: Incident, { wish, shown }: Doing): void {
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

/** The same with only some of it shown, as a button does. */
export const shownOver = ({ spec }: Incident, shown: Partial<Shown> = {}): Shown => ({
  state: shown.state ?? spec.state,
  severity: shown.severity ?? spec.severity,
  level: shown.level ?? spec.escalation.level,
});

export interface Declaration {
  readonly key: string;
  readonly title: string;
  readonly severity: Incident['spec']['severity'];
  readonly description?: string | undefined;
  readonly drill: boolean;
}

/** A new incident. @throws Declined when the same press made another one; KubeError, KubeUnreachable */
export async function declare(desk: Desk, person: Person, namespace: string, said: Declaration): Promise<Incident> {
  const { key, title, severity, description, drill } = said;
  const spec = {
    title,
    severity,
    state: 'Investigating',
    mode: drill ? 'Drill' : 'Live',
    ...(description ? { description } : {}),
    // Who declares is in the channel from its beginning.
    ...(person.mail ? { roles: { reporter: person.mail } } : {}),
  } as const;
  const hypothetical: Incident = {
    apiVersion,
    kind: 'Incident',
    metadata: { name: '', namespace, uid: '', resourceVersion: '', generation: 0, creationTimestamp: '' },
    spec: { ...spec, escalation: { level: 0 }, deletionPolicy: 'Leave' },
  };
  const actor = await desk.rights.allow(person, policyOf(desk, hypothetical).spec.respond, {
    verb: 'create',
    resource: 'incidents',
    namespace,
  });
  const { object, created } = await desk.cluster.declare({
    apiVersion,
    kind: 'Incident',
    metadata: { namespace, name: incidentNameFor(key) },
    spec: { ...spec, change: { id: changeIdFor('declare', key), source: 'Slack', ...actor } },
  });
  if (!created && (object.spec.title !== title || (object.spec.description ?? '') !== (description ?? '')))
    throw new Declined(
      `This was created already, as “${object.spec.title}”; change that one instead, or close this and declare another.`,
    );
  return object;
}

export interface Telling {
  /** Part of the name: `update`, `message`. */
  readonly kind: string;
  readonly key: string;
  readonly type: UpdateType;
  readonly text?: string | undefined;
  /** Default: the person. */
  readonly author?: string;
  /** RFC 3339. Default: when it is stored. */
  readonly occurredAt?: string;
  readonly more?: Partial<Pick<IncidentUpdateSpec, 'audience' | 'channels' | 'links' | 'nextDueAt'>>;
}

/** One entry of the timeline by a person. `created` is false when it stood there already. @throws as `declare` */
export async function tell(
  desk: Desk,
  person: Person,
  incident: Incident,
  telling: Telling,
): Promise<{ update: IncidentUpdate; created: boolean }> {
  const { namespace, name, uid } = incident.metadata;
  const { by, via } = await desk.rights.allow(person, policyOf(desk, incident).spec.respond, {
    verb: 'create',
    resource: 'incidentupdates',
    namespace,
  });
  const { text, occurredAt, author = by, more = {} } = telling;
  const draft: Named<IncidentUpdate> = {
    apiVersion,
    kind: 'IncidentUpdate',
    metadata: {
      namespace,
      name: nameFor(name, telling.kind, telling.key),
      annotations: { [viaAnnotation]: via },
      ownerReferences: [{ apiVersion: incident.apiVersion, kind: incident.kind, name, uid }],
    },
    spec: {
      incidentRef: { name, uid: originUid(incident) },
      type: telling.type,
      ...(text ? { text } : {}),
      author,
      ...(occurredAt ? { occurredAt } : {}),
      audience: more.audience ?? 'Responders',
      ...(more.channels?.length ? { channels: more.channels } : {}),
      ...(more.links?.length ? { links: more.links } : {}),
      ...(more.nextDueAt ? { nextDueAt: more.nextDueAt } : {}),
    },
  };
  const { object, created } = await desk.cluster.record(draft);
  if (!created && telling.type === 'Status' && !says(object.spec, draft.spec))
    throw new Declined('This was sent already, with other words; close this and send another update.', 'spec.text');
  return { update: object, created };
}

/** The due time moves with the clock between two presses; what people wrote does not. */
const says = (a: IncidentUpdateSpec, b: Named<IncidentUpdate>['spec']): boolean =>
  a.text === b.text && a.audience === b.audience && canonical(a.channels ?? []) === canonical(b.channels ?? []);

/**
 * Who is named: the mail address that chat finds them by, else the name. Whoever has the role already stays as it was
 * written, so that nothing is handed over.
 */
export function roleHolder(person: Person, { spec: { roles = {} } }: Incident, role: string): string {
  const { mail } = person;
  if (mail === undefined) return shownAs(person);
  const held = Object.entries(roles).find(([name, who]) => name === role && mailKey(who) === mailKey(mail));
  return held?.[1] ?? shownAs(person);
}

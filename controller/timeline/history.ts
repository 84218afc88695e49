import { actOn, shownManager } from '../api/authors.ts';
import { incidentStates, severities } from '../api/enums.gen.ts';
import { apiVersion, changeAnnotation, titleAnnotation } from '../api/names.ts';
import type { Draft } from '../api/meta.ts';
import type { Incident, IncidentStatus } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { rfc3339, type Instant } from '../runtime/clock.ts';
import { isBlank } from '../text.ts';
import { originUid } from './identity.ts';

/** What of the incident the world has been told. */
export type Applied = NonNullable<IncidentStatus['applied']>;

/** A timeline entry to be created; both names are known beforehand. */
export type UpdateDraft = Draft<IncidentUpdate> & { metadata: { name: string; namespace: string } };

/** One difference between what the world was told and what the spec says. */
interface Difference {
  readonly type: 'State' | 'Severity' | 'Escalation' | 'Role';
  readonly from?: string;
  /** Absent: nobody any more. */
  readonly to?: string;
}

/** Where its field manager stands. */
const aspects = { State: 'state', Severity: 'severity', Escalation: 'level', Role: 'commander' } as const;

/**
 * Who did it and why. An act counts once: what is edited later, while its words still stand in spec, is no part of it,
 * nor is what another field manager wrote. Then all that is known is the field manager.
 */
function creditOf(
  incident: Incident,
  applied: Applied | undefined,
  type: Difference['type'],
): { readonly id?: string; readonly reason?: string; readonly by?: string } {
  const aspect = applied === undefined ? 'title' : aspects[type];
  const act = actOn(incident, aspect);
  const { id, reason, by } = act !== undefined && act.id !== applied?.changeId ? act : {};
  const owner = incident.metadata.managers?.[aspect];
  const author = by ?? (owner === undefined ? undefined : shownManager(owner));
  return {
    ...(id === undefined ? {} : { id }),
    ...(reason === undefined ? {} : { reason }),
    ...(author === undefined ? {} : { by: author }),
  };
}

/**
 * The timeline entries for what changed since it was last told: one an aspect, named `<incident>-<uid8>-t<seq>`,
 * so that a repeat after a crash is a no-op, and one after a restore: the uid is the identity's. A new incident's
 * first entry has no `from`.
 */
export function unseenUpdates(
  incident: Incident,
  applied: Applied | undefined,
  now: Instant,
  uid: string = incident.metadata.uid,
  first: number = (applied?.seq ?? 0) + 1,
): UpdateDraft[] {
  const { resolution } = incident.spec;
  return differences(incident, applied).map(({ type, from, to }, i) => {
    const declared = applied === undefined;
    const change = creditOf(incident, applied, type);
    const text = declared
      ? incident.spec.title
      : type === 'State' && to === 'Resolved'
        ? resolution?.summary
        : change.reason;
    const annotations = {
      ...(change.id ? { [changeAnnotation]: change.id } : {}),
      ...(type === 'State' && from === 'Triage' && to !== 'Resolved' ? { [titleAnnotation]: incident.spec.title } : {}),
    };
    return {
      apiVersion,
      kind: 'IncidentUpdate',
      metadata: {
        name: nameOf(incident, uid, first + i),
        namespace: incident.metadata.namespace,
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
        ownerReferences: [
          {
            apiVersion: incident.apiVersion,
            kind: incident.kind,
            name: incident.metadata.name,
            uid: incident.metadata.uid,
          },
        ],
      },
      spec: {
        incidentRef: { name: incident.metadata.name, uid },
        type,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        // What an older version of the CRDs let in is not passed on: it would be refused.
        ...(text && !isBlank(text) ? { text } : {}),
        ...(change.by && !isBlank(change.by) ? { author: change.by } : {}),
        occurredAt: declared ? incident.metadata.creationTimestamp : rfc3339(now),
        audience: 'Stakeholders',
        ...(type === 'State' && to === 'Resolved' && resolution?.channels?.length
          ? { channels: resolution.channels }
          : {}),
      },
    };
  });
}

/** The name of an entry of the controller's series. */
export const nameOf = ({ metadata }: Pick<Incident, 'metadata'>, uid: string, seq: number): string =>
  `${metadata.name.slice(0, 230)}-${uid.slice(0, 8)}-t${seq}`;

/** Its place in that series: 3 of `login-6f1c7c54-t3`; undefined: it has none. */
export function seriesNumberOf(incident: Incident, { metadata: { name } }: IncidentUpdate): number | undefined {
  const number = Number(/-t([1-9]\d{0,8})$/.exec(name)?.[1] ?? 0);
  return number > 0 && name === nameOf(incident, originUid(incident), number) ? number : undefined;
}

const changes: ReadonlySet<IncidentUpdate['spec']['type']> = new Set(['State', 'Severity', 'Escalation', 'Role']);

/** Only the controller's own entries do. */
export const tellsOfChange = ({ spec }: Pick<IncidentUpdate, 'spec'>): boolean => changes.has(spec.type);

/** What the world has been told once these entries exist. Their content counts, not today's spec: it may have moved on. */
export function applyUpdates(
  incident: Incident,
  applied: Applied | undefined,
  told: readonly IncidentUpdate[],
): Applied {
  const { spec } = incident;
  // Nothing of a new incident but its state is told as a change; the rest is what it began with.
  let result: Applied = applied ?? {
    seq: 0,
    state: spec.state,
    severity: spec.severity,
    level: spec.escalation.level,
    ...(spec.roles?.['commander'] ? { commander: spec.roles['commander'] } : {}),
  };
  for (const update of told) result = { ...withTold(result, update), seq: result.seq + 1 };
  return result;
}

function withTold(applied: Applied, { spec: { type, to } }: IncidentUpdate): Applied {
  if (type === 'State') return { ...applied, state: incidentStates.find((s) => s === to) ?? applied.state };
  if (type === 'Severity') return { ...applied, severity: severities.find((s) => s === to) ?? applied.severity };
  if (type === 'Escalation') return { ...applied, level: levelOf(to) ?? applied.level };
  if (type !== 'Role' || Array.from(to ?? '').length > longestName) return applied;
  const { commander: _, ...nobody } = applied;
  return to === undefined ? nobody : { ...nobody, commander: to };
}

/** Of a person, as the CRD bounds it in status: in characters, not in UTF-16 units. */
const longestName = 200;

/** An escalation level as it was written down, else undefined: a hand-made entry can say anything. */
const levelOf = (to: string | undefined): number | undefined => (/^\d$/.test(to ?? '') ? Number(to) : undefined);

function differences({ spec }: Incident, applied: Applied | undefined): Difference[] {
  if (!applied) return [{ type: 'State', to: spec.state }];
  const found: Difference[] = [];
  // Severity before state: "raised, then resolved" reads in the order in which it matters.
  if (spec.severity !== applied.severity) found.push({ type: 'Severity', from: applied.severity, to: spec.severity });
  if (spec.escalation.level !== applied.level)
    found.push({ type: 'Escalation', from: String(applied.level), to: String(spec.escalation.level) });
  const commander = spec.roles?.['commander'];
  if (commander !== applied.commander)
    found.push({
      type: 'Role',
      ...(applied.commander ? { from: applied.commander } : {}),
      ...(commander ? { to: commander } : {}),
    });
  if (spec.state !== applied.state) found.push({ type: 'State', from: applied.state, to: spec.state });
  return found;
}

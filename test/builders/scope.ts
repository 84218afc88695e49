import type { IncidentSpec } from '../../controller/api/incident.gen.ts';
import type { ResponsePolicySpec } from '../../controller/api/response-policy.gen.ts';
import type { IncidentScope } from '../../controller/incident/scope.ts';
import type { Reach } from '../../controller/capabilities/reach.ts';
import type { Plan } from '../../controller/runtime/phase.ts';
import { anIncident } from './incident.ts';
import { aReach } from './reach.ts';

export interface ScopeParts extends Omit<Partial<IncidentScope>, 'policy' | 'reach' | 'named'> {
  /** Laid over the spec of `incident`. */
  readonly spec?: Partial<IncidentSpec>;
  readonly policy?: Partial<ResponsePolicySpec>;
  readonly reach?: Partial<Reach>;
  /** null: it has no number yet. */
  readonly named?: IncidentScope['named'] | null;
}

/** What a phase sees of a declared incident with a number, of which nothing is made yet. Slack does everything. */
export function aScope({ spec, policy = {}, reach, named, ...parts }: ScopeParts = {}): IncidentScope {
  const base = parts.incident ?? anIncident();
  const incident = { ...base, spec: { ...base.spec, ...spec } };
  const { state, severity, escalation } = incident.spec;
  return {
    identity: { install: 'test', ...incident.metadata },
    applied: { seq: 1, state, severity, level: escalation.level },
    updates: [],
    entries: {},
    backfill: false,
    now: 0,
    reviewInterval: 60_000,
    ...parts,
    incident,
    policy: { spec: policy },
    reach: aReach(reach),
    ...(named === null ? {} : { named: named ?? { id: 'INC-00001', number: 1 } }),
  };
}

/** A plan in one line: `channel by slack`, `skip Quiet`, `wait WaitingForNumber`, `release channel`. */
export function outlineOf(plan: Plan): string {
  if ('skip' in plan) return `skip ${plan.skip.reason}`;
  if ('wait' in plan)
    return `wait ${plan.wait.reason}${plan.keepPrefix === undefined ? '' : `, keeps ${plan.keepPrefix}`}`;
  if ('failed' in plan) return `failed ${plan.failed.message}`;
  if ('release' in plan) return `release ${plan.release.join(', ')}`;
  const effects = plan.effects.map(({ key, integration }) => (integration ? `${key} by ${integration}` : key));
  const rest = [
    ...(plan.later ? [`later ${plan.later.reason}`] : []),
    ...(plan.held ? [`held ${plan.held.reason}`] : []),
    ...(plan.without ?? []).map((why) => `without: ${why}`),
  ];
  return [...effects, ...rest].join(', ') || 'nothing';
}

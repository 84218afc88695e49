import type { Incident } from '../../api/incident.gen.ts';
import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { withDefaults } from '../../api/defaults.ts';
import type { Integration } from '../../api/integration.gen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import { incidentDefinition } from '../../incident/definition.ts';
import type { UpdateDraft } from '../../timeline/history.ts';
import type { Policy } from '../../incident/policy/policy.ts';
import { inOrder } from '../../timeline/order.ts';
import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { rfc3339, systemClock, type Duration, type Instant } from '../../runtime/clock.ts';
import { mergeConditions } from '../../runtime/conditions.ts';
import type { EffectKey, Entry } from '../../runtime/effect.ts';
import { planAll, type Planned } from '../../runtime/phase.ts';
import { isSettled } from '../../runtime/reconciler.ts';
import { updateDefinition, updatePhases } from '../../update/definition.ts';
import { judgeEffects, type Intended, type Standing } from './judge.ts';
import { plannedReach } from './reach.ts';
import { isOfKind } from './world.ts';

/** Everything that a plan is made from. */
export interface PlanInput {
  readonly incident: Incident;
  /** As it is in the cluster; absent: it is new. */
  readonly live?: Incident;
  /** Of this incident: those in the cluster and those declared with it. */
  readonly updates: readonly IncidentUpdate[];
  readonly policies: readonly ResponsePolicy[];
  readonly integrations: readonly Integration[];
  readonly releaseNamespace: string;
  readonly install: string;
  readonly reviewInterval: Duration;
  readonly now: Instant;
}

/** What one object's phases would do, in their order. */
export interface ObjectPlan {
  readonly planned: readonly Planned<ProductEffect>[];
  readonly intended: ReadonlyMap<EffectKey, Intended>;
}

export interface IncidentPlan extends ObjectPlan {
  readonly incident: Incident;
  readonly policy: Policy;
  /** By time. `fresh`: it does not exist yet. */
  readonly updates: readonly (ObjectPlan & { readonly update: IncidentUpdate; readonly fresh: boolean })[];
}

/** More rounds than any chain of effects is long. */
const mostRounds = 50;

/**
 * Runs the phases again and again, each time as if what they wanted had been done, until nothing new appears. A wait for
 * time passes at once. Reaches nobody and writes nothing.
 */
export async function simulate(input: PlanInput): Promise<IncidentPlan> {
  const { incident: declared, live, policies, install, reviewInterval } = input;
  const { namespace } = declared.metadata;
  const reach = plannedReach(input.integrations, input.releaseNamespace);
  try {
    let { now } = input;
    let incident = declared;
    const updates = new Map(input.updates.map((update) => [update.metadata.name, update]));
    const drafted = new Set<string>();
    const shared = { clock: { ...systemClock, now: () => now }, install, policies: () => policies, reach: reach.of };
    const definition = incidentDefinition({
      ...shared,
      reviewInterval,
      updates: () => [...updates.values()],
      incidents: () => [],
      entries: ({ status }) => status?.effects ?? {},
      ensureUpdate(draft) {
        const known = updates.get(draft.metadata.name);
        if (known) return Promise.resolve({ update: known, created: false });
        const update = objectOf(draft, now);
        updates.set(update.metadata.name, update);
        drafted.add(update.metadata.name);
        return Promise.resolve({ update, created: true });
      },
      writeMetadata: (object, metadata) =>
        Promise.resolve({ ...object, metadata: { ...object.metadata, ...metadata } } as Incident),
      event() {},
    });
    const updateOf = updateDefinition({
      ...shared,
      incident: () => incident,
      incidents: () => [],
      siblings: () => [...updates.values()],
    });
    const { object, prepared } = await definition.prepare(declared);
    const main = standingOf(
      declared.status?.effects,
      isFrozen(declared, live, (each) => definition.closed(each)),
    );
    const ofUpdates = new Map<string, Standing>();
    let planned: readonly Planned<ProductEffect>[] = [];
    let policy: Policy = { spec: {} };
    const plans = new Map<string, readonly Planned<ProductEffect>[]>();
    const portOf = (kind: string, integration: string | undefined) => reach.port(namespace, kind, integration);
    for (let round = 0; ; round++) {
      if (round === mostRounds) throw new Error(`the phases want something new in each of ${mostRounds} rounds`);
      const scope = definition.gather(object, main.entries, prepared);
      ({ incident, policy } = scope);
      planned = planAll(definition.phases(scope), scope);
      let news = judgeEffects(main, planned, portOf, now);
      for (const update of updates.values()) {
        const { name } = update.metadata;
        const standing = ofUpdates.get(name) ?? standingOf(update.status?.effects, false);
        ofUpdates.set(name, standing);
        const view = updateOf.gather(update, standing.entries, undefined);
        const own = planAll(updatePhases, view);
        plans.set(name, own);
        news = judgeEffects(standing, own, portOf, now) || news;
        updates.set(name, told(update, standing.entries, now));
      }
      if (news) continue;
      const wait = soonest([planned, ...plans.values()]);
      if (wait === undefined) break;
      now += wait;
    }
    return {
      incident,
      policy,
      planned,
      intended: main.intended,
      updates: inOrder(incident, [...updates.values()]).map((update) => ({
        update,
        fresh: drafted.has(update.metadata.name) || update.metadata.resourceVersion === '',
        planned: plans.get(update.metadata.name) ?? [],
        intended: ofUpdates.get(update.metadata.name)?.intended ?? new Map<EffectKey, Intended>(),
      })),
    };
  } finally {
    reach.close();
  }
}

const standingOf = (effects: Readonly<Record<EffectKey, Entry>> | undefined, frozen: boolean): Standing => ({
  entries: { ...effects },
  intended: new Map(),
  frozen,
});

/** A closed incident that was settled is edited by nobody until people change it. */
const isFrozen = (declared: Incident, live: Incident | undefined, closed: (incident: Incident) => boolean): boolean =>
  live !== undefined && closed(live) && isSettled(live) && declared.metadata.generation === live.metadata.generation;

/** The update once its effects are done: what waits for its outcome goes on. */
function told(update: IncidentUpdate, entries: Readonly<Record<EffectKey, Entry>>, now: Instant): IncidentUpdate {
  const ready = { type: 'Ready', status: 'True', reason: 'Converged', message: '' } as const;
  const conditions = mergeConditions(update.status?.conditions ?? [], [ready], now, update.metadata.generation);
  return { ...update, status: { ...update.status, effects: { ...entries }, conditions } };
}

/** The draft as the API server would hand it out. */
function objectOf(draft: UpdateDraft, now: Instant): IncidentUpdate {
  const metadata = { uid: '', resourceVersion: '', generation: 1, creationTimestamp: rfc3339(now), ...draft.metadata };
  const object: unknown = { ...withDefaults('IncidentUpdate', draft), metadata };
  if (!isOfKind('IncidentUpdate', object)) throw new Error('a draft of an IncidentUpdate is something else');
  return object;
}

/** The shortest of all waits for time. */
function soonest(plans: readonly (readonly Planned<ProductEffect>[])[]): Duration | undefined {
  const waits = plans.flat().flatMap(({ plan }) => ('wait' in plan ? (plan.after ?? []) : []));
  return waits.length === 0 ? undefined : Math.min(...waits);
}

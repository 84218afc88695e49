import { rfc3339, type Instant } from './clock.ts';
import type { EffectKey } from './effect.ts';
import { clip } from './outcome.ts';
import type { Planned, Reason } from './phase.ts';
import type { Progress } from './progress.ts';
import type { AnyReason } from './reasons.ts';

/** metav1.Condition. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: AnyReason;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

export type ConditionVerdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** What one phase's effects came to. */
type Standing = 'settled' | 'off' | 'working' | 'waiting' | 'degraded' | 'stalled' | 'failed';

interface Judged {
  readonly verdict: ConditionVerdict;
  readonly standing: Standing;
}

/**
 * One condition a phase, then `Ready`, `Reconciling` and `Stalled` as kstatus reads them:
 * Ready is True once converged, with reason Degraded when something optional is down.
 */
export function judge(
  planned: readonly Planned[],
  progress: ReadonlyMap<EffectKey, Progress>,
): readonly ConditionVerdict[] {
  const judged = endWaits(planned.map((phase) => judgePhase(phase, progress)));
  const named = (standing: Standing): string =>
    judged
      .filter((j) => j.standing === standing)
      .map((j) => j.verdict.type)
      .join(', ');
  const failed = named('failed');
  const working = named('working');
  const stalled = [failed, named('stalled')].filter(Boolean).join(', ');
  const degraded = [stalled, named('degraded')].filter(Boolean).join(', ');
  const off = named('off');
  const offWords = off ? ` Off: ${off}.` : '';
  const ready: ConditionVerdict = failed
    ? verdict('Ready', 'False', 'PlanFailed', `A fault in the controller: it cannot tell what is wanted for ${failed}.`)
    : working
      ? verdict('Ready', 'False', 'Reconciling', `Working on ${working}.`)
      : degraded
        ? verdict('Ready', 'True', 'Degraded', `Converged but for ${degraded}.${offWords}`)
        : verdict('Ready', 'True', 'Converged', `Everything wanted is done.${offWords}`);
  return [
    ready,
    working
      ? verdict('Reconciling', 'True', 'Working', `Working on ${working}.`)
      : verdict('Reconciling', 'False', 'Converged', 'Nothing is under way.'),
    stalled
      ? verdict('Stalled', 'True', 'NeedsAPerson', `Only a person can mend ${stalled}.`)
      : verdict('Stalled', 'False', 'NotStalled', 'Nothing waits for a person.'),
    ...judged.map((j) => j.verdict),
  ];
}

/** Of an object for which nothing can be done at all, and why: only a person, or another version, can mend that. */
export const stopped = ({ reason, message }: Reason): readonly ConditionVerdict[] => [
  verdict('Ready', 'False', reason, message),
  verdict('Reconciling', 'False', reason, message),
  verdict('Stalled', 'True', reason, message),
];

/** To wait for what is under way is work; when all that is left is held up, so is whoever waits for it. */
function endWaits(judged: readonly Judged[]): readonly Judged[] {
  const some = (...standings: Standing[]): boolean => judged.some(({ standing }) => standings.includes(standing));
  const standing = !some('working') && some('degraded', 'stalled', 'failed') ? 'degraded' : 'working';
  return judged.map((one) => (one.standing === 'waiting' ? { ...one, standing } : one));
}

function judgePhase({ condition, plan }: Planned, progress: ReadonlyMap<EffectKey, Progress>): Judged {
  if ('skip' in plan)
    return {
      verdict: verdict(condition, 'False', plan.skip.reason, plan.skip.message),
      standing: isOff(plan.skip.reason) ? 'off' : 'settled',
    };
  if ('wait' in plan)
    return {
      verdict: verdict(condition, 'False', plan.wait.reason, plan.wait.message),
      standing: plan.after === undefined ? 'waiting' : 'working',
    };
  if ('failed' in plan)
    return { verdict: verdict(condition, 'False', plan.failed.reason, plan.failed.message), standing: 'failed' };
  const keys = 'effects' in plan ? plan.effects.map((e) => e.key) : plan.release;
  const all = keys.map((key) => progress.get(key)).filter((p) => p !== undefined);
  const parts = new Set('effects' in plan ? plan.effects.filter((e) => e.part).map((e) => e.key) : []);
  const isWorking = all.some(({ state }) => state === 'Working');
  const trouble = worstOf(all.filter(({ key }) => !parts.has(key)));
  // A refusal of one effect must not call the phase settled while its others are under way.
  if (trouble)
    return {
      verdict: verdict(condition, trouble.status, trouble.of[0].reason, describe(trouble.of)),
      standing: isWorking ? 'working' : trouble.standing,
    };
  const lesser = worstOf(all);
  if (lesser)
    return {
      verdict: verdict(
        condition,
        lesser.standing === 'working' ? lesser.status : 'True',
        lesser.of[0].reason,
        describe(lesser.of),
      ),
      standing: isWorking ? 'working' : lesser.standing,
    };
  if ('effects' in plan && plan.held)
    return {
      verdict: verdict(condition, 'False', plan.held.reason, plan.held.message),
      standing: isWorking ? 'working' : 'stalled',
    };
  if ('effects' in plan && plan.later)
    return { verdict: verdict(condition, 'False', plan.later.reason, plan.later.message), standing: 'waiting' };
  const changed = all.filter(({ state }) => state === 'Changed');
  if (changed[0])
    return { verdict: verdict(condition, 'True', changed[0].reason, describe(changed)), standing: 'settled' };
  const done = 'release' in plan ? 'Released' : 'Done';
  const words =
    keys.length === 0
      ? 'Nothing more to do.'
      : all.length === 1
        ? `${keys[0]}: done.`
        : `${all.length} done: ${keys.join(', ')}.`;
  const without = 'effects' in plan ? (plan.without ?? []) : [];
  return { verdict: verdict(condition, 'True', done, [words, ...without].join(' ')), standing: 'settled' };
}

/** A capability that is absent is no trouble. */
const isOff = (reason: AnyReason): boolean => reason === 'NotConfigured' || reason === 'NotSupported';

const troubles = [
  { states: ['Unknown'], status: 'Unknown', standing: 'stalled' },
  { states: ['Failed'], status: 'False', standing: 'stalled' },
  { states: ['Working'], status: 'False', standing: 'working' },
  { states: ['Held'], status: 'False', standing: 'degraded' },
  { states: ['Gone', 'Expired'], status: 'False', standing: 'degraded' },
] as const;

/** The gravest trouble of these, and all that have it; undefined: all is well. */
function worstOf(all: readonly Progress[]) {
  for (const { states, status, standing } of troubles) {
    const [first, ...more] = all.filter(({ state }) => states.some((one) => one === state));
    if (first) return { of: [first, ...more] as const, status, standing };
  }
  return undefined;
}

const describe = (all: readonly Progress[]): string => all.map((p) => `${p.key}: ${p.message || p.reason}`).join(' ');

/** Of a condition's message, in characters. The CRDs allow more; nobody reads more. */
const longestMessage = 1_024;
/** Conditions of one object, as the CRDs bound them: test/crds/bounds.test.ts holds it equal. */
export const mostConditions = 64;

const verdict = (type: string, status: Condition['status'], reason: AnyReason, message: string): ConditionVerdict => ({
  type,
  status,
  reason,
  message: clip(message, longestMessage),
});

/** Verdicts over the stored conditions: a time changes only with a status, and conditions of others stay. */
export function mergeConditions(
  stored: readonly Condition[],
  verdicts: readonly ConditionVerdict[],
  now: Instant,
  generation: number,
): Condition[] {
  const own = verdicts.map((v): Condition => {
    const before = stored.find((c) => c.type === v.type);
    const lastTransitionTime = before?.status === v.status ? before.lastTransitionTime : rfc3339(now);
    return { ...v, lastTransitionTime, observedGeneration: generation };
  });
  return [...own, ...stored.filter((c) => !verdicts.some((v) => v.type === c.type))].slice(0, mostConditions);
}

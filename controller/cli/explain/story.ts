import type { Incident } from '../../api/incident.gen.ts';
import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import type { Condition } from '../../api/meta.ts';
import { isArchived } from '../../timeline/identity.ts';
import { advice, outcome, troubled } from '../../capabilities/effect-words.ts';
import { byName, happenedAt } from '../../timeline/order.ts';
import { titleOf } from '../../document/words.ts';
import { inOrder } from '../../timeline/order.ts';
import type { Noun } from '../../document/words.ts';
import { rfc3339 } from '../../runtime/clock.ts';
import type { Cause, EffectState, Entry, Ref } from '../../runtime/effect.ts';
import { clean, oneLine } from '../../text.ts';
import { headline } from '../../update/render/words.ts';
import { conditionOfKey } from './keys.ts';
import { reasonLine } from '../../reasons/reasons.ts';
import type { AnyReason } from '../../runtime/reasons.ts';

/** Why everything of an incident is as it is: what `explain` prints. */
export interface Story {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
  /** While it waits in Triage: when it was raised. */
  readonly declaredAt: string;
  /** What makes the rest doubtful or old. */
  readonly warnings: readonly string[];
  readonly conditions: readonly ToldCondition[];
  readonly updates: readonly ToldUpdate[];
}

export interface ToldCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: AnyReason;
  readonly message: string;
  /** From docs/reasons.md, where something is left to do. */
  readonly todo?: string;
  readonly effects: readonly ToldEffect[];
}

export interface ToldEffect {
  readonly key: string;
  readonly state: EffectState;
  readonly sound: boolean;
  readonly words: string;
  readonly integration?: string;
  /** When it came to this state; of a Pending one, since when it is under way. */
  readonly at: string;
  readonly attempt: number;
  /** Why this attempt followed the one before. */
  readonly cause?: Cause;
  readonly ref?: Ref;
  readonly facts?: Readonly<Record<string, string>>;
  readonly advice?: string;
}

export interface ToldUpdate {
  readonly name: string;
  readonly at: string;
  readonly subject: string;
  readonly author?: string;
  readonly text?: string;
  readonly conditions: readonly ToldCondition[];
}

type Status = { readonly effects?: Readonly<Record<string, Entry>>; readonly conditions?: readonly Condition[] };

/** @param troubles of the controllers: why what is told may be old, or nothing is done at all */
export function storyOf(
  incident: Incident,
  updates: readonly IncidentUpdate[],
  troubles: readonly string[],
  noun: Noun,
): Story {
  const { metadata, spec, status } = incident;
  const named = { id: status?.id ?? '', number: status?.number ?? 0 };
  const told = inOrder(incident, updates);
  return {
    id: status?.id ?? 'not numbered yet',
    namespace: metadata.namespace,
    name: metadata.name,
    title: oneLine(titleOf(incident)),
    severity: spec.severity,
    state: spec.state,
    declaredAt: status?.timestamps?.declaredAt ?? metadata.creationTimestamp,
    warnings: [...troubles, ...warningsOf(incident)],
    conditions: conditionsOf(status ?? {}, noun),
    updates: told.map((update) => ({
      name: update.metadata.name,
      at: rfc3339(happenedAt(update)),
      subject: oneLine(headline(update, { incident, named, updates: told })),
      ...(update.spec.author === undefined ? {} : { author: oneLine(update.spec.author) }),
      ...(update.spec.text === undefined ? {} : { text: clean(update.spec.text) }),
      conditions: conditionsOf(update.status ?? {}, noun),
    })),
  };
}

function warningsOf(incident: Incident): string[] {
  const { metadata, status } = incident;
  if (isArchived(incident)) return ['It stands in a record: nothing is done for it.'];
  const seen = status?.observedGeneration;
  return [
    ...(seen === undefined ? ['No controller has seen it yet.'] : []),
    ...(seen !== undefined && seen < metadata.generation
      ? [`Its last edit has not been acted on yet: generation ${metadata.generation}, seen ${seen}.`]
      : []),
    ...(metadata.deletionTimestamp === undefined ? [] : [`It is being deleted since ${metadata.deletionTimestamp}.`]),
  ];
}

const otherEffects = 'OtherEffects';

/** Conditions in the order in which they are written, which is that of the phases, each with its effects. */
function conditionsOf({ conditions = [], effects = {} }: Status, noun: Noun): ToldCondition[] {
  const entries = Object.entries(effects).toSorted(([a], [b]) => byName(a, b));
  const ofCondition = new Map<string, ToldEffect[]>();
  for (const [key, entry] of entries) {
    const type = conditionOfKey(key) ?? otherEffects;
    ofCondition.set(type, [...(ofCondition.get(type) ?? []), effectOf(key, entry, noun)]);
  }
  const told = conditions.map((condition): ToldCondition => {
    const effectsHere = ofCondition.get(condition.type) ?? [];
    ofCondition.delete(condition.type);
    const { type, status, reason, message } = condition;
    return { type, status, reason, message, ...todoOf(condition), effects: effectsHere };
  });
  // Recorded, and no condition speaks of it any more.
  const rest = [...ofCondition].map(([type, effectsHere]): ToldCondition => ({
    type,
    status: 'Unknown',
    reason: 'NoCondition',
    message: 'Recorded; no condition speaks of it.',
    effects: effectsHere,
  }));
  return [...told, ...rest];
}

/** Of a condition that is True: others tell of a part that is in trouble. */
const sound: ReadonlySet<AnyReason> = new Set(['Converged', 'Done', 'Released', 'ChangedOutside']);

/** Nothing is to be done where all is well. */
function todoOf({ type, status, reason }: Condition): { todo?: string } {
  const well =
    status === 'True' ? type !== 'Stalled' && sound.has(reason) : type === 'Stalled' || type === 'Reconciling';
  const todo = well ? undefined : reasonLine(reason)?.todo;
  return todo === undefined || todo.startsWith('Nothing') ? {} : { todo };
}

function effectOf(key: string, entry: Entry, noun: Noun): ToldEffect {
  const { state, integration, ref, facts, attempt, cause } = entry;
  const todo = advice(entry);
  return {
    key,
    state,
    sound: !troubled(entry),
    words: outcome(key, entry, noun),
    ...(integration === undefined ? {} : { integration }),
    at: state === 'Pending' ? entry.since : entry.at,
    attempt,
    ...(cause === undefined ? {} : { cause }),
    ...(ref === undefined ? {} : { ref }),
    ...(facts === undefined ? {} : { facts }),
    ...(todo === '' ? {} : { advice: todo }),
  };
}

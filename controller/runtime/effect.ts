import { createHash } from 'node:crypto';
import { canonical } from './canonical.ts';
import type { Duration, Instant } from './clock.ts';
import { clip } from './outcome.ts';
import { recordedReason, type AnyReason, type ReasonName } from './reasons.ts';

/** Names what caused an effect, never a generation: `channel`, `ticket/github`, `notice/slack/stakeholders`. */
export type EffectKey = string;

/** Small strings that find a thing again outside: `{channel: 'C024BE91L', ts: '1700000000.000100'}`. No URL, no secret. */
export type Ref = Readonly<Record<string, string>>;

/** Whose effect it is. Written once into an annotation; markers outside carry it. */
export interface Identity {
  readonly install: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Something that should be true outside, as data. Only the executor carries it out. */
export interface Effect<K extends string = string, D = unknown> {
  readonly key: EffectKey;
  readonly kind: K;
  /** Name of the Integration that carries it out; absent for what the cluster itself does. */
  readonly integration?: string;
  readonly place?: Place;
  readonly desired: D;
  /** Not sent after this; recorded as Expired instead. */
  readonly notAfter?: Instant;
  /** A notification: never edited once sent, whatever becomes of what it told. */
  readonly final?: boolean;
  /** 1 is served first. An incident's severity. */
  readonly priority?: number;
  readonly drift?: DriftPolicy;
  /**
   * Its entry is of another thing that nobody wants any more, which is edited into this one. That edit has an intent:
   * from then on the thing is looked for as this one.
   */
  readonly takesOver?: boolean;
  /** The rest of its phase stands without it: its trouble is told beside the rest, not as the trouble of all. */
  readonly part?: boolean;
  /** Words for a Kubernetes Event when it is first done; absent: no Event. */
  readonly milestone?: string;
}

/** Where an effect belongs. */
export interface Place {
  /** Recorded with the intent as `within`, so that it can be looked for when nobody wants it any more. */
  readonly in?: Ref;
  /**
   * The effect in whose thing it stands, as a message in a channel. While that cannot be used nothing is sent there;
   * once that is another one (its ref says otherwise than what is recorded as `within`), this is made again in it.
   */
  readonly parent?: EffectKey;
}

/** What is done about what people do to a thing outside. */
export interface DriftPolicy {
  /** After Done, look at it this often for what changes outside: a merge, or what people did to it. */
  readonly every?: Duration;
  /** When it was changed: make it as desired again, or leave it and say so. Default: leave. */
  readonly changed?: 'enforce' | 'leave';
  /** When people took it away: make it again, or leave it and say so. Default: leave. */
  readonly gone?: 'recreate' | 'leave';
}

/** Why another attempt followed the one before. */
export const causes = ['Refused', 'Expired', 'Gone', 'Moved', 'Released', 'WantedAgain', 'TakenOver'] as const;
export type Cause = (typeof causes)[number];

export const effectStates = ['Pending', 'Done', 'Failed', 'Unknown', 'Expired', 'Cancelled'] as const;
export type EffectState = (typeof effectStates)[number];

/** One effect as `status.effects` records it. Its key is the effect's key. */
export interface Entry {
  kind: string;
  integration?: string;
  state: EffectState;
  /** Counts sends that could have had a result of their own, from 1. Never falls. */
  attempt: number;
  /** Why this attempt followed the one before. Absent: it is the first, or an older version began it. */
  cause?: Cause;
  /** The process that wrote the intent. A Pending of another session is in doubt. */
  session?: string;
  /** Hash of what was desired when it was last made so. */
  rev?: string;
  within?: Ref;
  /** Of what is not Done: the thing that is to be edited into this one. */
  ref?: Ref;
  /** What was learned by looking: `{state: 'Merged', mergedAt: '…'}`. */
  facts?: Readonly<Record<string, string>>;
  reason?: AnyReason;
  message?: string;
  /** RFC 3339; when the intent of this attempt was written. */
  since: string;
  /** RFC 3339; when it came to this state. */
  at: string;
}

/** What a port is told of the effect it carries out. */
export interface Call<D = unknown> {
  readonly key: EffectKey;
  readonly within: Ref;
  readonly desired: D;
  /** Hash of `desired`, put into the marker outside, since vendors rewrite text. */
  readonly rev: string;
  readonly owner: Identity;
  readonly since: Instant;
  readonly priority: number;
  readonly signal: AbortSignal;
  /** Call in the same tick as each write leaves, after any wait for a budget. Throws Rejected when no longer leading. */
  go(): void;
}

/** To look for an effect nobody needs to want any more: `desired` and `rev` may be absent. */
export type Look<D = unknown> = Omit<Call<D>, 'desired' | 'rev' | 'go'> & {
  readonly desired?: D;
  readonly rev?: string;
  readonly ref?: Ref;
  /** Only what became of the thing that `ref` names is asked: it need not be looked for anywhere else. */
  readonly only?: 'recorded';
};

/** What people did to a thing of ours outside that is left as they did it. */
export interface Drift {
  /** `ChangedOutside`: it can be used as before. Any other: it cannot, until people mend it. */
  readonly reason: AnyReason;
  /** In a sentence, with what to do where something can be done. */
  readonly message: string;
}

/** The reason of a drift that does no harm. */
export const changedOutside = 'ChangedOutside' as const satisfies ReasonName;

/** One owned thing found outside. */
export interface Seen {
  readonly ref: Ref;
  /** It is as desired: the marker carries `rev` (or the content equals `desired`). */
  readonly same: boolean;
  /** When it was made, by the vendor's clock, where it says. */
  readonly madeAt?: Instant | undefined;
  readonly facts?: Readonly<Record<string, string>>;
  readonly drift?: Drift | undefined;
}

/** What create and update hand back. */
export interface Landed {
  readonly ref: Ref;
  readonly facts?: Readonly<Record<string, string>>;
  readonly drift?: Drift | undefined;
  /** A part of it was refused for good, such as one invitee of several; the rest is done. It is tried again as a whole. */
  readonly refused?: Refusal | undefined;
}

/** Why something was refused for good, and words for people. */
export interface Refusal {
  readonly reason: AnyReason;
  readonly message: string;
}

/** How one kind of effect is carried out by one vendor. Client retries are off: the executor owns time. */
export interface Port<D = unknown> {
  /**
   * After an unknown outcome: `resend`, since the outside absorbs a repeat (needs no intent);
   * `observe`, look for our marker; `hold`, leave it to people (an SMS).
   */
  readonly recover: 'resend' | 'observe' | 'hold';
  /** A look that finds nothing proves nothing until this long after the last possible send. Exceeds client timeout plus read lag. */
  readonly settlingTime?: Duration;
  /** Of how it renders what is desired; part of rev, so that raising it edits once what stands. Absent: the first. */
  readonly format?: number;
  create(call: Call<D>): Promise<Landed>;
  /** Everything outside that carries our marker for this key, oldest first. Never writes. */
  observe?(look: Look<D>): Promise<readonly Seen[]>;
  /** Makes a known thing as desired. Safe to repeat. Absent: never edited, as a notification. */
  update?(call: Call<D>, ref: Ref): Promise<Landed>;
  /** An update may add things to it, as a line to a thread: none is sent while an older one may still land. */
  readonly appends?: boolean;
  /**
   * The outside may carry out two creates of one thing, each with an answer of its own: it is looked at once more when
   * no other one can land.
   */
  readonly doubles?: boolean;
  /** Undoes; already gone is success. */
  release?(call: Omit<Call<D>, 'desired' | 'rev'>, ref: Ref): Promise<void>;
  /** Where a person looks at it. Pure: a URL is derived, never recorded in an entry. */
  link?(ref: Ref): string | undefined;
}

/** Why a thing that was made cannot be used now: people took it away, or closed it to us. */
export function unusable(entry: Entry | undefined): Drift | undefined {
  const { state, reason, message = '' } = entry ?? {};
  return state === 'Done' && reason !== undefined && reason !== changedOutside ? { reason, message } : undefined;
}

/**
 * What was refused for good of a thing that stands: its last edit, or a part of it. Recorded in its facts, since its state
 * stays Done and it can be used: `refused` holds what makes asking again worthwhile when it changes (see `refusal`).
 */
export function refusedPart(entry: Entry | undefined): (Refusal & { readonly refused: string }) | undefined {
  if (entry?.state !== 'Done') return undefined;
  const { refused, refusedReason: reason, refusedMessage: message = '' } = entry.facts ?? {};
  return refused === undefined || reason === undefined
    ? undefined
    : { refused, reason: recordedReason(reason), message };
}

/** Why undoing it was refused for good, in words for people; undefined: it was not. */
export const refusedRelease = (entry: Entry | undefined): string | undefined =>
  entry?.state === 'Done' ? entry.facts?.['releaseRefused'] : undefined;

/** Something of it was refused once, and is done by now. */
export const isMended = (entry: Entry): boolean => entry.state === 'Done' && entry.facts?.['mended'] === 'true';

/** Facts of a thing that stands, with what is refused of it now; undefined: nothing, and a former refusal is mended. */
export function withRefusal(
  facts: Entry['facts'],
  refusal: (Refusal & { readonly refused: string }) | undefined,
): NonNullable<Entry['facts']> {
  const { refused: _, refusedReason: before, refusedMessage: __, ...rest } = facts ?? {};
  if (refusal) {
    const { refused: again, reason, message } = refusal;
    return { ...rest, refused: again, refusedReason: reason, refusedMessage: message };
  }
  return before === undefined ? rest : { ...rest, mended: 'true' };
}

/**
 * The bounds of an entry in the CRDs, in characters and parts; test/crds/bounds.test.ts holds them equal. The API server
 * refuses the whole status for one text that is too long.
 */
export const entryBounds = {
  entries: 320,
  reason: 128,
  message: 512,
  parts: 16,
  place: 512,
  fact: 4_096,
} as const;

/** The entry within its bounds. Words are cut; a part of a place that is too long is left out, since a cut one leads elsewhere. */
export function withinBounds(entry: Entry): Entry {
  const { reason, message, within, ref, facts } = entry;
  return {
    ...entry,
    ...(reason === undefined ? {} : { reason: recordedReason(clip(reason, entryBounds.reason)) }),
    ...(message === undefined ? {} : { message: clip(message, entryBounds.message) }),
    ...(within === undefined ? {} : { within: placeWithin(within) }),
    ...(ref === undefined ? {} : { ref: placeWithin(ref) }),
    ...(facts === undefined ? {} : { facts: factsWithin(facts) }),
  };
}

const placeWithin = (place: Ref): Ref =>
  Object.fromEntries(
    Object.entries(place)
      .filter(([, part]) => part.length <= entryBounds.place)
      .slice(0, entryBounds.parts),
  );

const factsWithin = (facts: NonNullable<Entry['facts']>): NonNullable<Entry['facts']> =>
  Object.fromEntries(
    Object.entries(facts)
      .slice(0, entryBounds.parts)
      .map(([name, fact]) => [name, clip(fact, entryBounds.fact)]),
  );

/** The rev of what is desired, as this port renders it. */
export const revOf = (desired: unknown, port: Pick<Port, 'format'> | undefined): string =>
  `${revision(desired)}${port?.format === undefined ? '' : `~${port.format}`}`;

/** The same whatever renders it: the port is not known at the moment. */
export const withoutFormat = (rev: string): string => rev.replace(/~\d+(?=$|\.)/, '');

/** A stable hash of what is desired: 12 hex digits of SHA-256 over canonical JSON. */
export function revision(desired: unknown): string {
  return createHash('sha256').update(canonical(desired)).digest('hex').slice(0, 12);
}

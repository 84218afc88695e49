import type { Noun } from '../document/words.ts';
import type { Entry, Landed, Ref } from '../runtime/effect.ts';

/** An effect in people's words: `{thing: 'GitHub issue #12', done: 'filed'}`. Unescaped. */
export interface EffectWords {
  readonly thing: string;
  readonly done: string;
  /** What else people should know of it. */
  readonly aside?: string;
}

/** What is known of a kind of effect before any vendor: `D` is what is desired, `R` names the parts of the ref it lands with. */
export interface Capability<D, R extends string = string> {
  /** As the object of a verb: `channels`. */
  readonly plural: string;
  readonly ref: readonly R[];
  /** When the receipts tell of it: among the first, once it is over, or never. */
  readonly told: 'first' | 'last' | 'never';
  /** A recorded one in people's words. */
  words(entry: Entry, key: string, noun: Noun): EffectWords;
  /** What is wanted, in a few words for `allclear plan`. */
  brief(desired: D, within: Ref): string;
  /** What it would hand back, for `allclear plan`. @param unknown stands for what only the vendor can say */
  pretend(desired: D, within: Ref, unknown: string): Landed;
}

export const withName = (noun: string, name: string | undefined): string =>
  name === undefined ? noun : `${noun} ${name}`;

/** `#inc-00001`. */
export const channelSign = (name: string | undefined): string | undefined =>
  name === undefined || name.startsWith('#') ? name : `#${name}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

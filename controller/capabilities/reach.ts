import type { Noun } from '../document/words.ts';
import type { Entry } from '../runtime/effect.ts';
import type { Reason } from '../runtime/phase.ts';
import type { Kind } from './capabilities.ts';

/** Who carries out a kind of effect. Whether it is connected has no part in it: what waits for it says so itself. */
export type Choice =
  | { readonly name: string }
  /** Nobody does: why. */
  | { readonly none: Reason }
  /** Several could, and a person has to say which. */
  | { readonly ambiguous: Reason; readonly candidates: readonly string[] };

/** What an integration in reach of the incident can do, by name. Whether it is connected matters to `lost` alone. */
export interface Reach {
  /**
   * The integration that carries out `kind`: see choose.
   * @param field of the ResponsePolicy that would name one; absent: none does
   */
  choose(kind: Kind, named?: string, field?: string): Choice;
  /** Every integration that carries out `kind`, by name. */
  all(kind: Kind): readonly string[];
  /**
   * Why this integration will not do `kind` until a person mends it: it or its Secret is gone or wrong, it was refused for
   * good, or it cannot do that. undefined: it does, or time may help, or it has not been tried yet.
   */
  lost(name: string, kind: Kind): string | undefined;
  /** Why `kind` is left off: its vendor cannot do it, or its server turned out not to. undefined: it can, or that is not known. */
  lacks(name: string, kind: Kind): string | undefined;
  /** Presses of buttons in what this integration posts reach us: without that a button would be dead. */
  interactive(name: string): boolean;
  /** Where a person looks at what an entry refers to. */
  link(entry: Entry): string | undefined;
  /** What people call a thing that it made: `GitHub issue`. */
  readonly noun: Noun;
}

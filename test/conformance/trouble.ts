import type { Port } from '../../controller/runtime/effect.ts';

export type Act = 'create' | 'update' | 'observe';

/** A way in which the vendor says no, and what the port is to make of it. */
export interface Refusal {
  readonly name: string;
  readonly is: { readonly reason?: string; readonly terminal: boolean; readonly retryAfter?: number };
}

/** What can go wrong between a port and its vendor, brought about by the world of a suite. */
export interface Faults {
  readonly refusals: readonly Refusal[];
  /** Answers that leave open what happened, by name: an error of the server, a page of HTML, half a body. */
  readonly doubts: readonly string[];
  /** The next request of this act is carried out, and its answer lost. */
  lose(act: Act): void;
  /** The next request of this act is refused in this way. */
  refuse(act: Act, refusal: Refusal): void;
  /** The next request of this act is answered so that nobody knows. */
  doubt(act: Act, how: string): void;
}

export interface Trouble<D> extends Faults {
  /** The same port with credentials that are not good. */
  denied(): Port<D>;
  /** The same port at an address where nobody listens. */
  unreachable(): Port<D>;
}

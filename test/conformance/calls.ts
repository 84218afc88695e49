import { type Call, type Identity, type Look, type Ref, revision } from '../../controller/runtime/effect.ts';
import { Rejected } from '../../controller/runtime/outcome.ts';

/** Whose effects a conformance suite carries out. */
export const owner: Identity = {
  install: 'test',
  namespace: 'allclear-system',
  name: 'mobile-app-login-errors',
  uid: '5f0c1d1e-8a53-4a3e-9d58-0c6a1b1f7f10',
};

export interface CallOptions {
  readonly key?: string;
  readonly within?: Ref;
  readonly owner?: Identity;
  /** When the intent was written; now by default. */
  readonly since?: number;
  readonly signal?: AbortSignal;
  readonly go?: () => void;
}

/** A call as the executor makes it. */
export function aCall<D>(desired: D, options: CallOptions = {}): Call<D> {
  return { ...common(options), desired, rev: revision(desired), go: options.go ?? (() => {}) };
}

/** A look as the executor makes it: with what is wanted, or without it when nobody wants it any more. */
export function aLook<D>(desired: D | undefined, options: CallOptions & { readonly ref?: Ref } = {}): Look<D> {
  return {
    ...common(options),
    ...(desired === undefined ? {} : { desired, rev: revision(desired) }),
    ...(options.ref === undefined ? {} : { ref: options.ref }),
  };
}

function common(options: CallOptions) {
  return {
    key: options.key ?? 'effect',
    within: options.within ?? {},
    owner: options.owner ?? owner,
    since: options.since ?? Date.now(),
    priority: 2,
    signal: options.signal ?? AbortSignal.timeout(60_000),
  };
}

/** For CallOptions.go: this process does not lead any more. */
export const mayNotGo = (): void => {
  throw new Rejected('NotLeading', 'another process leads');
};

/** What a promise was refused with; undefined if it was kept. */
export const failureOf = (promise: Promise<unknown> | undefined): Promise<unknown> =>
  promise?.then(
    () => undefined,
    (error: unknown) => error,
  ) ?? Promise.resolve(undefined);

/** The reasons that the runtime itself gives, in conditions, entries and Events. The product says in words what each means. */
export type RuntimeReason =
  | 'Cancelled'
  | 'ChangedOutside'
  | 'Converged'
  | 'Degraded'
  | 'Done'
  | 'Doubled'
  | 'Expired'
  | 'Failed'
  | 'Gone'
  | 'InProgress'
  | 'NeedsAPerson'
  | 'NotConfigured'
  | 'NotLeading'
  | 'NotStalled'
  | 'NotSupported'
  | 'NotWanted'
  | 'OutcomeUnknown'
  | 'Pending'
  | 'PlanFailed'
  | 'ReconcileFailed'
  | 'Reconciling'
  | 'Released'
  | 'Settling'
  | 'TooManyEffects'
  | 'Unknown'
  | 'Waiting'
  | 'Watching'
  | 'Working'
  | 'WriteRefused';

/** The product's reasons are the keys of this interface: it adds them by declaration merging (controller/reasons/reasons.ts). */
export interface ProductReasons {}

/** A reason of this version: CamelCase, with a line in docs/reasons.md. A name without a line is a type error. */
export type ReasonName = RuntimeReason | keyof ProductReasons;

/** A reason read from a recorded status, which may be another version's. Only data has this type, never a literal. */
export type RecordedReason = string & { readonly [recorded]: true };
declare const recorded: unique symbol;

/** A reason of this version, or one that was recorded. */
export type AnyReason = ReasonName | RecordedReason;

/** For a reason that comes out of untyped data, such as a recorded fact. */
export function recordedReason(text: string): RecordedReason {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand exists in types alone
  return text as RecordedReason;
}

/** What one reason means and what to do, as docs/reasons.md and `allclear explain` print it: Markdown, sentences. */
export interface ReasonLine {
  readonly means: string;
  readonly todo: string;
}

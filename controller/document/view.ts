import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { ResponsePolicySpec } from '../api/response-policy.gen.ts';
import type { EffectKey, Entry } from '../runtime/effect.ts';
import type { IncidentNumber, Noun } from './words.ts';

/** What a document of an incident is made from: a part of the scope that phases see. */
export interface View {
  readonly incident: Incident;
  /** Of this incident, by time. */
  readonly updates: readonly IncidentUpdate[];
  /** What is recorded or has landed so far. */
  readonly entries: Readonly<Record<EffectKey, Entry>>;
  /** Once allocated. */
  readonly named?: IncidentNumber;
  readonly policy: { readonly spec: Partial<ResponsePolicySpec> };
  readonly reach: {
    /** Where a person looks at what an entry refers to. */
    readonly link: (entry: Entry) => string | undefined;
    readonly noun: Noun;
  };
}

/** What waits for a person, one sentence each: what the declaration makes, and what is made once it is resolved. Unescaped. */
export interface HeldUp {
  readonly incident: readonly string[];
  readonly record: readonly string[];
}

import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import type { Person } from '../../document/doc.ts';
import type { NameOf } from '../../document/to-markdown.ts';
import type { Ports, Kind } from '../../capabilities/capabilities.ts';
import type { Clock, Duration, Instant } from '../../runtime/clock.ts';
import type { AnyReason } from '../../runtime/reasons.ts';
import type { Finding } from './finding.ts';
import type { Http } from './http.ts';

/** The values of the Integration's Secret, by key. Never logged, never part of an error's text. */
export type Secrets = Readonly<Record<string, string>>;

/** Who we are over there. A changed id stops the integration: AccountChanged. */
export interface Account {
  readonly id: string;
  readonly name: string;
}

/** See VendorContext.names. */
export type NamesOf = (people: readonly Person[], signal: AbortSignal) => Promise<NameOf>;

export interface VendorContext {
  readonly clock: Clock;
  /** This install's name: part of every marker outside. */
  readonly install: string;
  /** Absent: the vendor's own. */
  readonly tuning?: ClientTuning;
  /**
   * What people are called, for showing them: as whatever Integration in reach knows them, else as they are written.
   * Waits for at most two seconds, and never fails. Absent: as they are written.
   */
  readonly names?: NamesOf;
  /** One structured event a line. */
  log(event: string, fields: Readonly<Record<string, unknown>>): void;
}

/** How an install treats its vendors; what is absent is as the vendor is known to be. */
export interface ClientTuning {
  /** Multiplies every rate limit; Infinity switches them off, for a server without limits. */
  readonly rateFactor?: number;
  /** Longest that one call may take. */
  readonly callTimeout?: Duration;
  /** How far a read may lag behind a write. A look proves nothing before callTimeout + readLag. */
  readonly readLag?: Duration;
}

/** What can be asked of a connection. Each answer is bounded and cached. */
export interface Reads {
  /** The name of whoever has this mail address. undefined: nobody there. Throws when it does not say. */
  person?(mail: string, signal: AbortSignal): Promise<string | undefined>;
}

/** One Integration, connected. Building it makes no call. */
export interface Connection {
  readonly capabilities: Ports;
  /** Why its server does not do what the vendor's others do, as was found out since it connected. Absent: they are all alike. */
  lacks?(kind: Kind): string | undefined;
  /** What it is asked beside its writes; never in a pass. */
  readonly reads?: Reads;
  /** Presses of buttons in its messages reach us. Absent: they do not. */
  readonly interactive?: boolean;
  /** One cheap read of who we are. Throws Rejected with the reason for the Integration's Ready condition. */
  check(signal: AbortSignal): Promise<Account>;
  /** The highest number of an incident that it holds a record of; 0: none. Absent: it holds no records. */
  highestNumber?(signal: AbortSignal): Promise<number>;
  /** Calls that could go at once, by the vendor's own name for them: for metrics. Absent: it keeps no budget. */
  budget?(): Readonly<Record<string, number>>;
  close(): void;
}

/** What is known of a vendor from its code, before anything has connected. */
export interface VendorFacts {
  /** Its name under Integration.spec.provider, and of its folder. */
  readonly name: string;
  /** Its name for people: `GitHub`. */
  readonly title: string;
  /** Its own word for what it makes, where that is not the usual one: `{ticket: 'issue'}`. */
  readonly nouns?: Partial<Readonly<Record<Kind, string>>>;
  /** Real: tried against the service itself. Experimental: against emulators alone. Its page in docs/ says the same. */
  readonly maturity: 'real' | 'experimental';
  /** The kinds of effects that it carries out. One server of it may lack some: see Connection.lacks. */
  readonly can: { readonly ports: readonly Kind[] };
}

/** One Integration as `allclear doctor` looks at it: its Secret is there, and may be sent to where its options say. */
export interface DoctorVisit<Options> {
  /** What the name of a finding begins with: `Integration payments/slack`. */
  readonly about: string;
  /** The Integration's name. */
  readonly name: string;
  readonly options: Options;
  readonly secrets: Secrets;
  /** Of everything that is recorded; absent: it never connected. */
  readonly account?: Account | undefined;
  /** Those that may use it. */
  readonly policies: readonly ResponsePolicy[];
  readonly http: Http;
  /** Longest that one call may take. */
  readonly timeout: Duration;
  readonly now: () => Instant;
  /** What to do about a reason, in a sentence. */
  readonly advice: (reason: AnyReason) => string;
  /** Connects and runs Connection.check. It throws nothing. */
  readonly check: () => Promise<Finding>;
}

/** A vendor is one folder with an options.yaml that exports one of these under its name. `Options`: what its options.yaml describes. */
export interface Vendor<Options> extends VendorFacts {
  /** Which keys the Secret may hold, and which sets of them are enough: `[['token'], ['appId', 'privateKey']]`. */
  readonly secretKeys: readonly (readonly string[])[];
  /** Every host, with its port where that is not the usual one, that a value of the Secret may travel to. */
  hosts(options: Options): readonly string[];
  connect(options: Options, secrets: Secrets, context: VendorContext): Connection;
  /** All that `allclear doctor` finds of an Integration, by reading. A failed call is a finding. Absent: `visit.check()` alone. */
  doctor?(visit: DoctorVisit<Options>): Promise<readonly Finding[]>;
}

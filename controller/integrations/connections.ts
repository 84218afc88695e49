import type { Integration } from '../api/integration.gen.ts';
import { hostsAnnotation } from '../api/names.ts';
import { type Clock, minutes, seconds, type Duration } from '../runtime/clock.ts';
import { mergeConditions, type ConditionVerdict } from '../runtime/conditions.ts';
import { revision, type Entry, type Port } from '../runtime/effect.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import { mergePatch } from '../runtime/merge-patch.ts';
import { clip, phrase, Rejected } from '../runtime/outcome.ts';
import { isKind, capabilities, type Kind } from '../capabilities/capabilities.ts';
import { inReach, vendorLacks } from './choose.ts';
import { bind } from './registry.ts';
import { Names } from './names.ts';
import { decode, refuseSecret, unknownVendor, type CredentialSecret, type Problem } from './credentials.ts';
import type { Account, Connection, ClientTuning, Reads, VendorContext } from './kit/vendor.ts';

export interface ConnectionsDeps {
  readonly clock: Clock;
  readonly install: string;
  readonly tuning: ClientTuning;
  /** The release namespace: its Integrations may serve others. */
  readonly releaseNamespace: string;
  integrations(): readonly Integration[];
  integration(namespace: string, name: string): Integration | undefined;
  /** undefined when there is none. */
  secret(namespace: string, name: string): Promise<CredentialSecret | undefined>;
  writeStatus(integration: Integration, patch: Readonly<Record<string, unknown>>): Promise<unknown>;
  log: VendorContext['log'];
}

/** A port of an Integration, or why there is none. */
type Found =
  | { readonly port: Port; readonly epoch: string }
  | ({ readonly port?: undefined; readonly epoch: string; readonly soon?: true } & Problem);

/** One Integration as this process knows it. */
interface Held {
  /** Of spec and secret: a new one means a new connection. */
  readonly epoch: string;
  readonly connection?: Connection;
  readonly problem?: Problem;
  readonly account?: Account;
  /** Monotonic; when who we are over there was asked last. */
  readonly checkedAt: Duration;
  /** How often it was mended without a change of spec or secret, as when a token was restored. */
  readonly mended: number;
}

type Checked = Omit<Held, 'checkedAt' | 'mended'>;

/** A Secret may be rotated without a trace in the Integration: look this often. */
const secretInterval: Duration = minutes(1);
/** Credentials may be revoked over there without a trace here: ask this often whether they still hold. */
const checkInterval: Duration = minutes(5);
/** An effect's refusal makes it ask at once, but no more often than this. */
const suspicionInterval: Duration = seconds(5);
const checkTimeout: Duration = seconds(10);

/** Connects Integrations, keeps their status, and finds who can do what for whom. */
export class Connections {
  readonly #deps: ConnectionsDeps;
  readonly #held = new Map<string, Held>();
  readonly #suspected = new Set<string>();
  /** By namespace: what one team's Integration says of people is for that team. */
  readonly #names = new Map<string, Names>();
  readonly #listeners = new Set<(namespace: string) => void>();

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  /** What an Integration of this namespace can do has changed: everything that uses it looks again. */
  onChange(listener: (namespace: string) => void): void {
    this.#listeners.add(listener);
  }

  /** Reads the Secret, connects when something changed, writes the status when it differs. Returns when to come again. */
  async reconcile(namespace: string, name: string): Promise<{ after?: Duration }> {
    const key = `${namespace}/${name}`;
    const integration = this.#deps.integration(namespace, name);
    if (!integration || integration.metadata.deletionTimestamp) {
      this.#drop(key);
      this.#changed(namespace);
      return {};
    }
    const before = this.#held.get(key);
    const held = await this.#hold(integration, before);
    if (held !== before) {
      if (before?.connection !== held.connection) before?.connection?.close();
      this.#held.set(key, held);
    }
    // Before its status is written: that may fail, and the next time nothing would be new.
    if (before?.epoch !== held.epoch || before.problem?.reason !== held.problem?.reason) this.#changed(namespace);
    await this.#report(integration, held);
    return { after: held.problem ? seconds(15) : secretInterval };
  }

  /** The connected port for one kind of effect, or why there is none. */
  port(namespace: string, name: string, kind: string): Found {
    const integration = this.#find(namespace, name);
    if (!integration)
      return {
        epoch: '',
        reason: 'IntegrationGone',
        message: `There is no Integration ${name} in reach of namespace ${namespace}.`,
        terminal: true,
      };
    const held = this.#held.get(keyOf(integration));
    const reason = 'IntegrationNotReady';
    if (!held)
      return { epoch: '', reason, message: `Integration ${name} is being connected.`, terminal: false, soon: true };
    const epoch = held.mended === 0 ? held.epoch : `${held.epoch}~${held.mended}`;
    const { problem } = held;
    if (problem) {
      const message = `Integration ${name} is not ready: ${problem.reason}: ${problem.message}`;
      return { epoch, reason, message, terminal: problem.terminal };
    }
    const port = held.connection && isKind(kind) ? portOf(held.connection, kind) : undefined;
    if (port) return { port, epoch };
    const message = isKind(kind)
      ? lackOf(name, kind, held.connection?.lacks?.(kind))
      : `This version cannot do ${kind}.`;
    return { epoch, reason: 'NotSupported', message, terminal: true };
  }

  /** See Reach.lost. */
  lost(namespace: string, name: string, kind: Kind): string | undefined {
    const found = this.port(namespace, name, kind);
    return !found.port && found.terminal ? found.message : undefined;
  }

  /** See Reach.lacks. What a server turned out to lack is known for as long as its connection is. */
  lacks(namespace: string, name: string, kind: Kind): string | undefined {
    const integration = this.#find(namespace, name);
    if (!integration) return undefined;
    if (vendorLacks(integration, kind)) return lackOf(name, kind);
    const why = this.#held.get(keyOf(integration))?.connection?.lacks?.(kind);
    return why === undefined ? undefined : lackOf(name, kind, why);
  }

  /** An effect was refused for these credentials: which Integration is to be reconciled, and when. */
  suspect(namespace: string, name: string): { key: string; after: Duration } | undefined {
    const integration = this.#find(namespace, name);
    const key = integration && keyOf(integration);
    const held = key === undefined ? undefined : this.#held.get(key);
    if (key === undefined || !held || held.problem) return undefined;
    this.#suspected.add(key);
    return { key, after: Math.max(0, held.checkedAt + suspicionInterval - this.#deps.clock.monotonic()) };
  }

  /** Where a person looks at what an entry refers to; also while the integration is down. */
  link(namespace: string, { integration, kind, ref }: Entry): string | undefined {
    if (integration === undefined || ref === undefined || !isKind(kind)) return undefined;
    const object = this.#find(namespace, integration);
    const connection = object && this.#held.get(keyOf(object))?.connection;
    try {
      return connection?.capabilities[kind]?.link?.(ref);
    } catch {
      // A place that leads nowhere has no address; nothing else waits for one.
      return undefined;
    }
  }

  /** Those that serve objects of this namespace, connected or not, by name. */
  inReach(namespace: string): readonly Integration[] {
    const all = this.#deps.integrations().filter(({ metadata }) => !metadata.deletionTimestamp);
    return inReach(all, this.#deps.releaseNamespace, namespace);
  }

  /** Presses of buttons in what it posts reach us; while it is not connected, as it was. */
  interactive(namespace: string, name: string): boolean {
    const integration = this.#find(namespace, name);
    const connection = integration && this.#held.get(keyOf(integration))?.connection;
    return connection ? connection.interactive === true : wasInteractive(integration);
  }

  /** Every Integration has been tried once. */
  ready(): boolean {
    return this.#deps.integrations().every((i) => this.#held.has(keyOf(i)));
  }

  /** What is left to each connection, by its vendor's own names. */
  budgets(): Record<string, Readonly<Record<string, number>>> {
    const known = [...this.#held].map(([key, held]) => [key, held.connection?.budget?.()] as const);
    return Object.fromEntries(known.flatMap(([key, budget]) => (budget ? [[key, budget]] : [])));
  }

  /**
   * The highest number of an incident that any connected Integration holds a record of; 0: none. Waits for at most
   * `most`: those that gave no answer by then are named.
   */
  async highestNumber(most: Duration): Promise<{ readonly highest: number; readonly unanswered: readonly string[] }> {
    const end = new AbortController();
    const cancel = this.#deps.clock.after(most, () => end.abort());
    const ended = new Promise<undefined>((resolve) => end.signal.addEventListener('abort', () => resolve(undefined)));
    const asked = [...this.#held].flatMap(([key, { connection, problem }]) => {
      const answer = connection?.highestNumber && !problem ? connection.highestNumber(end.signal) : undefined;
      return answer ? [{ key, answer: Promise.race([answer.catch(() => undefined), ended]) }] : [];
    });
    const answers = await Promise.all(asked.map(async ({ key, answer }) => ({ key, number: await answer })));
    cancel();
    return {
      highest: answers.reduce((highest, { number = 0 }) => Math.max(highest, number), 0),
      unanswered: answers.flatMap(({ key, number }) => (number === undefined ? [key] : [])),
    };
  }

  close(): void {
    for (const key of this.#held.keys()) this.#drop(key);
  }

  async #hold(integration: Integration, before: Held | undefined): Promise<Held> {
    const now = this.#deps.clock.monotonic();
    const suspected = this.#suspected.delete(keyOf(integration));
    const due = suspected || before === undefined || now - before.checkedAt >= checkInterval;
    const held = await this.#check(integration, before, due);
    if (held === before) return before;
    const mended = before?.epoch === held.epoch ? before.mended + (before.problem && !held.problem ? 1 : 0) : 0;
    return { ...held, mended, checkedAt: now };
  }

  async #check(integration: Integration, before: Held | undefined, due: boolean): Promise<Checked | Held> {
    const bound = bind(integration);
    if (!bound) return { epoch: '', problem: unknownVendor };
    const { secret, unreadable } = await this.#secretOf(integration);
    if (unreadable) return { epoch: '', problem: unreadable };
    const epoch = revision({
      spec: integration.spec,
      secret: secret?.data ?? null,
      hosts: secret?.metadata.annotations?.[hostsAnnotation] ?? null,
    });
    const worked = before?.epoch === epoch && !before.problem ? before : undefined;
    if (worked && !due) return worked;
    const refusal = refuseSecret(integration, bound, secret);
    if (refusal) return { epoch, problem: refusal };
    let connection = before?.epoch === epoch ? before.connection : undefined;
    try {
      connection ??= bound.connect(decode(secret?.data ?? {}), this.#context(integration));
      const account = withinBounds(await connection.check(AbortSignal.timeout(checkTimeout)));
      const known = integration.status?.account;
      if (known && known.id !== account.id)
        return {
          epoch,
          connection,
          problem: {
            reason: 'AccountChanged',
            message: `The credentials are now of ${account.name} (${account.id}); everything recorded is at ${known.name} (${known.id}). Restore them, or make a new Integration.`,
            terminal: true,
          },
        };
      return { epoch, connection, account };
    } catch (error) {
      // On a transient failure keep the working connection: effects find out for themselves.
      const terminal = error instanceof Rejected && error.terminal;
      if (worked && !terminal) return { ...worked };
      const reason = error instanceof Rejected ? error.reason : 'Unreachable';
      return { epoch, ...(connection ? { connection } : {}), problem: { reason, message: phrase(error), terminal } };
    }
  }

  /** An API server in trouble is no word on the Secret, and throws. */
  async #secretOf({
    metadata: { namespace },
    spec,
  }: Integration): Promise<{ readonly secret?: CredentialSecret | undefined; readonly unreadable?: Problem }> {
    const { name } = spec.secretRef;
    try {
      return { secret: await this.#deps.secret(namespace, name) };
    } catch (error) {
      if (!(error instanceof KubeError) || !error.terminal) throw error;
      const message = `Secret ${name} in namespace ${namespace} may not be read: ${phrase(error)}`;
      return { unreadable: { reason: 'SecretNotFound', message, terminal: true } };
    }
  }

  async #report(integration: Integration, held: Held): Promise<void> {
    const judgement: ConditionVerdict = held.problem
      ? { type: 'Ready', status: 'False', reason: held.problem.reason, message: held.problem.message }
      : { type: 'Ready', status: 'True', reason: 'Connected', message: `Connected to ${held.account?.name ?? ''}.` };
    const { status = {}, metadata } = integration;
    const patch = mergePatch(
      { ...status },
      {
        observedGeneration: metadata.generation,
        ...(held.connection ? { capabilities: abilities(held.connection) } : {}),
        ...(held.account ? { account: { id: held.account.id, name: held.account.name } } : {}),
        conditions: mergeConditions(status.conditions ?? [], [judgement], this.#deps.clock.now(), metadata.generation),
      },
    );
    if (patch) await this.#deps.writeStatus(integration, patch);
  }

  #find(namespace: string, name: string): Integration | undefined {
    return this.inReach(namespace).find(({ metadata }) => metadata.name === name);
  }

  #context(integration: Integration): VendorContext {
    const { clock, install, tuning, log } = this.#deps;
    return {
      clock,
      install,
      tuning,
      names: (people, signal) =>
        this.#namesIn(integration.metadata.namespace).of(people, this.#readers(integration.metadata.namespace), signal),
      log: (event, fields) => log(event, { integration: keyOf(integration), ...fields }),
    };
  }

  #namesIn(namespace: string): Names {
    const names = this.#names.get(namespace) ?? new Names(this.#deps.clock);
    this.#names.set(namespace, names);
    return names;
  }

  /** Those in reach of a namespace that know people. */
  #readers(namespace: string): Reads[] {
    return this.inReach(namespace).flatMap((integration) => {
      const { connection, problem } = this.#held.get(keyOf(integration)) ?? {};
      return connection?.reads && !problem ? [connection.reads] : [];
    });
  }

  #changed(namespace: string): void {
    for (const listener of this.#listeners) listener(namespace);
  }

  #drop(key: string): void {
    this.#held.get(key)?.connection?.close();
    this.#held.delete(key);
  }
}

/** Of an account in status, as the CRD bounds it: an address of a repository can be longer. */
const longestAccount = 200;

/** An id that is too long keeps the hash of the whole: by it alone a changed account is known. */
function withinBounds({ id, name }: Account): Account {
  const hash = `~${revision(id)}`;
  return {
    id: id.length > longestAccount ? clip(id, longestAccount - hash.length) + hash : id,
    name: clip(name, longestAccount),
  };
}

/** Stands in status.capabilities beside the kinds of effects, for `allclear plan` and for the time of an outage. */
const interactive = 'interactive';

export const wasInteractive = (integration: Integration | undefined): boolean =>
  integration?.status?.capabilities?.includes(interactive) ?? false;

const abilities = (connection: Connection): string[] => {
  const kinds = Object.keys(connection.capabilities).filter((kind) => isKind(kind) && portOf(connection, kind));
  return [...kinds, ...(connection.interactive ? [interactive] : [])].toSorted();
};

/** Absent: neither its vendor nor its server does that. */
const portOf = (connection: Connection, kind: Kind): Port | undefined =>
  connection.lacks?.(kind) === undefined ? connection.capabilities[kind] : undefined;

/** In a sentence. @param why of the server alone; absent: its vendor does not */
export function lackOf(name: string, kind: Kind, why?: string): string {
  return `Integration ${name} does not do ${capabilities[kind].plural}${why === undefined ? '' : `: ${why}`}.`;
}

const keyOf = ({ metadata }: Integration): string => `${metadata.namespace}/${metadata.name}`;

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Cache } from './cluster/cache.ts';
import { recorder, type Recorder } from './cluster/events.ts';
import { secrets } from './cluster/resources.ts';
import { slackCluster } from './cluster/slack-cluster.ts';
import { numberStore, Writer } from './cluster/writes.ts';
import type { Config } from './config.ts';
import { apiVersion, type KindName, type Kinds } from './api/names.ts';
import { incidentDefinition } from './incident/definition.ts';
import { isUpdateOf } from './incident/identity.ts';
import { numberPort } from './incident/numbers.ts';
import { priorityOf } from './incident/scope.ts';
import { Connections, type CredentialSecret } from './integrations/connections.ts';
import { reachIn } from './integrations/reach.ts';
import type { Log } from './log.ts';
import { seconds, type Clock, type Duration } from './runtime/clock.ts';
import type { AtBoundary, Leadership, ObjectKey, Outcome, Reach } from './runtime/execution.ts';
import { changedOutside, type Port } from './runtime/effect.ts';
import { Executor } from './runtime/executor.ts';
import type { KubeClient } from './runtime/kube.ts';
import { KubeError } from './runtime/kube-errors.ts';
import type { KubeObject } from './runtime/kube-object.ts';
import { splitKey } from './runtime/kube-object.ts';
import { WorkQueue } from './runtime/queue.ts';
import { Reconciler } from './runtime/reconciler.ts';
import type { Metrics } from './server/metrics.ts';
import { FrontDoors } from './slack/front-doors.ts';
import { updateDefinition } from './update/definition.ts';

export interface ManagerDeps {
  readonly config: Config;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly leadership: Leadership;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly boundary?: AtBoundary | undefined;
}

/** Of one open incident. */
const driftPace: Duration = seconds(6);

/** One that hangs holds up nobody else. */
const integrationsFirst: Duration = seconds(3);

type QueueName = 'Incident' | 'IncidentUpdate' | 'Integration';

/** What happens in one replica: caches, queues, reconcilers and the executor, wired. Only the leader's queues run. */
export class Manager {
  readonly #deps: ManagerDeps;
  readonly #incidents: Cache<'Incident'>;
  readonly #updates: Cache<'IncidentUpdate'>;
  readonly #policies: Cache<'ResponsePolicy'>;
  readonly #integrations: Cache<'Integration'>;
  readonly #connections: Connections;
  readonly #executor: Executor;
  readonly #record: Recorder;
  readonly #queues: Readonly<Record<QueueName, WorkQueue>>;
  readonly #frontDoors: FrontDoors;

  constructor(deps: ManagerDeps) {
    this.#deps = deps;
    const { client, clock, config, log } = deps;
    const onProblem = (error: unknown): void => log.warn('watch-broken', { error });
    const served = { client, clock, namespaces: config.namespaces, idle: config.watchIdle, onProblem };
    this.#incidents = new Cache('Incident', served);
    this.#updates = new Cache('IncidentUpdate', {
      ...served,
      indexes: { incident: (update) => [update.spec.incidentRef.name] },
    });
    this.#policies = new Cache('ResponsePolicy', served);
    this.#integrations = new Cache('Integration', { ...served, namespaces: [...config.namespaces, config.namespace] });
    this.#record = recorder(client, clock, config.identity, (error) => log.warn('event-lost', { error }));
    this.#connections = this.#connect();
    this.#executor = this.#execute();
    this.#queues = {
      Incident: this.#queue('Incident'),
      IncidentUpdate: this.#queue('IncidentUpdate'),
      Integration: this.#queue('Integration'),
    };
    this.#frontDoors = this.#open();
    this.#subscribe();
    deps.metrics.budgets(() => this.#connections.budgets());
    deps.metrics.depths(() =>
      Object.fromEntries(Object.entries(this.#queues).map(([kind, queue]) => [kind, queue.depth])),
    );
  }

  /** Reads the cluster; resolves when everything served is cached. From then on people are answered, whoever leads. */
  async sync(): Promise<void> {
    const caches = [this.#incidents, this.#updates, this.#policies, this.#integrations];
    for (const cache of caches) cache.start();
    await Promise.all(caches.map((cache) => cache.synced()));
    this.#frontDoors.start();
  }

  /** A request from outside that is none of the server's own. True: it will be answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#frontDoors.handle(request, response);
  }

  /** Begins to reconcile: this replica leads. Integrations first, so that no incident finds them absent. */
  async lead(): Promise<void> {
    const { workers } = this.#deps.config;
    this.#queues.Integration.run((key) => this.#reconcileIntegration(key), 4);
    for (const integration of this.#integrations.list()) this.#enqueue('Integration', integration);
    await Promise.race([this.#queues.Integration.idle(), passed(this.#deps.clock, integrationsFirst)]);
    this.#run('Incident', this.#incidentReconciler(), workers);
    this.#run('IncidentUpdate', this.#updateReconciler(), workers);
  }

  /** Ends sending, lets in-flight calls land and writes their receipts. True: nothing is left in flight. */
  async drain(most: Duration): Promise<boolean> {
    const clean = await this.#executor.drain(most);
    await Promise.all([this.#queues.Incident.stop(), this.#queues.IncidentUpdate.stop()]);
    await this.#queues.Integration.stop();
    return clean;
  }

  /** What people pressed is answered until here: a press is a write, whoever leads. */
  async close(): Promise<void> {
    await this.#frontDoors.stop();
    await Promise.all(
      [this.#incidents, this.#updates, this.#policies, this.#integrations].map((cache) => cache.stop()),
    );
    this.#connections.close();
  }

  #open(): FrontDoors {
    const { client, clock, config, log, metrics } = this.#deps;
    return new FrontDoors({
      clock,
      log,
      command: config.slackCommand,
      releaseNamespace: config.namespace,
      cluster: slackCluster({
        client,
        clock,
        namespaces: config.namespaces,
        incidents: this.#incidents,
        updates: this.#updates,
        policies: this.#policies,
      }),
      integrations: () => this.#integrations.list(),
      integration: (namespace, name) => this.#integrations.get(namespace, name),
      secret: (namespace, name) => client.find<CredentialSecret & KubeObject>(secrets, name, { namespace }),
      delivered: (kind, acked, took) => metrics.delivered(kind, acked, took),
    });
  }

  #connect(): Connections {
    const { client, clock, config, log } = this.#deps;
    const writer = new Writer('Integration', client, this.#integrations);
    return new Connections({
      clock,
      install: config.install,
      pace: config.pace,
      releaseNamespace: config.namespace,
      integrations: () => this.#integrations.list(),
      integration: (namespace, name) => this.#integrations.get(namespace, name),
      secret: (namespace, name) => client.find<CredentialSecret & KubeObject>(secrets, name, { namespace }),
      writeStatus: (integration, patch) => writer.status(integration, patch),
      changed: ({ metadata }) =>
        this.#wakeAll(metadata.namespace === config.namespace ? undefined : metadata.namespace),
      log: (event, fields) => log.info(event, fields),
    });
  }

  #execute(): Executor {
    const { client, clock, config, leadership, boundary } = this.#deps;
    const number = numberPort(numberStore(client, config.namespace), () =>
      this.#incidents.list().reduce((highest, { status }) => Math.max(highest, status?.number ?? 0), 0),
    );
    return new Executor({
      clock,
      leadership,
      boundary,
      reach: (owner, effect) => this.#portOf(owner, effect, number),
      wake: ({ kind, namespace, name }) =>
        this.#queues[kind === 'Incident' ? 'Incident' : 'IncidentUpdate'].add(`${namespace}/${name}`),
      report: (outcome) => this.#report(outcome),
    });
  }

  #portOf(
    owner: ObjectKey,
    { kind, integration }: { kind: string; integration?: string | undefined },
    number: Port,
  ): Reach {
    if (integration === undefined)
      return kind === 'number'
        ? { port: number, epoch: '' }
        : { epoch: '', reason: 'UnknownKind', message: `This version cannot do ${kind}.` };
    return this.#connections.port(owner.namespace, integration, kind);
  }

  #incidentReconciler() {
    const { client, clock, config, leadership, boundary } = this.#deps;
    const writer = new Writer('Incident', client, this.#incidents);
    const updates = new Writer('IncidentUpdate', client, this.#updates);
    const definition = incidentDefinition({
      clock,
      install: config.install,
      reviewInterval: config.reviewInterval,
      driftInterval: () => this.#driftInterval(),
      policies: (namespace) => this.#policies.list(namespace),
      updates: (incident) => this.#updatesOf(incident),
      reach: (namespace) => reachIn(this.#connections, namespace),
      alive: (uid) => this.#incidents.list().some(({ metadata }) => metadata.uid === uid),
      ensureUpdate: async (draft) => {
        const { object, created } = await updates.ensure(draft);
        return { update: object, created };
      },
      writeMetadata: (incident, metadata) => writer.metadata(incident, metadata),
      event: ({ metadata: { namespace, name, uid } }, type, reason, message) =>
        this.#record({ apiVersion, kind: 'Incident', namespace, name, uid }, type, reason, message),
    });
    return new Reconciler(definition, {
      clock,
      executor: this.#executor,
      read: (namespace, name) => this.#incidents.get(namespace, name),
      writeStatus: (incident, patch) => writer.status(incident, patch),
      leading: () => leadership.leading(),
      boundary,
    });
  }

  /** Two of Slack's reads an incident each time: with many open ones, half of that budget stays for those who wait. */
  #driftInterval(): Duration {
    const { driftInterval, pace } = this.#deps.config;
    if (pace.rateFactor === Infinity) return driftInterval;
    const open = this.#incidents.list().filter(({ status }) => status?.applied?.state !== 'Resolved').length;
    return Math.max(driftInterval, open * driftPace);
  }

  #updateReconciler() {
    const { client, clock, config, leadership, boundary } = this.#deps;
    const writer = new Writer('IncidentUpdate', client, this.#updates);
    const definition = updateDefinition({
      clock,
      install: config.install,
      incident: (namespace, name) => this.#incidents.get(namespace, name),
      policies: (namespace) => this.#policies.list(namespace),
      siblings: ({ metadata, spec }) => {
        const incident = this.#incidents.get(metadata.namespace, spec.incidentRef.name);
        return incident ? this.#updatesOf(incident) : [];
      },
      reach: (namespace) => reachIn(this.#connections, namespace),
    });
    return new Reconciler(definition, {
      clock,
      executor: this.#executor,
      read: (namespace, name) => this.#updates.get(namespace, name),
      writeStatus: (update, patch) => writer.status(update, patch),
      leading: () => leadership.leading(),
      boundary,
    });
  }

  #updatesOf(incident: Kinds['Incident']): Kinds['IncidentUpdate'][] {
    const { namespace, name } = incident.metadata;
    return this.#updates.byIndex('incident', namespace, name).filter((update) => isUpdateOf(update, incident));
  }

  #queue(kind: KindName): WorkQueue {
    const { clock, log } = this.#deps;
    return new WorkQueue({ clock, onError: (key, error) => log.error('reconcile-failed', { kind, key, error }) });
  }

  #run(
    kind: 'Incident' | 'IncidentUpdate',
    reconciler: { reconcile(namespace: string, name: string): Promise<{ again?: boolean; after?: Duration }> },
    workers: number,
  ): void {
    const queue = this.#queues[kind];
    for (const object of kind === 'Incident' ? this.#incidents.list() : this.#updates.list())
      this.#enqueue(kind, object);
    queue.run(async (key) => {
      const { namespace, name } = splitKey(key);
      const verdict = await this.#attempt(kind, key, () => reconciler.reconcile(namespace, name));
      if (verdict === undefined) return;
      queue.forget(key);
      if (verdict.after !== undefined) queue.addAfter(key, verdict.after);
    }, workers);
  }

  /** undefined: the write was overtaken, and the key comes again by itself. */
  async #attempt<V>(kind: QueueName, key: string, work: () => Promise<V>): Promise<V | undefined> {
    const { clock, metrics } = this.#deps;
    const began = clock.monotonic();
    const took = (): number => (clock.monotonic() - began) / 1_000;
    try {
      const verdict = await work();
      metrics.reconciled(kind, 'success', took());
      return verdict;
    } catch (error) {
      const status = error instanceof KubeError ? error.status : 0;
      metrics.reconciled(kind, status === 409 || status === 404 ? 'requeue_after' : 'error', took());
      // Somebody else wrote first; what they wrote is in the cache by now.
      if (status === 409) this.#queues[kind].add(key);
      // It is gone, and the watch has not said so yet.
      else if (status === 404) this.#queues[kind].retry(key);
      else throw error;
      return undefined;
    }
  }

  async #reconcileIntegration(key: string): Promise<void> {
    // Whoever lost its Lease may live on to answer people; looks at vendors are for its successor.
    if (!this.#deps.leadership.leading()) return;
    const { namespace, name } = splitKey(key);
    const verdict = await this.#attempt('Integration', key, () => this.#connections.reconcile(namespace, name));
    if (verdict === undefined) return;
    this.#queues.Integration.forget(key);
    if (verdict.after !== undefined) this.#queues.Integration.addAfter(key, verdict.after);
  }

  #subscribe(): void {
    this.#incidents.onChange((key, incident) => {
      this.#queues.Incident.add(key, incident ? { priority: priorityOf(incident) } : {});
      const { namespace, name } = splitKey(key);
      for (const update of this.#updates.byIndex('incident', namespace, name)) this.#enqueue('IncidentUpdate', update);
    });
    this.#updates.onChange((key, update, old) => {
      this.#queues.IncidentUpdate.add(key);
      const { namespace } = splitKey(key);
      const incident = (update ?? old)?.spec.incidentRef.name;
      if (incident !== undefined) this.#queues.Incident.add(`${namespace}/${incident}`);
    });
    this.#policies.onChange((key) => this.#wakeAll(splitKey(key).namespace));
    this.#integrations.onChange((key) => {
      this.#queues.Integration.add(key);
      this.#frontDoors.look(key);
    });
  }

  #enqueue(
    kind: 'Incident' | 'IncidentUpdate' | 'Integration',
    { metadata }: { metadata: { namespace: string; name: string } },
  ): void {
    this.#queues[kind].add(`${metadata.namespace}/${metadata.name}`);
  }

  /** Without a namespace: in all of them. */
  #wakeAll(namespace: string | undefined): void {
    for (const incident of this.#incidents.list(namespace)) this.#enqueue('Incident', incident);
    for (const update of this.#updates.list(namespace)) this.#enqueue('IncidentUpdate', update);
  }

  /** One outcome: a log line, metrics, and an Event for milestones and failures only. */
  #report(outcome: Outcome): void {
    const { metrics, log } = this.#deps;
    const { owner, effect, operation, result, duration, reason, message, error } = outcome;
    metrics.effect(outcome);
    const fields = {
      object: `${owner.kind}/${owner.namespace}/${owner.name}`,
      effect: effect.key,
      integration: effect.integration,
      operation,
      result,
      ms: Math.round(duration),
      reason,
      message,
    };
    if (error === undefined) log.info('effect', fields);
    else log.warn('effect', { ...fields, error });
    const regarding = { ...owner, apiVersion };
    if (outcome.milestone !== undefined) this.#record(regarding, 'Normal', reasonOf(effect.kind), outcome.milestone);
    if (reason === 'InvalidToken' && effect.integration !== undefined) {
      const suspect = this.#connections.suspect(owner.namespace, effect.integration);
      if (suspect) this.#queues.Integration.addAfter(suspect.key, suspect.after);
    }
    const said = eventOf(outcome);
    if (said) this.#record(regarding, said, reason ?? result, `${effect.key}: ${message ?? result}`);
  }
}

/** Whether an outcome is worth an Event, and of what type. */
function eventOf({ operation, result, reason }: Outcome): 'Normal' | 'Warning' | undefined {
  if (result === 'drifted' && reason === changedOutside) return 'Normal';
  const isGone = operation === 'mark' && reason === 'Gone';
  return isGone || ['drifted', 'refused', 'Unknown', 'Expired'].includes(result) ? 'Warning' : undefined;
}

/** `ChannelDone`: what an Event of a milestone is called. */
const reasonOf = (kind: string): string => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Done`;

const passed = (clock: Clock, delay: Duration): Promise<void> =>
  new Promise((resolve) => void clock.after(delay, resolve));

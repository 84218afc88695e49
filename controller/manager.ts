import type { IncomingMessage, ServerResponse } from 'node:http';
import { Caches } from './cluster/caches.ts';
import { recorder, type Recorder } from './cluster/events.ts';
import { secrets } from './cluster/resources.ts';
import { slackCluster } from './cluster/slack-cluster.ts';
import { numberStore, Writer } from './cluster/writes.ts';
import type { Config } from './config.ts';
import { apiVersion } from './api/names.ts';
import { incidentDefinition } from './incident/definition.ts';
import { numberPort } from './incident/numbers.ts';
import { Connections } from './integrations/connections.ts';
import type { CredentialSecret } from './integrations/credentials.ts';
import { reachIn } from './integrations/reach.ts';
import type { Log } from './log.ts';
import { seconds, type Clock, type Duration } from './runtime/clock.ts';
import type { AtBoundary, Leadership, ObjectKey, Outcome, Reach } from './runtime/execution.ts';
import type { Port } from './runtime/effect.ts';
import { Executor } from './runtime/executor.ts';
import type { KubeClient } from './runtime/kube.ts';
import { KubeError } from './runtime/kube-errors.ts';
import type { KubeObject } from './runtime/kube-object.ts';
import { Reconciler } from './runtime/reconciler.ts';
import { outcomes, troubles } from './outcomes.ts';
import type { Metrics } from './server/metrics.ts';
import { FrontDoors } from './slack/front-doors.ts';
import { updateDefinition } from './update/definition.ts';
import { Work, type Reconcile, type WorkKind } from './work.ts';

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

/** A repository that does not answer holds up no number. */
const recordedMost: Duration = seconds(5);

/** One that hangs holds up nobody else. */
const integrationsFirst: Duration = seconds(3);

/** What happens in one replica: caches, queues, reconcilers and the executor, wired. Only the leader's queues run. */
export class Manager {
  readonly #deps: ManagerDeps;
  readonly #caches: Caches;
  readonly #work: Work;
  readonly #connections: Connections;
  readonly #executor: Executor;
  readonly #record: Recorder;
  readonly #frontDoors: FrontDoors;

  constructor(deps: ManagerDeps) {
    this.#deps = deps;
    const { client, clock, config, log, metrics } = deps;
    const { namespaces, watchIdle: idle } = config;
    const onProblem = (error: unknown): void => log.warn('watch-broken', { error });
    this.#caches = new Caches({ client, clock, namespaces, idle, onProblem }, config.namespace);
    this.#work = new Work({ clock, log, metrics, caches: this.#caches });
    this.#record = recorder(client, clock, config.identity, (error, { regarding, reason, note }) =>
      log.warn('event-lost', {
        object: `${regarding.kind}/${regarding.namespace}/${regarding.name}`,
        reason,
        message: note,
        error,
      }),
    );
    this.#connections = this.#connect();
    this.#executor = this.#execute();
    this.#frontDoors = this.#open();
    this.#caches.integrations.onChange((key) => this.#frontDoors.look(key));
    metrics.budgets(() => this.#connections.budgets());
  }

  /** Reads the cluster; resolves when everything served is cached. From then on people are answered, whoever leads. */
  async sync(): Promise<void> {
    await this.#caches.sync();
    this.#frontDoors.start();
  }

  /** A request from outside that is none of the server's own. True: it will be answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#frontDoors.handle(request, response);
  }

  /** Begins to reconcile: this replica leads. Integrations first, so that no incident finds them absent. */
  async lead(): Promise<void> {
    const { config, clock, leadership } = this.#deps;
    // Whoever lost its Lease may live on to answer people; looks at vendors are for its successor.
    const look: Reconcile = async (namespace, name) =>
      leadership.leading() ? this.#connections.reconcile(namespace, name) : {};
    this.#work.run('Integration', look, 4);
    await Promise.race([this.#work.idle('Integration'), passed(clock, integrationsFirst)]);
    const incidents = this.#incidentReconciler();
    this.#work.run('Incident', (namespace, name) => incidents.reconcile(namespace, name), config.workers);
    const updates = this.#updateReconciler();
    this.#work.run('IncidentUpdate', (namespace, name) => updates.reconcile(namespace, name), config.workers);
  }

  /** Ends sending, lets in-flight calls land and writes their receipts. True: nothing is left in flight. */
  async drain(most: Duration): Promise<boolean> {
    const clean = await this.#executor.drain(most);
    await this.#work.stop();
    return clean;
  }

  /** What people pressed is answered until here: a press is a write, whoever leads. */
  async close(): Promise<void> {
    await this.#frontDoors.stop();
    await this.#caches.stop();
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
        caches: this.#caches,
      }),
      integrations: () => this.#caches.integrations.list(),
      integration: (namespace, name) => this.#caches.integrations.get(namespace, name),
      secret: (namespace, name) => client.find<CredentialSecret & KubeObject>(secrets, name, { namespace }),
      delivered: (kind, acked, took) => metrics.delivered(kind, acked, took),
    });
  }

  #connect(): Connections {
    const { client, clock, config, log } = this.#deps;
    const writer = new Writer('Integration', client, this.#caches.integrations);
    return new Connections({
      clock,
      install: config.install,
      pace: config.pace,
      releaseNamespace: config.namespace,
      integrations: () => this.#caches.integrations.list(),
      integration: (namespace, name) => this.#caches.integrations.get(namespace, name),
      secret: (namespace, name) => client.find<CredentialSecret & KubeObject>(secrets, name, { namespace }),
      writeStatus: (integration, patch) => this.#counted('Integration', writer.status(integration, patch)),
      changed: (namespace) => this.#work.wakeAll(namespace === config.namespace ? undefined : namespace),
      log: (event, fields) => log.info(event, fields),
    });
  }

  #execute(): Executor {
    const { client, clock, config, leadership, boundary, log, metrics } = this.#deps;
    const tell = outcomes({ log, metrics, record: this.#record });
    const number = numberPort(
      numberStore(client, config.namespace),
      () => this.#caches.incidents.list().reduce((highest, { status }) => Math.max(highest, status?.number ?? 0), 0),
      async () => {
        const { highest, unanswered } = await this.#connections.highestNumber(recordedMost);
        log.info('numbers-begin', { above: highest, ...(unanswered.length > 0 ? { unanswered } : {}) });
        return highest;
      },
    );
    return new Executor({
      clock,
      leadership,
      boundary,
      reach: (owner, effect) => this.#portOf(owner, effect, number),
      wake: ({ kind, namespace, name }) =>
        this.#work.add(kind === 'Incident' ? 'Incident' : 'IncidentUpdate', `${namespace}/${name}`),
      report: (outcome) => {
        tell(outcome);
        this.#suspect(outcome);
      },
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
    const writer = new Writer('Incident', client, this.#caches.incidents);
    const updates = new Writer('IncidentUpdate', client, this.#caches.updates);
    const definition = incidentDefinition({
      clock,
      install: config.install,
      reviewInterval: config.reviewInterval,
      driftInterval: () => this.#driftInterval(),
      policies: (namespace) => this.#caches.policies.list(namespace),
      updates: (incident) => this.#caches.updatesOf(incident),
      entries: ({ metadata: { namespace, name, uid }, status }) =>
        this.#executor.view({ owner: { kind: 'Incident', namespace, name, uid }, entries: status?.effects ?? {} }),
      reach: (namespace) => reachIn(this.#connections, namespace),
      incidents: () => this.#caches.incidents.list(),
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
      read: (namespace, name) => this.#caches.incidents.get(namespace, name),
      writeStatus: (incident, patch) => this.#counted('Incident', writer.status(incident, patch)),
      trouble: troubles({ log: this.#deps.log, record: this.#record }),
      leading: () => leadership.leading(),
      boundary,
    });
  }

  /** Two of Slack's reads an incident each time: with many open ones, half of that budget stays for those who wait. */
  #driftInterval(): Duration {
    const { driftInterval, pace } = this.#deps.config;
    if (pace.rateFactor === Infinity) return driftInterval;
    const open = this.#caches.incidents.list().filter(({ status }) => status?.applied?.state !== 'Resolved').length;
    return Math.max(driftInterval, open * driftPace);
  }

  #updateReconciler() {
    const { client, clock, config, leadership, boundary } = this.#deps;
    const writer = new Writer('IncidentUpdate', client, this.#caches.updates);
    const definition = updateDefinition({
      clock,
      install: config.install,
      incident: (namespace, name) => this.#caches.incidents.get(namespace, name),
      policies: (namespace) => this.#caches.policies.list(namespace),
      siblings: ({ metadata, spec }) => {
        const incident = this.#caches.incidents.get(metadata.namespace, spec.incidentRef.name);
        return incident ? this.#caches.updatesOf(incident) : [];
      },
      reach: (namespace) => reachIn(this.#connections, namespace),
    });
    return new Reconciler(definition, {
      clock,
      executor: this.#executor,
      read: (namespace, name) => this.#caches.updates.get(namespace, name),
      writeStatus: (update, patch) => this.#counted('IncidentUpdate', writer.status(update, patch)),
      trouble: troubles({ log: this.#deps.log, record: this.#record }),
      leading: () => leadership.leading(),
      boundary,
    });
  }

  /** A status write; one that the API server refuses for good shows in the metrics. */
  async #counted<T>(kind: WorkKind, write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      if (error instanceof KubeError && error.terminal) this.#deps.metrics.statusRefused(kind, error.status);
      throw error;
    }
  }

  /** A token was refused: its Integration is looked at again, once however many effects say so. */
  #suspect({ owner, effect, reason }: Outcome): void {
    if (reason !== 'InvalidToken' || effect.integration === undefined) return;
    const suspect = this.#connections.suspect(owner.namespace, effect.integration);
    if (suspect) this.#work.add('Integration', suspect.key, suspect.after);
  }
}

const passed = (clock: Clock, delay: Duration): Promise<void> =>
  new Promise((resolve) => void clock.after(delay, resolve));

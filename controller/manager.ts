import type { IncomingMessage, ServerResponse } from 'node:http';
import { Caches } from './cluster/caches.ts';
import { recorder, type Recorder } from './cluster/events.ts';
import { secrets } from './cluster/resources.ts';
import { numberStore, Writer } from './cluster/writes.ts';
import { controllers } from './controllers.ts';
import type { Parts } from './controllers/parts.ts';
import { statusWriter } from './controllers/status-writer.ts';
import { numberPort } from './incident/numbers.ts';
import { Connections } from './integrations/connections.ts';
import type { CredentialSecret } from './integrations/credentials.ts';
import { outcomes } from './outcomes.ts';
import { seconds, type Duration } from './runtime/clock.ts';
import { Controllers } from './runtime/controller.ts';
import type { Port } from './runtime/effect.ts';
import type { ObjectKey, EffectOutcome, PortLookup } from './runtime/execution.ts';
import { Executor } from './runtime/executor.ts';
import type { KubeObject } from './runtime/kube-object.ts';

export type ManagerDeps = Omit<Parts, 'caches' | 'connections' | 'executor' | 'record'>;

/** A repository that does not answer holds up no number. */
const recordedMost: Duration = seconds(5);

/** What happens in one replica: caches, connections, the executor and the controllers, wired. */
export class Manager {
  readonly #deps: ManagerDeps;
  readonly #caches: Caches;
  readonly #connections: Connections;
  readonly #executor: Executor;
  readonly #controllers: Controllers;

  constructor(deps: ManagerDeps) {
    this.#deps = deps;
    const { client, clock, config, log, metrics } = deps;
    const { namespaces, watchIdle: idle } = config;
    const onProblem = (error: unknown): void => log.warn('watch-broken', { error });
    this.#caches = new Caches({ client, clock, namespaces, idle, onProblem }, config.namespace);
    const record = recorder(client, clock, config.identity, (error, { regarding, reason, note }) =>
      log.warn('event-lost', {
        object: `${regarding.kind}/${regarding.namespace}/${regarding.name}`,
        reason,
        message: note,
        error,
      }),
    );
    this.#connections = this.#connect();
    this.#executor = this.#execute(record);
    const [caches, connections, executor] = [this.#caches, this.#connections, this.#executor];
    this.#controllers = new Controllers(
      {
        clock,
        failed: (controller, key, error) => log.error('reconcile-failed', { controller, key, error }),
        reconciled: (controller, result, elapsed) => metrics.reconciled(controller, result, elapsed),
      },
      controllers({ ...deps, caches, connections, executor, record }),
    );
    metrics.depths(() => this.#controllers.depths());
    metrics.budgets(() => this.#connections.budgets());
  }

  /** Reads the cluster; resolves when everything served is cached. From then on people are answered, whoever leads. */
  async sync(): Promise<void> {
    await this.#caches.sync();
    await this.#controllers.start('everywhere');
  }

  /** A request from outside that is none of the server's own. True: it will be answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#controllers.handle(request, response);
  }

  /** Begins to reconcile: this replica leads. */
  async lead(): Promise<void> {
    await this.#controllers.start('leader');
  }

  /** Ends sending, lets in-flight calls land and writes their receipts. True: nothing is left in flight. */
  async drain(most: Duration): Promise<boolean> {
    const clean = await this.#executor.drain(most);
    await this.#controllers.stop('leader');
    return clean;
  }

  /** What people pressed is answered until here: a press is a write, whoever leads. */
  async close(): Promise<void> {
    await this.#controllers.stop('everywhere');
    await this.#caches.stop();
    this.#connections.close();
  }

  #connect(): Connections {
    const { client, clock, config, log, metrics } = this.#deps;
    const integrations = this.#caches.of('Integration');
    const writer = new Writer('Integration', client, integrations);
    return new Connections({
      clock,
      install: config.install,
      tuning: config.tuning,
      releaseNamespace: config.namespace,
      integrations: () => integrations.list(),
      integration: (namespace, name) => integrations.get(namespace, name),
      secret: (namespace, name) => client.find<CredentialSecret & KubeObject>(secrets, name, { namespace }),
      writeStatus: statusWriter('Integration', writer, metrics),
      log: (event, fields) => log.info(event, fields),
    });
  }

  #execute(record: Recorder): Executor {
    const { client, clock, config, leadership, boundary, log, metrics } = this.#deps;
    const tell = outcomes({ log, metrics, record });
    const incidents = this.#caches.of('Incident');
    const number = numberPort(
      numberStore(client, config.namespace),
      () => incidents.list().reduce((highest, { status }) => Math.max(highest, status?.number ?? 0), 0),
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
      wake: ({ kind, namespace, name }) => this.#controllers.wake(kind, `${namespace}/${name}`),
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
  ): PortLookup {
    if (integration === undefined)
      return kind === 'number'
        ? { port: number, epoch: '' }
        : { epoch: '', reason: 'UnknownKind', message: `This version cannot do ${kind}.` };
    return this.#connections.port(owner.namespace, integration, kind);
  }

  /** A token was refused: its Integration is looked at again, once however many effects say so. */
  #suspect({ owner, effect, reason }: EffectOutcome): void {
    if (reason !== 'InvalidToken' || effect.integration === undefined) return;
    const suspect = this.#connections.suspect(owner.namespace, effect.integration);
    if (suspect) this.#controllers.wake('Integration', suspect.key, suspect.after);
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Integration } from '../../../api/integration.gen.ts';
import type { Log } from '../../../log.ts';
import { minutes, seconds, type Clock, type Duration } from '../../../runtime/clock.ts';
import { revision } from '../../../runtime/effect.ts';
import { slackApi, type SlackApi } from './api.ts';
import type { LiveStore } from '../../../act/store.ts';
import { boltApp } from './bolt-app.ts';
import type { HandlerContext } from './handler-context.ts';
import { httpSource, type HttpSource } from './http.ts';
import { People } from './people.ts';
import { Recent } from './recent.ts';
import { HoldingReceiver } from './receiver.ts';
import { Rights } from './rights.ts';
import { sockets } from './sockets.ts';

export interface SlackListenersDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** `/incident`. */
  readonly command: string;
  readonly releaseNamespace: string;
  readonly cluster: LiveStore;
  integration(namespace: string, name: string): Integration | undefined;
  /** The values of its Secret; none where there is none, or they may not be sent where it says. */
  secrets(integration: Integration): Promise<Readonly<Record<string, string>>>;
  /** One delivery has ended. */
  readonly delivered?: (kind: string, acked: boolean, took: Duration) => void;
}

interface SlackListener {
  /** Of spec and secret: a new one means a new listener. */
  readonly epoch: string;
  readonly team: string;
  readonly receiver: HoldingReceiver;
  readonly api: SlackApi;
  readonly http?: HttpSource;
}

/** A Secret may be rotated without a trace in the Integration: look this often. */
const lookAgain: Duration = minutes(1);
const tryAgain: Duration = seconds(10);

/** One listener for each Slack Integration that has the keys for one, on every replica, whoever leads. */
export class SlackListeners {
  readonly #deps: SlackListenersDeps;
  readonly #listeners = new Map<string, SlackListener>();
  readonly #later = new Set<Promise<void>>();

  constructor(deps: SlackListenersDeps) {
    this.#deps = deps;
  }

  /** Opens, exchanges or shuts the listener of one Integration. Resolves with when to come again. Throws what kept it from being opened. */
  async reconcile(namespace: string, name: string): Promise<{ readonly after?: Duration }> {
    const key = `${namespace}/${name}`;
    const integration = this.#deps.integration(namespace, name);
    const options = integration?.spec.provider?.slack;
    if (!integration || !options || integration.metadata.deletionTimestamp) {
      await this.#close(key);
      return {};
    }
    const secrets = await this.#deps.secrets(integration);
    const keyed = options.mode === 'Socket' ? secrets['appToken'] : secrets['signingSecret'];
    const epoch = revision({ options, secrets });
    const known = this.#listeners.get(key);
    const account = integration.status?.account?.id;
    if (known?.epoch !== epoch || (account !== undefined && known.team !== account)) {
      // Slack allows an app ten sockets: the old ones go first.
      if (known) await this.#close(key);
      if (keyed && secrets['botToken']) {
        const opened = await this.#open(integration, { ...secrets, botToken: secrets['botToken'] }, epoch);
        if (!opened) return { after: tryAgain };
      }
    }
    return { after: lookAgain };
  }

  /** True: the path is a listener's, and the request is answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = /^\/slack\/([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(request.url?.split('?')[0] ?? '');
    const http = path && this.#listeners.get(`${path[1]}/${path[2]}`)?.http;
    if (!http) return false;
    void http.handle(request, response);
    return true;
  }

  /** Answers what came in, then lets go of every socket. Nothing is reconciled any more by then. */
  async stop(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((key) => this.#close(key)));
    await Promise.race([
      Promise.allSettled(this.#later),
      new Promise<void>((resolve) => void this.#deps.clock.after(seconds(2), resolve)),
    ]);
  }

  async #open(
    { metadata, spec, status }: Integration,
    secrets: Readonly<Record<string, string>> & { botToken: string },
    epoch: string,
  ): Promise<boolean> {
    const { clock, log, delivered } = this.#deps;
    const key = `${metadata.namespace}/${metadata.name}`;
    const { apiUrl = '', mode = 'Socket' } = spec.provider?.slack ?? {};
    const own: Log = logOf(log, key);
    const api = slackApi({ apiUrl, botToken: secrets.botToken, clock, log: own });
    try {
      const team = await api.whoAmI();
      const account = status?.account;
      if (team.orgWide || (account && account.id !== team.id)) {
        own.warn('slack.front-door-closed', { reason: team.orgWide ? 'OrgInstallUnsupported' : 'AccountChanged' });
        api.close();
        return false;
      }
      const http = mode === 'Http' ? httpSource(secrets['signingSecret'] ?? '', clock, own) : undefined;
      const source = http ?? sockets({ apiUrl, appToken: secrets['appToken'] ?? '', clock, log: own });
      const receiver = new HoldingReceiver({ clock, log: own, source, ...(delivered ? { done: delivered } : {}) });
      boltApp(this.#contextFor(key, api, team, metadata.namespace, spec, own), receiver, secrets.botToken);
      await receiver.start();
      this.#listeners.set(key, { epoch, team: team.id, receiver, api, ...(http ? { http } : {}) });
      own.info('slack.front-door-open', { mode, team: team.id });
      return true;
    } catch (error) {
      api.close();
      throw error;
    }
  }

  #contextFor(
    key: string,
    api: SlackApi,
    team: HandlerContext['team'],
    namespace: string,
    spec: Integration['spec'],
    log: Log,
  ): HandlerContext {
    const { clock, cluster, command, releaseNamespace } = this.#deps;
    const shared = namespace === releaseNamespace && spec.allowedNamespaces.from === 'All';
    const namespaces = cluster.namespaces.filter((served) => shared || served === namespace);
    return {
      team,
      command,
      home: namespaces.includes(namespace) ? namespace : (namespaces[0] ?? namespace),
      namespaces,
      clock,
      log,
      api,
      people: new People(api, team.id, clock),
      rights: new Rights({ clock, api, review: (review) => cluster.review(review) }),
      cluster,
      recent: new Recent(clock),
      later: (what, work) => this.#afterwards(key, what, work),
    };
  }

  #afterwards(key: string, what: string, work: () => Promise<void>): void {
    const doing = work().catch((error: unknown) =>
      this.#deps.log.warn('slack.afterwards-failed', { integration: key, what, error }),
    );
    this.#later.add(doing);
    void doing.finally(() => this.#later.delete(doing));
  }

  async #close(key: string): Promise<void> {
    const listener = this.#listeners.get(key);
    if (!listener) return;
    this.#listeners.delete(key);
    await listener.receiver.stop();
    listener.api.close();
    this.#deps.log.info('slack.front-door-shut', { integration: key });
  }
}

const logOf = (log: Log, integration: string): Log => ({
  debug: (event, fields) => log.debug(event, { integration, ...fields }),
  info: (event, fields) => log.info(event, { integration, ...fields }),
  warn: (event, fields) => log.warn(event, { integration, ...fields }),
  error: (event, fields) => log.error(event, { integration, ...fields }),
});

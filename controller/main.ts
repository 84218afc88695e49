import { fieldManager, leaseName, servesAnnotation } from './api/names.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { crashPoint } from './crash-point.ts';
import { createLog, type Log } from './log.ts';
import { Manager } from './manager.ts';
import { untilApiServerAnswers } from './runtime/until-api-server-answers.ts';
import { seconds, systemClock } from './runtime/clock.ts';
import { KubeClient } from './runtime/kube.ts';
import { loadEndpoint } from './runtime/kube-config.ts';
import { Leader } from './runtime/lease.ts';
import { leaseIn } from './runtime/lease-record.ts';
import { serverClock } from './runtime/server-clock.ts';
import { serveHttp } from './server/http.ts';
import { Metrics } from './server/metrics.ts';
import { testClock } from './test-clock.ts';

/** Longest that calls under way to the outside may take at the end: the clients' own limit is 10 s. */
const drainMost = seconds(15);
/** This machine's. */
const local = testClock(process.env, systemClock);
const server = serverClock(local);

await main().catch((error: unknown) => {
  process.stderr.write(
    error instanceof ConfigError
      ? `allclear: the configuration is wrong\n${error.message}\n`
      : `allclear: ${String(error)}\n`,
  );
  process.exit(1);
});

/** Read the configuration, connect, wait for the lease, reconcile until told to end. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const metrics = new Metrics();
  const endpoint = loadEndpoint();
  const kube = { endpoint, clock: local, fieldManager, onDate: server.heard };
  const client = new KubeClient({
    ...kube,
    onRequest: ({ verb, resource, code }) => metrics.requested(verb, resource, String(code)),
  });
  const leader = elect(config, log, metrics, new KubeClient(kube), lost);
  const manager = new Manager({
    config,
    client,
    clock: server.clock,
    leadership: leader.leadership,
    metrics,
    log,
    boundary: crashPoint(process.env, log),
  });
  /** While nobody can lead, for want of an API server, people are answered from what was heard last. */
  async function lost(): Promise<void> {
    await untilApiServerAnswers(client, local);
    process.exit(1);
  }
  const state = { synced: false, stopping: false };
  const http = await serveHttp({
    ...config.http,
    metrics,
    live: () => true,
    ready: () => state.synced && !state.stopping,
    handle: (request, response) => manager.handle(request, response),
  });
  log.info('started', {
    namespace: config.namespace,
    namespaces: config.namespaces,
    identity: config.identity,
    session: leader.leadership.session,
    server: endpoint.server,
    http: http.port,
  });
  const stop = stopOnce(async (signal) => {
    log.info('stopping', { signal });
    state.stopping = true;
    const clean = await manager.drain(drainMost);
    await leader.stop(clean);
    await manager.close();
    await http.close();
    await client.close();
    log.info('stopped', { clean });
  });
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await manager.sync();
  state.synced = true;
  log.info('synced');
  await leader.won();
  if (state.stopping) return;
  log.info('leading');
  await manager.lead();
}

function elect(config: Config, log: Log, metrics: Metrics, client: KubeClient, lost: () => Promise<void>) {
  const started = Promise.withResolvers<void>();
  const leader = new Leader({
    store: leaseIn(client, config.namespace, leaseName, { [servesAnnotation]: config.namespaces.join(',') }),
    // A machine that slept must notice: its own wall clock went on.
    clock: local,
    identity: config.identity,
    leaseDuration: config.lease.duration,
    renewDeadline: config.lease.renewDeadline,
    retryPeriod: config.lease.retryPeriod,
    onStarted() {
      metrics.leading(leaseName, true);
      started.resolve();
    },
    onStopped(why) {
      metrics.leading(leaseName, false);
      if (why !== 'lost') return;
      log.error('lease-lost', {});
      void lost();
    },
    onProblem: (error) => log.warn('lease-problem', { error }),
  });
  return {
    leadership: leader,
    async won(): Promise<void> {
      leader.start();
      await started.promise;
    },
    async stop(release: boolean): Promise<void> {
      await leader.stop({ release });
      await client.close();
    },
  };
}

/** A second signal while stopping ends the process at once. */
function stopOnce(end: (signal: string) => Promise<void>): (signal: string) => void {
  return (signal) => {
    for (const again of ['SIGTERM', 'SIGINT'] as const) process.once(again, () => process.exit(1));
    end(signal).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
}

import type { Caches } from '../cluster/caches.ts';
import type { Recorder } from '../cluster/events.ts';
import type { Config } from '../config.ts';
import type { Connections } from '../integrations/connections.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../runtime/clock.ts';
import type { AtBoundary, Leadership } from '../runtime/execution.ts';
import type { Executor } from '../runtime/executor.ts';
import type { KubeClient } from '../runtime/kube.ts';
import type { Metrics } from '../server/metrics.ts';

/** What the process is made of; controllers take from it what they need. */
export interface Parts {
  readonly config: Config;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly leadership: Leadership;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly boundary?: AtBoundary | undefined;
  readonly caches: Caches;
  readonly connections: Connections;
  readonly executor: Executor;
  /** Records an Event. */
  readonly record: Recorder;
}

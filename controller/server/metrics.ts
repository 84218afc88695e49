import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EffectOutcome } from '../runtime/execution.ts';

/** Prometheus metrics, by the names that kubebuilder's controllers use where there is one. */
export class Metrics {
  readonly registry = new Registry();
  readonly #reconciles = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciles by controller and result (success, error, requeue_after).',
    labelNames: ['controller', 'result'],
    registers: [this.registry],
  });
  readonly #reconcileErrors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Reconciles that failed and are tried again, by controller.',
    labelNames: ['controller'],
    registers: [this.registry],
  });

  readonly #refusedWrites = new Counter({
    name: 'allclear_status_writes_refused_total',
    help: "Writes of a status that the API server refused for good (400, 403, 413, 422, or etcd's size limit: 500), by controller and code.",
    labelNames: ['controller', 'code'],
    registers: [this.registry],
  });

  readonly #reconcileTime = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Seconds a reconcile takes.',
    labelNames: ['controller'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly #requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server by verb, resource and code.',
    labelNames: ['verb', 'resource', 'code'],
    registers: [this.registry],
  });
  readonly #effects = new Counter({
    name: 'allclear_effects_total',
    help: 'Outcomes of effects by kind, operation and result.',
    labelNames: ['kind', 'operation', 'result'],
    registers: [this.registry],
  });
  readonly #effectTime = new Histogram({
    name: 'allclear_effect_duration_seconds',
    help: 'Seconds from launch to landing, waits for a budget included.',
    labelNames: ['kind', 'operation'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers: [this.registry],
  });
  readonly #deliveries = new Counter({
    name: 'allclear_slack_deliveries_total',
    help: 'What Slack delivered, by kind and whether it was acknowledged.',
    labelNames: ['kind', 'acked'],
    registers: [this.registry],
  });
  readonly #deliveryTime = new Histogram({
    name: 'allclear_slack_delivery_duration_seconds',
    help: 'Seconds from receipt to the acknowledgement. Slack waits three.',
    labelNames: ['kind'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3],
    registers: [this.registry],
  });
  readonly #leader = new Gauge({
    name: 'leader_election_master_status',
    help: '1 while this process leads.',
    labelNames: ['name'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  reconciled(controller: string, result: 'success' | 'error' | 'requeue_after', elapsed: number): void {
    this.#reconciles.inc({ controller, result });
    if (result === 'error') this.#reconcileErrors.inc({ controller });
    this.#reconcileTime.observe({ controller }, elapsed);
  }

  statusRefused(controller: string, code: number): void {
    this.#refusedWrites.inc({ controller, code: String(code) });
  }

  /** `took` in milliseconds. */
  delivered(kind: string, acked: boolean, took: number): void {
    this.#deliveries.inc({ kind, acked: String(acked) });
    this.#deliveryTime.observe({ kind }, took / 1_000);
  }

  requested(verb: string, resource: string, code: string): void {
    this.#requests.inc({ verb, resource, code });
  }

  effect({ effect, operation, result, duration }: EffectOutcome): void {
    this.#effects.inc({ kind: effect.kind, operation, result });
    if (operation !== 'mark') this.#effectTime.observe({ kind: effect.kind, operation }, duration / 1_000);
  }

  leading(name: string, leads: boolean): void {
    this.#leader.set({ name }, leads ? 1 : 0);
  }

  /** What is left of each vendor's budget, asked for at each scrape: by Integration, then by the vendor's name for the call. */
  budgets(read: () => Readonly<Record<string, Readonly<Record<string, number>>>>): void {
    this.registry.registerMetric(
      new Gauge({
        name: 'allclear_vendor_budget_left',
        help: 'Calls of a vendor that could go at once.',
        labelNames: ['integration', 'call'],
        registers: [],
        collect() {
          this.reset();
          for (const [integration, calls] of Object.entries(read()))
            for (const [call, left] of Object.entries(calls))
              if (Number.isFinite(left)) this.set({ integration, call }, left);
        },
      }),
    );
  }

  /** Keys in line, by controller; workqueue_depth in client-go. */
  depths(read: () => Readonly<Record<string, number>>): void {
    this.registry.registerMetric(
      new Gauge({
        name: 'workqueue_depth',
        help: 'Keys in line.',
        labelNames: ['name'],
        registers: [],
        collect() {
          for (const [name, depth] of Object.entries(read())) this.set({ name }, depth);
        },
      }),
    );
  }
}

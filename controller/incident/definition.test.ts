import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { anEntry, anIncident } from '../../test/builders/incident.ts';
import { applyMergePatch } from '../../test/builders/merge-patch.ts';
import { aReach } from '../../test/builders/reach.ts';
import { generator } from '../../test/chaos/sample.ts';
import type { Incident, IncidentSpec, IncidentStatus } from '../api/incident.gen.ts';
import type { IncidentUpdate, IncidentUpdateSpec } from '../api/incident-update.gen.ts';
import { identityAnnotation } from '../api/names.ts';
import type { ProductEffect } from '../capabilities/capabilities.ts';
import { rfc3339 } from '../runtime/clock.ts';
import { Executor } from '../runtime/executor.ts';
import { Reconciler, Stopped } from '../runtime/reconciler.ts';
import { incidentDefinition } from './definition.ts';
import { nameOf } from '../timeline/history.ts';
import type { Applied } from '../timeline/history.ts';
import type { IncidentScope } from './scope.ts';

/** No Integration is in reach. */
const nothing = aReach({
  choose: () => ({ none: { reason: 'NotConfigured', message: 'No Integration.' } }),
  all: () => [],
});

/** One incident on an API server in memory, and a controller without any Integration. */
class World {
  readonly clock = new FakeClock();
  incident: Incident;
  readonly updates = new Map<string, IncidentUpdate>();
  /** Names that the controller tried to write. */
  readonly asked = new Set<string>();
  /** By the controller. */
  readonly written = new Set<string>();
  others: readonly Incident[] = [];
  readonly troubles: string[] = [];
  statusWrites = 0;
  /** The next status write is lost, and the process with it. */
  dies = false;
  #version = 1;
  #reconciler = this.#start();

  constructor(incident: Incident = anIncident({ status: null })) {
    this.incident = incident;
  }

  restart(): void {
    this.#reconciler = this.#start();
  }

  /** Until nothing is left to be done. */
  async settlingTime(): Promise<void> {
    for (let pass = 0; pass < 20; pass++) {
      const before = this.#version;
      try {
        await this.#reconciler.reconcile('default', this.incident.metadata.name);
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        this.restart();
        return;
      }
      await this.clock.advance(2_000);
      if (this.#version === before) return;
    }
    throw new Error('it never settles');
  }

  edit(spec: Partial<IncidentSpec>, managers?: Incident['metadata']['managers']): void {
    const { metadata } = this.incident;
    this.#store({
      ...this.incident,
      spec: { ...this.incident.spec, ...spec },
      metadata: { ...metadata, generation: metadata.generation + 1, ...(managers ? { managers } : {}) },
    });
  }

  metadata(metadata: Partial<Incident['metadata']>): void {
    this.#store({ ...this.incident, metadata: { ...this.incident.metadata, ...metadata } });
  }

  receipts(effects: NonNullable<IncidentStatus['effects']>): void {
    this.#store({ ...this.incident, status: { ...this.incident.status, effects } });
  }

  /** By somebody who may only create entries. */
  forge(name: string, spec: Partial<IncidentUpdateSpec>): void {
    if (this.updates.has(name)) return;
    const { name: of, uid } = this.incident.metadata;
    this.#create(name, { incidentRef: { name: of, uid }, type: 'State', audience: 'Stakeholders', ...spec });
  }

  /** The controller's entries, in their order. */
  entries(): string[] {
    return [...this.written].map((name) => {
      const { type, from = '', to = '', author } = this.updates.get(name)?.spec ?? {};
      return `${type} ${from}→${to}${author === undefined ? '' : ` by ${author}`}`;
    });
  }

  #store(incident: Incident): Incident {
    this.#version += 1;
    this.incident = { ...incident, metadata: { ...incident.metadata, resourceVersion: String(this.#version) } };
    return this.incident;
  }

  #create(name: string, spec: IncidentUpdateSpec, annotations?: Readonly<Record<string, string>>): IncidentUpdate {
    this.#version += 1;
    const update: IncidentUpdate = {
      apiVersion: 'allclear.dev/v1alpha1',
      kind: 'IncidentUpdate',
      metadata: {
        name,
        namespace: 'default',
        uid: name,
        resourceVersion: String(this.#version),
        generation: 1,
        creationTimestamp: rfc3339(this.clock.now()),
        ...(annotations ? { annotations } : {}),
      },
      spec,
    };
    this.updates.set(name, update);
    return update;
  }

  #start(): Reconciler<Incident, IncidentScope, ProductEffect, Applied> {
    const { clock } = this;
    const definition = incidentDefinition({
      clock,
      install: 'allclear-system',
      reviewInterval: 60_000,
      policies: () => [],
      updates: ({ metadata: { name } }) =>
        [...this.updates.values()].filter(({ spec }) => spec.incidentRef.name === name),
      reach: () => nothing,
      incidents: () => [this.incident, ...this.others],
      entries: ({ status }) => status?.effects ?? {},
      ensureUpdate: ({ metadata, spec }) => {
        this.asked.add(metadata.name);
        const known = this.updates.get(metadata.name);
        if (known) return Promise.resolve({ update: known, created: false });
        this.written.add(metadata.name);
        const full: IncidentUpdateSpec = JSON.parse(JSON.stringify({ audience: 'Responders', ...spec }));
        return Promise.resolve({ update: this.#create(metadata.name, full, metadata.annotations), created: true });
      },
      writeMetadata: (incident, metadata) =>
        Promise.resolve(this.#store({ ...incident, metadata: { ...incident.metadata, ...metadata } })),
      event: () => {},
    });
    const executor = new Executor({
      clock,
      leadership: { session: 's', leading: () => true, acquiredAt: () => 0 },
      reach: () => ({ epoch: '', reason: 'NotConfigured', message: 'none' }),
      wake: () => {},
      report: () => {},
    });
    let isDead = false;
    return new Reconciler(definition, {
      clock,
      executor,
      read: () => this.incident,
      writeStatus: (incident, patch) => {
        if (this.dies) {
          isDead = true;
          this.dies = false;
        }
        // A dead process writes nothing more.
        if (isDead) throw new Died();
        this.statusWrites += 1;
        const status: IncidentStatus = applyMergePatch(incident.status ?? {}, patch);
        return Promise.resolve(this.#store({ ...incident, status }));
      },
      leading: () => true,
      trouble: (_, { reason, message, error }) => {
        if (error instanceof Stopped) this.troubles.push(`${reason}: ${message}`);
        else if (!isDead) throw new Error(message);
      },
    });
  }
}

class Died extends Error {}

const zoe = { id: 'act-1', source: 'Kubectl', by: 'zoe@example.com', reason: 'It spreads.' } as const;

describe('who did it', () => {
  test('an edit without an act is not the one’s who acted before', async () => {
    const world = new World();
    await world.settlingTime();
    world.edit({ severity: 'SEV1', change: zoe });
    await world.settlingTime();
    world.edit({ state: 'Identified' }, { state: 'kubectl-edit', change: 'kubectl-edit' });
    await world.settlingTime();
    expect(world.entries()).toEqual([
      'State →Investigating',
      'Severity SEV2→SEV1 by zoe@example.com',
      'State Investigating→Identified by kubectl-edit (field manager)',
    ]);
    expect(world.incident.status?.applied?.changeId).toBe('act-1');
  });

  test('nor of one who acted on what is not told of', async () => {
    const world = new World();
    await world.settlingTime();
    world.edit({ title: 'Login is down', change: zoe });
    await world.settlingTime();
    world.edit({ severity: 'SEV1' });
    await world.settlingTime();
    expect(world.entries().at(-1)).toBe('Severity SEV2→SEV1');
  });

  test('nor after a crash in between', async () => {
    const world = new World();
    await world.settlingTime();
    world.edit({ severity: 'SEV1', change: zoe });
    world.dies = true;
    await world.settlingTime();
    await world.settlingTime();
    world.edit({ state: 'Identified' });
    world.dies = true;
    await world.settlingTime();
    await world.settlingTime();
    expect(world.entries().slice(1)).toEqual([
      'Severity SEV2→SEV1 by zoe@example.com',
      'State Investigating→Identified',
    ]);
  });
});

/** As the version before left it: without what is new. */
async function old(): Promise<World> {
  const world = new World();
  await world.settlingTime();
  const { identity: _, applied, ...status } = world.incident.status ?? {};
  const { changeId: __, ...before } = applied ?? { seq: 0, state: 'Investigating', severity: 'SEV2', level: 0 };
  return Object.assign(new World({ ...world.incident, status: { ...status, applied: before } }), {
    updates: world.updates,
  });
}

describe('an incident of the version before', () => {
  test('is not written for the sake of what is new', async () => {
    const world = await old();
    await world.settlingTime();
    expect(world.statusWrites).toBe(0);
    expect(world.incident.status?.identity).toBeUndefined();
  });

  test('gets it with its next status write', async () => {
    const world = await old();
    world.edit({ severity: 'SEV1', change: zoe });
    await world.settlingTime();
    expect(world.statusWrites).toBe(1);
    expect(world.incident.status).toMatchObject({
      identity: { install: 'allclear-system', name: 'mobile-app-login', uid: world.incident.metadata.uid },
      applied: { changeId: 'act-1' },
    });
  });
});

describe('identity', () => {
  test('a replace without annotations loses nothing', async () => {
    const world = new World();
    await world.settlingTime();
    const first = world.incident.status?.identity;
    expect(first).toMatchObject({ uid: world.incident.metadata.uid });
    // As after a restore: another uid, and the status of before.
    world.metadata({ uid: 'restored', annotations: {} });
    world.restart();
    const { statusWrites } = world;
    await world.settlingTime();
    expect(JSON.parse(world.incident.metadata.annotations?.[identityAnnotation] ?? '')).toEqual(first);
    expect(world.incident.status?.identity).toEqual(first);
    expect(world.statusWrites).toBe(statusWrites);
    expect(world.entries()).toEqual(['State →Investigating']);
  });
});

/** A copy with its original's status; that one is there still, in another namespace. */
async function copied(): Promise<World> {
  const world = new World();
  await world.settlingTime();
  world.edit({ severity: 'SEV1' });
  world.others = [{ ...world.incident, metadata: { ...world.incident.metadata, namespace: 'production' } }];
  world.metadata({ uid: 'copy', annotations: {} });
  world.receipts({ channel: anEntry('channel', { integration: 'slack', ref: { channel: 'C1' } }) });
  world.restart();
  return world;
}

describe('a copy that was stored with the status of its original', () => {
  test('does nothing, keeps what it says of the original, and says so once', async () => {
    const world = await copied();
    const { conditions: _, observedGeneration: __, ...before } = world.incident.status ?? {};
    await world.settlingTime();
    world.restart();
    await world.settlingTime();
    expect(world.entries()).toEqual(['State →Investigating']);
    const { conditions = [], observedGeneration, ...after } = world.incident.status ?? {};
    expect(after).toEqual(before);
    expect(observedGeneration).toBe(1);
    expect(world.incident.metadata.annotations).toEqual({});
    const said = conditions.filter(({ reason }) => reason === 'CopiedWithStatus');
    expect(said.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Ready False',
      'Reconciling False',
      'Stalled True',
    ]);
    expect(said[0]?.message).toContain('Incident default/mobile-app-login');
    expect(world.troubles).toHaveLength(1);
  });

  test('takes over when the original is gone, as after a restore', async () => {
    const world = await copied();
    await world.settlingTime();
    world.others = [];
    await world.settlingTime();
    expect(world.entries()).toEqual(['State →Investigating', 'Severity SEV2→SEV1']);
    expect(world.incident.status?.conditions?.find(({ type }) => type === 'Stalled')?.status).toBe('False');
  });
});

/** Of the series. */
const name = (world: World, number: number): string => nameOf(world.incident, world.incident.metadata.uid, number);

describe('entries that somebody else writes under names of the series', () => {
  test('one more is written, and the other one is no change', async () => {
    const world = new World();
    await world.settlingTime();
    world.forge(name(world, 2), { from: 'Investigating', to: 'Resolved', author: 'cto@example.com' });
    await world.settlingTime();
    expect(world.incident.status?.applied).toMatchObject({ seq: 2, state: 'Investigating' });
    world.forge(name(world, 4), { type: 'Severity', from: 'SEV2', to: 'SEV1', author: 'cto@example.com' });
    world.edit({ severity: 'SEV1', state: 'Identified' });
    await world.settlingTime();
    expect(world.entries().slice(1)).toEqual(['Severity SEV2→SEV1', 'State Investigating→Identified']);
    expect([...world.written].at(-1)).toBe(name(world, 5));
    expect(world.incident.status?.applied).toMatchObject({
      seq: 5,
      skipped: [
        { first: 2, last: 2 },
        { first: 4, last: 4 },
      ],
    });
    expect(world.incident.status?.timestamps?.resolvedAt).toBeUndefined();
  });

  test('one that only the API server knows of', async () => {
    const world = new World();
    await world.settlingTime();
    // Of another incident, so that it is not among this one's.
    world.forge(name(world, 2), { incidentRef: { name: 'other' }, to: 'Resolved' });
    world.edit({ severity: 'SEV1' });
    await world.settlingTime();
    expect([...world.asked].slice(-2)).toEqual([name(world, 2), name(world, 3)]);
    expect([...world.written].at(-1)).toBe(name(world, 3));
  });

  test.each(Array.from({ length: 40 }, (_, seed) => seed))('fuzz %i: the timeline is what spec said', async (seed) => {
    const random = generator(seed + 1);
    const one = <T>(from: readonly [T, ...T[]]): T => from[Math.floor(random() * from.length)] ?? from[0];
    const states = ['Investigating', 'Identified', 'Monitoring'] as const;
    const severities = ['SEV1', 'SEV2', 'SEV3'] as const;
    const world = new World();
    await world.settlingTime();
    for (let step = 0; step < 30; step++) {
      for (let edits = Math.floor(random() * 3); edits > 0; edits--) {
        const change = random() < 0.5 ? { change: { ...zoe, id: `act-${step}-${edits}` } } : {};
        world.edit({ severity: one(severities), state: one(states), ...change });
      }
      world.dies = random() < 0.3;
      if (random() < 0.1) world.restart();
      await world.settlingTime();
      if (random() < 0.4 && world.incident.status?.observedGeneration === world.incident.metadata.generation) {
        const number = (world.incident.status.applied?.seq ?? 0) + 1 + Math.floor(random() * 3);
        const forged = random() < 0.5 ? { from: one(states), to: one(states) } : { from: one(states), to: 'Resolved' };
        world.forge(name(world, number), { ...forged, author: 'cto@example.com' });
        world.dies = false;
        await world.settlingTime();
      }
    }
    world.dies = false;
    await world.settlingTime();
    const { spec, status } = world.incident;
    expect(status?.applied).toMatchObject({ state: spec.state, severity: spec.severity });
    for (const type of ['State', 'Severity']) {
      const chain = [...world.written]
        .map((each) => world.updates.get(each)?.spec)
        .filter((each) => each?.type === type);
      const broken = chain.filter((each, i) => i > 0 && each?.from !== chain[i - 1]?.to);
      expect(broken).toEqual([]);
      expect(chain.length === 0 || chain.at(-1)?.to === (type === 'State' ? spec.state : spec.severity)).toBe(true);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/builders/fake-clock.ts';
import { anEntry, anIncident } from '../../test/builders/incident.ts';
import { applyMergePatch } from '../../test/builders/merge-patch.ts';
import { aReach } from '../../test/builders/reach.ts';
import type { Incident, IncidentSpec } from '../api/incident.gen.ts';
import { cleanupFinalizer } from '../api/names.ts';
import type { Reach } from '../capabilities/reach.ts';
import { minutes, rfc3339, seconds } from '../runtime/clock.ts';
import type { Entry, Port } from '../runtime/effect.ts';
import type { PortLookup } from '../runtime/execution.ts';
import { Executor } from '../runtime/executor.ts';
import { Rejected } from '../runtime/outcome.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import { WorkQueue } from '../runtime/queue.ts';
import { Reconciler } from '../runtime/reconciler.ts';
import { incidentDefinition } from './definition.ts';

const opened = anEntry('channel', {
  integration: 'slack',
  within: { name: 'inc-00001' },
  ref: { channel: 'C1', name: 'inc-00001', team: 'T1' },
});

interface Parts {
  readonly ago?: number;
  readonly spec?: Partial<IncidentSpec>;
}

/** One deleted incident, a queue that works by a clock of its own, and a Slack that is as `slack` says. Nothing else happens. */
class World {
  readonly clock = new FakeClock();
  readonly events: string[] = [];
  readonly sent: string[] = [];
  incident: Incident | undefined;
  slack: PortLookup | 'lost' = this.port(() => undefined);
  github: PortLookup = this.port(() => undefined);
  others: readonly Incident[] = [];
  passes = 0;
  /** The API server refuses what is written to status. */
  refusesStatus = false;
  readonly queue = new WorkQueue({ clock: this.clock, random: () => 0 });

  constructor(effects: Record<string, Entry>, { ago = 0, spec = {} }: Parts = {}) {
    this.incident = anIncident({
      metadata: {
        deletionTimestamp: rfc3339(this.clock.now() - ago),
        finalizers: [cleanupFinalizer],
      },
      spec,
      status: { observedGeneration: 1, number: 1, id: 'INC-00001', effects },
    });
    const executor = new Executor({
      clock: this.clock,
      leadership: { session: 's1', leading: () => true, acquiredAt: () => 0 },
      reach: (_, { kind }) => (kind === 'ticket' ? this.github : this.slack === 'lost' ? gone : this.slack),
      wake: () => this.queue.add('one'),
      report: () => {},
      random: () => 0,
    });
    const definition = incidentDefinition({
      clock: this.clock,
      install: 'test',
      reviewInterval: minutes(1),
      policies: () => [],
      updates: () => [],
      reach: () => this.reach(),
      incidents: () => [...(this.incident ? [this.incident] : []), ...this.others],
      entries: ({ metadata: { namespace, name, uid }, status }) =>
        executor.view({ owner: { kind: 'Incident', namespace, name, uid }, entries: status?.effects ?? {} }),
      ensureUpdate: () => Promise.reject(new Error('a deleted incident creates nothing')),
      writeMetadata: (incident, metadata) => this.write(incident, { metadata }),
      event: (_, type, reason, message) => this.events.push(`${type} ${reason}: ${message}`),
    });
    const reconciler = new Reconciler(definition, {
      clock: this.clock,
      executor,
      read: () => this.incident,
      writeStatus: (incident, status) =>
        this.refusesStatus ? Promise.reject(new Error('refused')) : this.write(incident, { status }),
      leading: () => true,
      trouble: () => {},
    });
    this.queue.run(async (key) => {
      this.passes += 1;
      const { after } = await reconciler.reconcile('default', 'mobile-app-login');
      this.queue.forget(key);
      if (after !== undefined) this.queue.addAfter(key, after);
    }, 1);
    this.queue.add('one');
  }

  /** Lets time pass: the queue's own timers are all that wakes anybody. */
  async after(delay: number): Promise<this> {
    await this.clock.advance(delay);
    await this.queue.idle();
    await settle();
    return this;
  }

  get there(): boolean {
    return this.incident !== undefined;
  }

  condition(type: string): string | undefined {
    const found = this.incident?.status?.conditions?.find((each) => each.type === type);
    return found && `${found.status} ${found.reason}`;
  }

  port(answer: () => void, only: Partial<Port> = {}): PortLookup {
    const send = (what: string) => (call: { go(): void }) => {
      call.go();
      this.sent.push(what);
      answer();
      return Promise.resolve({ ref: { channel: 'C1', ts: '1' } });
    };
    const create = send('create');
    const release = async (call: { go(): void }): Promise<void> => void (await send('release')(call));
    return {
      epoch: 'e',
      port: {
        recover: 'observe',
        settlingTime: seconds(10),
        create,
        observe: () => Promise.resolve([]),
        release,
        ...only,
      },
    };
  }

  private reach(): Reach {
    return aReach({ lost: () => (this.slack === 'lost' ? gone.message : undefined) });
  }

  private write(incident: Incident, patch: object): Promise<Incident> {
    if (!this.incident) return Promise.reject(new KubeError(404, 'NotFound', 'It is gone.'));
    const next: Incident = applyMergePatch(incident, patch);
    this.incident = next.metadata.finalizers?.length === 0 ? undefined : next;
    return Promise.resolve(next);
  }
}

const gone = { epoch: '', reason: 'IntegrationGone', message: 'There is no Integration slack.' } as const;
const notYet = { epoch: '', reason: 'IntegrationNotReady', message: 'Integration slack is being connected.' } as const;
const refuse = (terminal: boolean) => (): never => {
  throw new Rejected(terminal ? 'ChannelArchived' : 'SlackUnreachable', 'Slack says no', { terminal });
};
const archived = { spec: { deletionPolicy: 'Archive' } } as const;
const world = (slack?: (w: World) => World['slack'], ...parts: ConstructorParameters<typeof World>): World => {
  const w = new World(...parts);
  if (slack) w.slack = slack(w);
  return w;
};

describe('a deleted incident', () => {
  it('leaves a last line in its channel and goes', async () => {
    const w = await world(undefined, { channel: opened }).after(seconds(1));
    expect([w.there, w.sent, w.events]).toEqual([false, ['create'], []]);
  });

  it('that has no channel goes at once and silently', async () => {
    const w = await world(undefined, {}).after(0);
    expect([w.there, w.sent, w.events]).toEqual([false, [], []]);
  });

  it('goes at once, and says what stays, when its Integration is gone', async () => {
    const w = await world(() => 'lost', { channel: opened }).after(seconds(1));
    expect([w.there, w.sent]).toEqual([false, []]);
    expect(w.events).toEqual([
      'Warning CleanupAbandoned: Channel #inc-00001 was not told of the deletion. There is no Integration slack.',
    ]);
  });

  it.each([
    ['not archived', { deletionPolicy: 'Archive' } as const, opened, 'Channel #inc-00001 is not archived.'],
    [
      'perhaps opened',
      {},
      anEntry('channel', { ...opened, ref: {}, state: 'Pending', session: 's0' }),
      'may have been',
    ],
  ])('says so, too, of a channel that is %s', async (_, spec, channel, words) => {
    const w = await world(() => 'lost', { channel }, { spec }).after(seconds(1));
    expect([w.there, w.events.length]).toEqual([false, 1]);
    expect(w.events[0]).toContain(words);
  });

  it('waits for nothing but its channel: not for a ticket of which nobody knows whether it was filed', async () => {
    const ticket = anEntry('ticket', { integration: 'github', state: 'Pending', session: 's0' });
    const w = world(undefined, { channel: opened, 'ticket/github': ticket });
    w.github = w.port(() => undefined, {
      observe: () => Promise.reject(new Rejected('Unreachable', 'GitHub answers 502')),
    });
    await w.after(seconds(1));
    expect([w.there, w.sent, w.events]).toEqual([false, ['create'], []]);
  });

  it.each([{}, archived.spec])(
    'that is a copy with the status of another leaves that one’s channel alone: %j',
    async (spec) => {
      const w = world(undefined, { channel: opened }, { spec });
      const identity = { install: 'test', namespace: 'production', name: 'login', uid: 'original' };
      if (w.incident) w.incident = { ...w.incident, status: { ...w.incident.status, identity } };
      w.others = [
        anIncident({ metadata: { namespace: 'production', name: 'login', uid: 'original' }, status: { identity } }),
      ];
      await w.after(seconds(1));
      expect([w.there, w.sent]).toEqual([false, []]);
    },
  );

  it('goes at once, aloud, when Slack refuses for good to archive its channel', async () => {
    const w = await world((one) => one.port(refuse(true)), { channel: opened }, archived).after(seconds(1));
    expect([w.there, w.sent]).toEqual([false, ['release']]);
    expect(w.events).toEqual(['Warning CleanupAbandoned: Channel #inc-00001 is not archived. Slack says no']);
  });

  it('waits two minutes by the clock where archiving fails and time can mend it', async () => {
    const edit = { refused: 'r', refusedReason: 'MissingScope', refusedMessage: 'The name was not changed' };
    const channel = anEntry('channel', { ...opened, facts: edit });
    const w = await world((one) => one.port(refuse(false)), { channel }, archived).after(minutes(2) - 1);
    expect([w.there, w.events]).toEqual([true, []]);
    await w.after(1);
    expect(w.events[0]).toMatch(/is not archived\. It was tried .*Slack says no$/);
  });

  it('goes at once, aloud, when Slack refuses the last line for good', async () => {
    const w = await world((one) => one.port(refuse(true)), { channel: opened }).after(seconds(1));
    expect([w.there, w.sent]).toEqual([false, ['create']]);
    expect(w.events).toEqual([
      'Warning CleanupAbandoned: Channel #inc-00001 was not told of the deletion. Slack says no',
    ]);
  });

  it.each([
    ['a last line', {}, opened],
    ['archiving', { deletionPolicy: 'Archive' } as const, opened],
    ['finding out', {}, anEntry('channel', { ...opened, ref: {}, state: 'Pending', session: 's0' })],
  ])('waits two minutes by the clock for %s where nothing is connected yet', async (_, spec, channel) => {
    const w = await world(() => notYet, { channel }, { spec }).after(minutes(2) - 1);
    expect([w.there, w.events, w.condition('FarewellSaid')?.startsWith('False')]).toEqual([true, [], true]);
    await w.after(1);
    expect([w.there, w.sent, w.events.length]).toEqual([false, [], 1]);
  });

  it('waits two minutes by the clock where Slack cannot be reached, however often that was tried', async () => {
    const w = await world((one) => one.port(refuse(false)), { channel: opened }).after(minutes(2) - 1);
    expect([w.there, w.events]).toEqual([true, []]);
    await w.after(1);
    expect(w.there).toBe(false);
    expect(w.events[0]).toMatch(/was not told of the deletion\. It was tried .*Slack says no$/);
  });

  it.each([minutes(60), -minutes(60)])('counts no clock but its own: deleted %i ms ago', async (ago) => {
    const w = await world(() => notYet, { channel: opened }, { ago }).after(minutes(2) - 1);
    expect(w.there).toBe(true);
    expect((await w.after(1)).there).toBe(false);
  });

  it('says its last line as soon as Slack is connected', async () => {
    const w = await world(() => notYet, { channel: opened }).after(minutes(1));
    w.slack = w.port(() => undefined);
    w.queue.add('one');
    await w.after(seconds(1));
    expect([w.there, w.sent, w.events]).toEqual([false, ['create'], []]);
  });

  it('that another finalizer keeps is at rest once its last line is said', async () => {
    const w = world(undefined, { channel: opened });
    if (w.incident) w.incident.metadata.finalizers = [cleanupFinalizer, 'example.com/backup'];
    await w.after(seconds(1));
    expect([w.incident?.metadata.finalizers, w.sent]).toEqual([['example.com/backup'], ['create']]);
    await w.clock.advance(minutes(3));
    const before = w.passes;
    for (let i = 0; i < 20; i++) await settle();
    expect(w.passes - before).toBe(0);
  });

  it('goes all the same when nothing can be written to its status', async () => {
    const w = world(() => notYet, { channel: opened });
    w.refusesStatus = true;
    await w.after(minutes(5));
    expect([w.there, w.events.length]).toEqual([false, 1]);
  });
});

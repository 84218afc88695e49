import { describe, expect, it, test } from 'vitest';
import { FakeClock, settle } from '../../../test/builders/fake-clock.ts';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import { minutes } from '../../runtime/clock.ts';
import { judge } from '../../runtime/conditions.ts';
import { revision, type Entry, type Port } from '../../runtime/effect.ts';
import { Executor } from '../../runtime/executor.ts';
import { planAll, wantedOf } from '../../runtime/phase.ts';
import type { Applied } from '../../timeline/history.ts';
import type { IncidentScope } from '../scope.ts';
import { members } from './members.ts';

const channel = anEntry('channel', { integration: 'slack', ref: { channel: 'C1' } });
const left = 'bo@example.com (not in this Slack workspace)';

const scopeOf = (state: Applied['state'], invitees: string[], entries: Record<string, Entry>): IncidentScope =>
  aScope({ applied: { seq: 1, state, severity: 'SEV2', level: 0 }, policy: { invitees }, entries });

/** An incident whose invitees include Bo, whom Slack does not know. */
class Inviting {
  readonly clock = new FakeClock();
  /** Who was asked for, call by call. */
  readonly asked: (readonly string[])[] = [];
  state: Applied['state'] = 'Investigating';
  invitees = ['ana@example.com', 'bo@example.com'];
  entries: Record<string, Entry> = { channel };
  readonly #port: Port<{ people: readonly string[] }> = {
    recover: 'resend',
    create: async (call) => {
      call.go();
      this.asked.push(call.desired.people);
      return { ref: { channel: 'C1' }, refused: { reason: 'PeopleNotInvited', message: left } };
    },
    update: (call) => this.#port.create(call),
  };
  readonly #executor = new Executor({
    clock: this.clock,
    leadership: { session: 's', leading: () => true, acquiredAt: () => 0 },
    reach: () => ({ port: this.#port, epoch: 'e' }),
    wake: () => {},
    report: () => {},
    random: () => 0,
  });

  /** Passes until nothing is under way; the conditions after the last. */
  async settled() {
    const owner = { kind: 'Incident', namespace: 'n', name: 'a', uid: 'u' };
    const identity = { install: 'test', ...owner };
    for (;;) {
      const planned = planAll([members], scopeOf(this.state, this.invitees, this.entries));
      const target = { owner, identity, generation: 1, entries: this.entries, settled: false, closed: false };
      const pass = this.#executor.pass(target, wantedOf(planned), new Set());
      this.entries = pass.entries;
      const conditions = judge(planned, pass.progress);
      await settle();
      if (pass.flying === 0) return Object.fromEntries(conditions.map((c) => [c.type, c]));
    }
  }
}

describe('somebody whom Slack does not know', () => {
  it('is asked for again while the incident is open', async () => {
    const inviting = new Inviting();
    expect(await inviting.settled()).toMatchObject({
      Ready: { reason: 'Degraded' },
      MembersInvited: { status: 'False', reason: 'PeopleNotInvited', message: `members: ${left}` },
    });
    await inviting.clock.advance(minutes(60));
    await inviting.settled();
    expect(inviting.asked).toHaveLength(2);
  });

  it('is left out of one that is closed: it is converged, says who, and asks nobody again', async () => {
    const inviting = new Inviting();
    await inviting.settled();
    inviting.state = 'Resolved';
    const wanted = {
      Ready: { status: 'True', reason: 'Converged' },
      Stalled: { status: 'False' },
      MembersInvited: { status: 'True', message: expect.stringContaining(left) },
    };
    expect(await inviting.settled()).toMatchObject(wanted);
    await inviting.clock.advance(minutes(60));
    expect(await inviting.settled()).toMatchObject(wanted);
    expect(inviting.asked).toHaveLength(1);
  });

  it('does not keep out who is wanted after the close, or nobody after a reopening', async () => {
    const inviting = new Inviting();
    await inviting.settled();
    inviting.state = 'Resolved';
    inviting.invitees = ['bo@example.com', 'chi@example.com'];
    await inviting.settled();
    expect(inviting.asked.at(-1)).toEqual(['bo@example.com', 'chi@example.com']);
    expect(inviting.entries['members']?.rev).toBe(revision({ people: inviting.invitees }));
    expect(await inviting.settled()).toMatchObject({ Ready: { reason: 'Converged' } });
    inviting.state = 'Investigating';
    expect(await inviting.settled()).toMatchObject({ Ready: { reason: 'Degraded' } });
    await inviting.clock.advance(minutes(60));
    await inviting.settled();
    expect(inviting.asked).toHaveLength(3);
  });
});

describe('who is invited', () => {
  const commander = { roles: { commander: 'ana@example.com', scribe: 'Bo' } };
  test.each<[string, ScopeParts, string]>([
    ['who holds a role, by mail address', { spec: commander, entries: { channel } }, 'members by slack'],
    ['who the policy names', { policy: { invitees: ['chi@example.com'] }, entries: { channel } }, 'members by slack'],
    ['nobody before the channel is open', { spec: commander }, 'wait WaitingForChannel'],
    [
      'nobody without a mail address',
      { spec: { roles: { scribe: 'Bo' } }, entries: { channel } },
      'skip NobodyToInvite',
    ],
    ['nobody of a Backfill', { spec: commander, backfill: true }, 'skip Quiet'],
    ['nobody where the vendor invites nobody', { spec: commander, reach: { lacks: () => 'No.' } }, 'skip NotSupported'],
  ])('is %s', (_, parts, expected) => {
    expect(outlineOf(members.plan(aScope(parts)))).toBe(expected);
  });

  test('is each person once, in one order', () => {
    const policy = { invitees: ['chi@example.com', 'ANA@example.com'] };
    const plan = members.plan(aScope({ spec: commander, policy, entries: { channel } }));
    expect(plan).toMatchObject({
      effects: [
        {
          place: { in: { channel: 'C1' }, parent: 'channel' },
          desired: { people: ['ana@example.com', 'chi@example.com'] },
        },
      ],
    });
  });
});

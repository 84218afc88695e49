import { describe, expect, test } from 'vitest';
import { anEntry, anIncident, anUpdate, type UpdateParts } from '../../../test/builders/incident.ts';
import type { Incident } from '../../api/incident.gen.ts';
import { aReach } from '../../../test/builders/reach.ts';
import { identityAnnotation } from '../../api/names.ts';
import { minutes, rfc3339, seconds, timeOf, type Instant } from '../../runtime/clock.ts';
import type { Choice, Reach } from '../../capabilities/reach.ts';
import { updateDefinition } from '../definition.ts';
import type { UpdateScope } from '../scope.ts';
import { notices } from './notices.ts';

const incident = anIncident();
const written = timeOf(incident.metadata.creationTimestamp) ?? 0;

/** Until when the notice of this update is sent; how long it waits for the channel's link. */
function plan(
  parts: UpdateParts,
  { now = written, of = incident, others = [] }: { now?: Instant; of?: Incident; others?: readonly Incident[] } = {},
) {
  const update = anUpdate({
    ...parts,
    spec: { type: 'Status', audience: 'Stakeholders', channels: ['#support'], ...parts.spec },
  });
  const definition = updateDefinition({
    clock: { now: () => now, monotonic: () => 0, after: () => () => {} },
    install: 'i',
    incident: () => of,
    incidents: () => [of, ...others],
    policies: () => [],
    siblings: () => [update],
    reach: () => aReach(),
  });
  const scope = definition.gather(update, {}, undefined);
  const found = definition.phases(scope)[0]?.plan(scope);
  if (found === undefined || !('effects' in found)) return found;
  return found.effects[0]?.notAfter;
}

test('nobody is told by the updates of a copy that was stored with the status of its original', () => {
  const identity = { install: 'i', namespace: 'production', name: 'login', uid: 'original' };
  const status = { ...incident.status, identity, effects: { channel: anEntry('channel') } };
  const of = anIncident({ metadata: { uid: 'copy' }, status });
  const original = anIncident({ metadata: { namespace: 'production', name: 'login', uid: 'original' }, status });
  const byName = { spec: { incidentRef: { name: incident.metadata.name } } };
  expect(plan(byName, { of })).toBe(written + minutes(15));
  expect(plan(byName, { of, others: [original] })).toMatchObject({ skip: { reason: 'CopiedWithStatus' } });
});

describe('how late a notice is sent', () => {
  test('is reckoned from when the update was written, whatever it says of when it happened', () => {
    const until = written + minutes(15);
    expect(plan({})).toBe(until);
    for (const occurredAt of ['2062-06-15T21:16:06Z', '2001-01-01T00:00:00Z', '2026-06-15T21:16:06+99:99'])
      expect(plan({ spec: { occurredAt } })).toBe(until);
  });

  test('of a restored incident from the earlier of the two', () => {
    const day = minutes(24 * 60);
    const { uid, name } = incident.metadata;
    const of = anIncident({
      metadata: {
        uid: 'f7d0a3c1-0000-4000-8000-000000000000',
        creationTimestamp: rfc3339(written + day),
        annotations: { [identityAnnotation]: JSON.stringify({ install: 'i', namespace: 'default', name, uid }) },
      },
    });
    const metadata = { creationTimestamp: rfc3339(written + day + seconds(1)) };
    const now = written + day + seconds(2);
    expect(plan({ metadata, spec: { occurredAt: rfc3339(written) } }, { of, now })).toBe(written + minutes(15));
    expect(plan({ metadata }, { of, now })).toBe(written + day + seconds(1) + minutes(15));
  });

  test('it waits ten seconds for the channel and no longer, whatever the clocks say', () => {
    const of = anIncident({
      status: {
        number: 1,
        id: 'INC-00001',
        effects: { channel: { kind: 'channel', state: 'Pending', attempt: 1, since: '', at: '' } },
      },
    });
    expect(plan({}, { of, now: written + seconds(4) })).toMatchObject({ after: seconds(6) });
    expect(plan({}, { of, now: written - minutes(5) })).toMatchObject({ after: seconds(10) });
    expect(plan({}, { of, now: written + seconds(11) })).toBe(written + minutes(15));
  });
});

const told = (...integrations: (string | undefined)[]): UpdateScope['policy'] => ({
  spec: {
    notices: integrations.map((name, i) => ({
      channel: `#c${i}`,
      events: ['Update'],
      notAfter: '15m',
      ...(name === undefined ? {} : { integrationRef: { name } }),
    })),
  },
});

const lacks: Reach['lacks'] = (name) => (name === 'git' ? 'Integration git does not do messages.' : undefined);

describe('who sends a notice', () => {
  type Given = Partial<Pick<UpdateScope, 'policy' | 'entries'>> & {
    readonly choice?: Choice;
    readonly channels?: string[];
  };
  /** The keys of what is sent, then why the rest is not. */
  function sent({ policy = { spec: {} }, entries = {}, choice = { name: 'slack' }, channels = [] }: Given) {
    const update = anUpdate({
      spec: { type: 'Status', audience: 'Stakeholders', ...(channels.length ? { channels } : {}) },
    });
    const made = notices.plan({
      update,
      about: { incident, named: { id: 'INC-00001', number: 1 } },
      policy,
      siblings: [update],
      entries,
      reach: aReach({ choose: () => choice, lacks }),
      now: written,
    });
    if ('skip' in made) return [`skip ${made.skip.reason}: ${made.skip.message}`];
    if (!('effects' in made)) return ['wait'];
    const held = made.held === undefined ? [] : [`held ${made.held.message}`];
    return [...made.effects.map(({ key }) => key), ...held, ...(made.without ?? [])];
  }
  const ambiguous: Choice = { ambiguous: { reason: 'Ambiguous', message: 'Two could.' }, candidates: ['a', 'b'] };
  const nobody: Choice = { none: { reason: 'NotConfigured', message: 'No Integration in reach does messages.' } };
  const entry = anEntry('message', { integration: 'a' });

  test.each<[string, Given, string[]]>([
    ['the one that the policy names', { policy: told('pager') }, ['notice/pager/c0']],
    ['the one that is chosen', { policy: told(undefined) }, ['notice/slack/c0']],
    [
      'nobody, where nothing does messages',
      { policy: told(undefined), choice: nobody },
      ['skip NotConfigured: No Integration in reach does messages.'],
    ],
    [
      'nobody, where the vendor does no messages',
      { policy: told('git') },
      ['skip NotSupported: Integration git does not do messages.'],
    ],
    [
      'the rest, where one vendor does no messages',
      { policy: told('git', 'pager') },
      ['notice/pager/c1', 'Integration git does not do messages.'],
    ],
    ['nobody yet, where several could', { policy: told(undefined), choice: ambiguous }, ['held Two could.']],
    [
      'the named one, while the rest waits for a choice',
      { policy: told(undefined, 'pager'), choice: ambiguous, channels: ['#own'] },
      ['notice/pager/c1', 'held Two could.'],
    ],
    [
      'the one that has sent it, whatever is chosen by now',
      { policy: told(undefined), choice: ambiguous, entries: { 'notice/a/c0': entry } },
      ['notice/a/c0'],
    ],
    [
      'nobody, where nobody is to be told',
      { policy: { spec: {} } },
      ['skip NobodyToTell: No notice of the policy is for this kind of update.'],
    ],
  ])('%s', (_, given, expected) => {
    expect(sent(given)).toEqual(expected);
  });
});

import { describe, expect, test } from 'vitest';
import { anEntry, anIncident, anUpdate, type UpdateParts } from '../../../test/builders/incident.ts';
import type { Incident } from '../../api/incident.gen.ts';
import { identityAnnotation } from '../../api/names.ts';
import type { Reach } from '../../integrations/capabilities.ts';
import { minutes, rfc3339, seconds, timeOf, type Instant } from '../../runtime/clock.ts';
import { updateDefinition } from '../definition.ts';

const reach: Reach = {
  find: () => ({ name: 'slack' }),
  all: () => ['slack'],
  interactive: () => false,
  lost: () => undefined,
  lacks: () => undefined,
  link: () => undefined,
};
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
    reach: () => reach,
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

import { expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { lookOutside } from '../world/outside.ts';
import { conditionOf, startWorld } from '../world/world.ts';

test('without any policy and Integration an incident has its number, is Ready and says what is off', async () => {
  await using world = await startWorld(sharedCluster(), { policy: null, objects: () => [] });
  const name = await world.declare();
  const incident = await world.ready(name);
  expect(incident.status).toMatchObject({ number: 1, id: 'INC-00001', applied: { state: 'Investigating' } });
  expect(Object.keys(incident.status?.effects ?? {})).toEqual(['number']);
  const ready = conditionOf(incident, 'Ready');
  expect(ready).toMatchObject({ status: 'True', reason: 'Converged' });
  expect(ready?.message).toMatch(/Off: .*ChannelReady.*LiveStatusPosted.*MembersInvited.*TicketsFiled.*BookmarksAdded/);
  for (const type of ['ChannelReady', 'TicketsFiled'])
    expect(conditionOf(incident, type)).toMatchObject({ status: 'False', reason: 'NotConfigured' });
  expect(conditionOf(incident, 'TicketsFiled')?.message).toBe('No Integration in reach does tickets.');

  // It goes on as any other does.
  await world.edit({ severity: 'SEV1' });
  await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
  const closed = await world.ready(name);
  expect(closed.status?.applied).toMatchObject({ seq: 3, severity: 'SEV1', state: 'Resolved' });
  for (const type of ['RecordCommitted', 'RecordProposed'])
    expect(conditionOf(closed, type)).toMatchObject({ status: 'False', reason: 'NotConfigured' });
  expect((await world.objects.list('IncidentUpdate')).map(({ spec }) => spec.type).toSorted()).toEqual([
    'Severity',
    'State',
    'State',
  ]);
  expect(await lookOutside(world)).toMatchObject({ channels: [], notices: [], issues: [], pulls: [] });

  // Two at once get two numbers.
  await Promise.all([world.declare({}, 'second'), world.declare({}, 'third')]);
  const [second, third] = await Promise.all([world.ready('second'), world.ready('third')]);
  expect(new Set([second.status?.number, third.status?.number])).toEqual(new Set([2, 3]));
});

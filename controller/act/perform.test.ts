import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../test/builders/incident.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { changeAnnotation } from '../api/names.ts';
import { Overtaken, type Act } from './act.ts';
import { Declined } from './declined.ts';
import { changeIdFor } from './names.ts';
import { type Want } from './store.ts';
import { addTimelineEntry, change, declare, type Acting } from './perform.ts';
import { shownOf, textsOf } from './shown.ts';
import type { NamedDraft, Store } from './store.ts';

interface Written {
  readonly acts: Act[];
  readonly incidents: NamedDraft<Incident>[];
  readonly updates: NamedDraft<IncidentUpdate>[];
  readonly asked: Want[];
}

/** Ana by Slack; what she writes is recorded. */
function acting(store: Partial<Store> = {}): { ana: Acting; written: Written } {
  const written: Written = { acts: [], incidents: [], updates: [], asked: [] };
  const ana: Acting = {
    source: 'Slack',
    person: { name: 'Ana', mail: 'ana@example.com', via: 'slack:T1/U1' },
    allow(_, want) {
      written.asked.push(want);
      return Promise.resolve({ by: 'ana@example.com', via: 'slack:T1/U1' });
    },
    cluster: {
      updates: () => [],
      policies: () => [],
      act(act) {
        written.acts.push(act);
        return Promise.resolve(act.seen);
      },
      declare(draft) {
        written.incidents.push(draft);
        return Promise.resolve({ object: anIncident(), created: true });
      },
      record(draft) {
        written.updates.push(draft);
        return Promise.resolve({ object: anUpdate(), created: true });
      },
      ...store,
    },
  };
  return { ana, written };
}

const cause = { kind: 'severity', key: 'T1/V1' };
const id = changeIdFor('Slack', 'severity', 'T1/V1');

describe('a change', () => {
  test('carries who, why and by what way, and is tested against what the person saw', async () => {
    const { ana, written } = acting();
    const incident = anIncident({ spec: { severity: 'SEV3', title: 'Now' } });
    const shown = { ...shownOf(incident), severity: 'SEV2' } as const;
    await change(ana, incident, { ...cause, wish: { severity: 'SEV1' }, reason: 'All regions.', shown });
    expect(written.asked).toEqual([
      { verb: 'patch', resource: 'incidents', namespace: 'default', name: 'mobile-app-login' },
    ]);
    expect(written.acts).toMatchObject([
      {
        seen: { spec: { severity: 'SEV2', title: 'Now' } },
        wish: { severity: 'SEV1' },
        change: { id, source: 'Slack', by: 'ana@example.com', via: 'slack:T1/U1', reason: 'All regions.' },
        told: false,
      },
    ]);
  });

  test('says that the timeline tells of it already', async () => {
    const told = anUpdate({ metadata: { annotations: { [changeAnnotation]: id } }, spec: { type: 'Severity' } });
    const { ana, written } = acting({ updates: () => [told] });
    await change(ana, anIncident(), { ...cause, wish: { severity: 'SEV1' } });
    expect(written.acts).toMatchObject([{ told: true }]);
  });

  test('of a text that somebody else changed is overtaken, unless both wrote the same', async () => {
    const seen = anIncident({ spec: { title: 'Before' } });
    const now = anIncident({ spec: { title: 'By bo' } });
    const shown = { ...shownOf(seen), texts: textsOf(seen) };
    const { ana, written } = acting();
    await expect(change(ana, now, { ...cause, wish: { title: 'By ana' }, shown })).rejects.toBeInstanceOf(Overtaken);
    expect(written.acts).toEqual([]);
    await change(ana, now, { ...cause, wish: { title: 'By bo' }, shown });
    await change(ana, now, { ...cause, wish: { severity: 'SEV1' }, shown });
    expect(written.acts).toHaveLength(2);
  });
});

describe('a declaration', () => {
  const said = { title: 'Login down', severity: 'SEV2', description: '', drill: true } as const;
  const first = { kind: 'declare', key: 'T1/V1' };

  test('is named after its cause, and its author is in it', async () => {
    const { ana, written } = acting();
    await declare(ana, 'prod', first, said);
    expect(written.asked).toEqual([{ verb: 'create', resource: 'incidents', namespace: 'prod' }]);
    expect(written.incidents).toMatchObject([
      {
        metadata: { namespace: 'prod', name: expect.stringMatching(/^slack-[a-z2-7]{10}$/) },
        spec: {
          title: 'Login down',
          state: 'Investigating',
          mode: 'Drill',
          roles: { reporter: 'ana@example.com' },
          change: { id: changeIdFor('Slack', 'declare', 'T1/V1'), source: 'Slack' },
        },
      },
    ]);
    expect(written.incidents[0]?.spec).not.toHaveProperty('description');
  });

  test('again is the same one; with other words it is refused', async () => {
    const there = anIncident({ spec: { title: 'Login down' } });
    const { ana } = acting({ declare: () => Promise.resolve({ object: there, created: false }) });
    expect(await declare(ana, 'prod', first, said)).toBe(there);
    await expect(declare(ana, 'prod', first, { ...said, title: 'Other' })).rejects.toThrow('created already');
  });
});

describe('an entry of the timeline', () => {
  const entry = { type: 'Status', text: 'Back.', more: { audience: 'Public', channels: ['#support'] } } as const;
  const update = { kind: 'update', key: 'T1/V1' };
  const spec = { ...entry.more, channels: ['#support'], type: entry.type, text: entry.text };

  test('is named after the incident and its cause', async () => {
    const { ana, written } = acting();
    await addTimelineEntry(ana, anIncident(), update, { ...entry, more: spec });
    expect(written.updates).toMatchObject([
      {
        metadata: {
          name: expect.stringMatching(/^mobile-app-login-update-[a-z2-7]{10}$/),
          annotations: { 'allclear.dev/via': 'slack:T1/U1' },
          ownerReferences: [{ kind: 'Incident', name: 'mobile-app-login' }],
        },
        spec: { ...spec, author: 'ana@example.com' },
      },
    ]);
  });

  test('again is a no-op; with other words it is refused', async () => {
    const there = anUpdate({ spec });
    const { ana } = acting({ record: () => Promise.resolve({ object: there, created: false }) });
    const more = { ...entry, more: spec };
    expect(await addTimelineEntry(ana, anIncident(), update, more)).toEqual({ update: there, created: false });
    const other = addTimelineEntry(ana, anIncident(), update, { ...more, text: 'Other.' });
    await expect(other).rejects.toBeInstanceOf(Declined);
    await expect(other).rejects.toMatchObject({ field: 'spec.text' });
  });
});

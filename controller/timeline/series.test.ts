import { describe, expect, test } from 'vitest';
import { anEntry, anIncident, anUpdate, type IncidentParts, type UpdateParts } from '../../test/builders/incident.ts';
import type { IncidentUpdateSpec } from '../api/incident-update.gen.ts';
import { changeAnnotation, identityAnnotation } from '../api/names.ts';
import type { Applied } from './history.ts';
import { claimsAsNotes, mostRuns, readSeries } from './series.ts';

const applied: Applied = { seq: 1, state: 'Investigating', severity: 'SEV2', level: 0 };
const nameOf = (seq: number): string => `mobile-app-login-6f1c7c54-t${seq}`;

/** An entry of the series as the controller writes it. */
const entry = (seq: number, spec: Partial<IncidentUpdateSpec>, parts: UpdateParts = {}) => {
  const { text: _, ...bare } = anUpdate().spec;
  const update = anUpdate({ ...parts, metadata: { name: nameOf(seq), ...parts.metadata } });
  return { ...update, spec: { ...bare, audience: 'Stakeholders' as const, ...spec } };
};
const declared = entry(1, { type: 'State', to: 'Investigating', text: 'Mobile app login errors' });
const raised = { type: 'Severity', from: 'SEV2', to: 'SEV1' } as const;
const monitoring = { type: 'State', from: 'Investigating', to: 'Monitoring' } as const;

/** Edited this often since its status was written. */
const edited = (times: number, spec: IncidentParts['spec'] = {}, metadata: IncidentParts['metadata'] = {}) =>
  anIncident({ spec, metadata: { generation: 1 + times, ...metadata }, status: { observedGeneration: 1, applied } });
const read = (...[incident, known, updates]: Parameters<typeof readSeries>) => {
  const series = readSeries(incident, known, updates);
  return {
    applied: series.applied,
    own: Object.fromEntries(series.own),
    drafts: series.drafts.map(({ metadata, spec }) => `${metadata.name.replace(/.*-/, '')} ${spec.type} ${spec.to}`),
  };
};

describe('what was written down by a process that died', () => {
  test('counts as told, in order', () => {
    const updates = [entry(3, monitoring), entry(2, raised), declared];
    const both = edited(1, { severity: 'SEV1', state: 'Monitoring' });
    expect(read(both, applied, updates)).toEqual({
      applied: { seq: 3, state: 'Monitoring', severity: 'SEV1', level: 0 },
      own: { [nameOf(1)]: 'Recorded', [nameOf(2)]: 'Wanted', [nameOf(3)]: 'Wanted' },
      drafts: [],
    });
  });

  test('what was told and taken back meanwhile is a difference again', () => {
    expect(read(edited(2), applied, [declared, entry(2, raised)])).toEqual({
      applied: { ...applied, seq: 2, severity: 'SEV1' },
      own: { [nameOf(1)]: 'Recorded', [nameOf(2)]: 'Possible' },
      drafts: ['t3 Severity SEV2'],
    });
  });

  test('so is what people were told of, however it looks', () => {
    const sent = entry(2, raised, { effects: { 'notice/slack/general': anEntry('message') } });
    expect(read(edited(0), applied, [declared, sent])).toMatchObject({
      applied: { seq: 2, severity: 'SEV1' },
      drafts: ['t3 Severity SEV2'],
    });
  });

  test('with the author and words of the version before', () => {
    const change = { id: 'a', source: 'Kubectl', by: 'zoe@example.com', reason: 'It spreads.' } as const;
    const incident = edited(1, { severity: 'SEV1', change }, { managers: { severity: 'kubectl-edit' } });
    const known = { ...applied, changeId: 'a' };
    for (const spec of [{}, { author: change.by, text: change.reason }, { author: 'kubectl-edit (field manager)' }])
      expect(read(incident, known, [declared, entry(2, { ...raised, ...spec })]).drafts).toEqual([]);
  });

  test('a declaration', () => {
    const incident = anIncident({ status: null });
    expect(read(incident, undefined, [declared])).toMatchObject({ applied: { seq: 1 }, drafts: [] });
    expect(read(incident, undefined, [])).toMatchObject({ drafts: ['t1 State Investigating'] });
  });
});

describe('what somebody else wrote under a name of the series', () => {
  const resolved = { type: 'State', from: 'Investigating', to: 'Resolved', author: 'cto@example.com' } as const;

  test.each<[string, number, Partial<IncidentUpdateSpec>]>([
    ['a state that nobody asked for', 0, resolved],
    ['another than was asked for', 1, resolved],
    ['what was asked for, in the name of another', 1, { ...raised, author: 'cto@example.com' }],
    ['what was asked for, with words of their own', 1, { ...raised, text: 'All is well.' }],
    ['what was asked for, to channels of their own', 1, { ...raised, channels: ['#general'] }],
    ['what was asked for, for the public', 1, { ...raised, audience: 'Public' }],
    [
      'what was asked for, of another incident',
      1,
      { ...raised, incidentRef: { name: 'mobile-app-login', uid: 'other' } },
    ],
    ['a note', 1, { type: 'Note', text: 'a' }],
    ['a change from what nobody was told', 2, { ...raised, from: 'SEV4' }],
    ['a change to what there is not', 2, { ...raised, to: 'SEV9' }],
    ['a change to channels of their own, after many edits', 2, { ...raised, channels: ['#general'] }],
  ])('%s is no change; the next number is taken', (_, edits, spec) => {
    const incident = edited(edits, edits > 0 ? { severity: 'SEV1' } : {});
    const series = read(incident, applied, [declared, entry(2, spec)]);
    const skipped = [{ first: 2, last: 2 }];
    expect(series.applied).toEqual(edits > 0 ? applied : { ...applied, seq: 2, skipped });
    expect(series.own).toEqual({ [nameOf(1)]: 'Recorded' });
    expect(series.drafts).toEqual(edits > 0 ? ['t3 Severity SEV1'] : []);
  });

  test('a declaration of what was not declared', () => {
    const forged = entry(1, { type: 'State', to: 'Resolved' });
    expect(read(anIncident({ status: null }), undefined, [forged])).toMatchObject({
      own: {},
      drafts: ['t2 State Investigating'],
    });
  });

  test('is remembered, with all that stands between', () => {
    const updates = [declared, entry(2, resolved), entry(3, resolved), entry(4, raised)];
    const series = read(edited(1, { severity: 'SEV1' }), applied, updates);
    const skipped = [{ first: 2, last: 3 }];
    expect(series.applied).toEqual({ ...applied, seq: 4, severity: 'SEV1', skipped });
    const later = read(edited(0, { severity: 'SEV1' }), series.applied, updates);
    expect(later).toEqual({
      applied: series.applied,
      own: { [nameOf(1)]: 'Recorded', [nameOf(4)]: 'Recorded' },
      drafts: [],
    });
  });

  test('after each of 300 changes, costs no more numbers than status can hold, and no change that people were told of', () => {
    const updates = [declared];
    let known = applied;
    for (let round = 0; round < 300; round++) {
      updates.push(entry(known.seq + 1, resolved));
      const to = round % 2 === 0 ? 'SEV1' : 'SEV2';
      const incident = edited(1, { severity: to });
      const next = known.seq + 2;
      expect(read(incident, known, updates).drafts).toEqual([`t${next} Severity ${to}`]);
      const effects = { 'notice/slack/general': anEntry('message') };
      updates.push(entry(next, { type: 'Severity', from: known.severity, to }, { effects }));
      known = readSeries(incident, known, updates).applied ?? known;
      expect(known.skipped?.length).toBeLessThanOrEqual(mostRuns);
    }
    const { own, drafts } = readSeries(edited(0, { severity: known.severity }), known, updates);
    expect(drafts).toEqual([]);
    const ours = updates.filter(({ spec }) => spec.type === 'Severity').map(({ metadata }) => metadata.name);
    expect(ours).toHaveLength(300);
    expect([...own.keys()].toSorted()).toEqual([nameOf(1), ...ours].toSorted());
  });

  test('written one after another, they are one run of numbers', () => {
    const incident = edited(0);
    const once = read(incident, applied, [declared, entry(2, resolved)]);
    const twice = read(incident, once.applied, [declared, entry(2, resolved), entry(3, resolved)]);
    expect(twice.applied).toEqual({ ...applied, seq: 3, skipped: [{ first: 2, last: 3 }] });
  });

  test('stands in the timeline as a note of what it claims, for responders', () => {
    const forged = entry(9, { ...resolved, text: 'All Clear!', audience: 'Public', channels: ['#general'] });
    const free = { ...forged, metadata: { ...forged.metadata, name: 'mine' } };
    for (const update of [forged, free]) {
      const [, note] = claimsAsNotes(edited(0), applied, [declared, update]);
      expect(note?.spec).toEqual({
        incidentRef: forged.spec.incidentRef,
        type: 'Note',
        text: 'State: Investigating → Resolved. AllClear recorded no such change. All Clear!',
        author: 'cto@example.com',
        audience: 'Responders',
      });
    }
    const long = claimsAsNotes(edited(0), applied, [entry(9, { ...resolved, text: 'x'.repeat(8_000) })])[0];
    expect(long?.spec.text).toHaveLength(8_000);
  });

  test('what people write of other types stays as it is', () => {
    const note = anUpdate({ metadata: { name: 'mine' } });
    expect(claimsAsNotes(edited(0), applied, [declared, note])).toEqual([declared, note]);
  });
});

describe('after a restore', () => {
  const identity = { install: 'a', namespace: 'default', name: 'mobile-app-login', uid: anIncident().metadata.uid };
  const annotations = { [identityAnnotation]: JSON.stringify(identity) };
  const updates = [declared, entry(2, raised), entry(3, monitoring)];

  test('without status the entries from before are told, and nothing again', () => {
    const restored = anIncident({
      metadata: { uid: 'new', annotations },
      spec: { severity: 'SEV1', state: 'Monitoring' },
      status: null,
    });
    expect(read(restored, undefined, updates)).toMatchObject({ applied: { seq: 3, state: 'Monitoring' }, drafts: [] });
  });

  test('with the status of an older backup, too', () => {
    const restored = anIncident({ metadata: { uid: 'new' }, status: { observedGeneration: 1, identity, applied } });
    expect(read(restored, applied, updates)).toMatchObject({
      applied: { seq: 3, severity: 'SEV1', state: 'Monitoring' },
      drafts: ['t4 Severity SEV2', 't5 State Investigating'],
    });
  });

  test('what is written long after it is judged as everywhere', () => {
    const restored = anIncident({ metadata: { uid: 'new' }, status: { observedGeneration: 1, identity, applied } });
    const late = entry(2, raised, { metadata: { creationTimestamp: '2026-03-01T00:00:00Z' } });
    expect(read(restored, applied, [declared, late]).applied).toMatchObject({ seq: 2, severity: 'SEV2' });
  });
});

describe('the act that an incident of the version before was told with', () => {
  const change = { id: 'a', source: 'Kubectl', by: 'zoe@example.com' } as const;
  const managers = { severity: 'kubectl-edit', change: 'kubectl-edit' };
  const author = (updates: Parameters<typeof readSeries>[2]) =>
    readSeries(edited(1, { severity: 'SEV1', change }, { managers }), applied, updates).drafts[0]?.spec.author;

  test('is known by the entry that tells of it', () => {
    const told = entry(
      1,
      { type: 'State', to: 'Investigating' },
      { metadata: { annotations: { [changeAnnotation]: 'a' } } },
    );
    expect(author([told])).toBe('kubectl-edit (field manager)');
  });

  test('is new where none does', () => {
    expect(author([declared])).toBe('zoe@example.com');
  });
});

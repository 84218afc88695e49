import { describe, expect, test } from 'vitest';
import { random } from '../../test/builders/hostile.ts';
import { anIncident, anUpdate } from '../../test/builders/incident.ts';
import type { IncidentUpdate, IncidentUpdateSpec } from '../api/incident-update.gen.ts';
import { identityAnnotation } from '../api/names.ts';
import { minutes, rfc3339, seconds, timeOf, type Instant } from '../runtime/clock.ts';
import { unseenUpdates } from './history.ts';
import { projectStatus } from '../incident/project.ts';
import { byTime, happenedAt, writtenAt } from './order.ts';
import { severityAt } from './entries.ts';
import { lastSaid, promiseOf } from './said.ts';
import { inOrder, isRestored, notBefore, oldestOf } from './order.ts';

const incident = anIncident();
const { uid } = incident.metadata;
const declaredAt = timeOf(incident.metadata.creationTimestamp) ?? 0;
const at = (after: number): string => rfc3339(declaredAt + seconds(after));

/** Entry number `seq` of the controller's. */
const own = (seq: number, written: number, spec: Partial<IncidentUpdateSpec> = {}): IncidentUpdate =>
  anUpdate({
    metadata: { name: `mobile-app-login-${uid.slice(0, 8)}-t${seq}`, creationTimestamp: at(written) },
    spec: { type: 'Severity', ...spec },
  });
const by = (name: string, written: number, spec: Partial<IncidentUpdateSpec> = {}): IncidentUpdate =>
  anUpdate({ metadata: { name, creationTimestamp: at(written) }, spec: { type: 'Status', text: name, ...spec } });
const names = (updates: readonly IncidentUpdate[]): string[] =>
  updates.map(({ metadata }) => metadata.name.replace(/^mobile-app-login-[0-9a-f]+-/, ''));

const restored = anIncident({
  metadata: {
    uid: 'f7d0a3c1-0000-4000-8000-000000000000',
    creationTimestamp: at(86_400),
    annotations: {
      [identityAnnotation]: JSON.stringify({ install: 'i', namespace: 'default', name: 'mobile-app-login', uid }),
    },
  },
});

describe('the order of writing', () => {
  test('is that of the API server, whatever the entries say', () => {
    const updates = [
      by('dated-2062', 20, { occurredAt: '2062-06-15T21:16:06Z' }),
      by('backdated', 40, { occurredAt: at(-3_600) }),
      by('normal', 30),
      own(10, 50),
      own(9, 50),
    ];
    expect(names(inOrder(incident, updates))).toEqual(['dated-2062', 'normal', 'backdated', 't9', 't10']);
  });

  test('a change by a clock two minutes behind is later than the declaration', () => {
    const updates = [
      own(2, 30, { from: 'SEV3', to: 'SEV1', occurredAt: at(-90) }),
      own(1, 1, { type: 'State', to: 'Investigating', occurredAt: at(0) }),
    ];
    const [declaration, change] = inOrder(incident, updates);
    expect(severityAt(incident, inOrder(incident, updates), declaration)).toBe('SEV3');
    expect(change && happenedAt(change)).toBe(declaredAt - seconds(90));
  });

  test('the declaration was written when the incident was, however late the controller came', () => {
    const updates = [own(1, 900, { type: 'State', to: 'Investigating', occurredAt: at(0) }), by('note', 60)];
    expect(names(inOrder(incident, updates))).toEqual(['t1', 'note']);
  });

  test('entries of the controller follow each other by number, where two API servers differ', () => {
    const [first, second] = inOrder(incident, [own(3, 29), own(2, 30)]);
    expect(names([first, second].flatMap((one) => one ?? []))).toEqual(['t2', 't3']);
    expect(second?.metadata.creationTimestamp).toBe(at(30));
  });

  test('of a restored incident the earlier time counts, and numbers before all', () => {
    expect([isRestored(incident), isRestored(restored)]).toEqual([false, true]);
    const day = 86_400;
    const updates = [
      own(10, day + 1, { occurredAt: at(600) }),
      own(2, day + 1, { occurredAt: at(300) }),
      by('dated', day, { occurredAt: at(400) }),
      by('bare', day),
      own(1, day + 2, { type: 'State', to: 'Investigating', occurredAt: at(0) }),
    ];
    const found = inOrder(restored, updates);
    expect(names(found)).toEqual(['t1', 't2', 'dated', 't10', 'bare']);
    expect(found.map(writtenAt)).toEqual([0, 300, 400, 600, day].map((s) => declaredAt + seconds(s)));
    expect(inOrder(restored, found)).toEqual(found);
  });

  test('what cannot be read counts as when it was written', () => {
    const update = by('odd', 20, { occurredAt: '2026-06-15T21:16:06+99:99' });
    expect(happenedAt(update)).toBe(declaredAt + seconds(20));
    expect(inOrder(incident, [update])).toEqual([update]);
  });

  test('holds for any clocks: nothing is later than when it was written, and no entry of the controller goes back', () => {
    const next = random(5);
    for (let run = 0; run < 200; run++) {
      let server: Instant = declaredAt;
      let wrong = (next() - 0.5) * minutes(240);
      let updates: IncidentUpdate[] = [];
      let seq = 0;
      for (let i = 0; i < 12; i++) {
        server += Math.floor(next() * 4) * 700;
        // The controller's estimate is off by seconds; before this version, by anything.
        if (next() < 0.3) wrong = (next() - 0.5) * seconds(4);
        if (next() < 0.4) {
          const said = next() < 0.5 ? {} : { occurredAt: rfc3339(server + (next() - 0.5) * minutes(1e6)) };
          const metadata = { name: `p${i}`, creationTimestamp: rfc3339(server) };
          updates = [...updates, anUpdate({ metadata, spec: { type: 'Note', ...said } })];
          continue;
        }
        const there = inOrder(incident, updates);
        const spec = { severity: seq % 2 ? 'SEV1' : 'SEV3' } as const;
        const [draft] = unseenUpdates(
          anIncident({ spec }),
          seq === 0 ? undefined : { seq, state: 'Investigating', severity: seq % 2 ? 'SEV3' : 'SEV1', level: 0 },
          notBefore(there, server + wrong),
        );
        if (!draft) throw new Error('there is nothing to tell');
        seq += 1;
        updates = [
          ...updates,
          anUpdate({
            metadata: { name: draft.metadata.name, creationTimestamp: rfc3339(server) },
            spec: { type: seq === 1 ? 'State' : 'Severity', occurredAt: draft.spec.occurredAt ?? '' },
          }),
        ];
      }
      const found = inOrder(
        incident,
        updates.toSorted(() => next() - 0.5),
      );
      for (const update of found) expect(happenedAt(update)).toBeLessThanOrEqual(writtenAt(update));
      const controllers = found.filter(({ metadata }) => /-t\d+$/.test(metadata.name));
      expect(names(controllers)).toEqual(controllers.map((_, i) => `t${i + 1}`));
      const times = controllers.map(happenedAt);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      // The declaration tells of the Incident, which was there before.
      const early = controllers
        .slice(1)
        .filter((one) => found.slice(0, found.indexOf(one)).some((before) => happenedAt(before) > happenedAt(one)));
      expect(early).toEqual([]);
      expect(found).toEqual(found.toSorted(byTime));
    }
  });
});

describe('the times of status', () => {
  const applied = { seq: 3, state: 'Resolved', severity: 'SEV2', level: 0 } as const;
  const times = (spec: Parameters<typeof anIncident>[0], updates: readonly IncidentUpdate[]) =>
    projectStatus(anIncident(spec), {}, applied, inOrder(incident, updates), () => undefined).timestamps;

  test('are those of the entries, and readable', () => {
    const updates = [
      own(1, 1, { type: 'State', to: 'Investigating', occurredAt: at(0) }),
      own(2, 60, { type: 'State', to: 'Monitoring', occurredAt: '2026-06-15T21:16:06+99:99' }),
      own(3, 90, { type: 'State', to: 'Resolved', occurredAt: at(7_200) }),
    ];
    expect(times({ spec: { mitigatedAt: '0001-01-01T00:00:00Z' } }, updates)).toEqual({
      declaredAt: at(0),
      mitigatedAt: at(60),
      resolvedAt: at(90),
    });
    expect(times({ spec: { mitigatedAt: at(30) } }, updates)).toMatchObject({ mitigatedAt: at(30) });
  });
});

describe('what stands outside of a restored incident', () => {
  test('is looked for since it was declared, as far as that is known', () => {
    const declaration = own(1, 86_402, { type: 'State', to: 'Investigating', occurredAt: at(0) });
    expect(oldestOf(incident, [declaration])).toBeUndefined();
    const bare = anIncident({ metadata: restored.metadata, status: null });
    expect(oldestOf(bare, [by('note', 86_401), declaration])).toBe(declaredAt);
    expect(oldestOf(bare, [])).toBe(declaredAt + seconds(86_400));
    const stated = { ...bare, status: { timestamps: { declaredAt: at(0) } } };
    expect(oldestOf(stated, [])).toBe(declaredAt);
  });
});

describe('a promise', () => {
  test('is one that people can wait for', () => {
    expect(promiseOf(by('a', 30, { nextDueAt: at(1_800) }))).toBe(at(1_800));
    expect(promiseOf(by('a', 30, { nextDueAt: '2062-02-03T11:00:00Z' }))).toBeUndefined();
    expect(promiseOf(by('a', 30, { nextDueAt: '2026-06-15T21:16:06+99:99' }))).toBeUndefined();
    expect(promiseOf(by('a', 30))).toBeUndefined();
    expect(promiseOf(undefined)).toBeUndefined();
  });
});

const correction = (name: string, written: number, of: string): IncidentUpdate =>
  by(name, written, { type: 'Correction', corrects: { name: of } });
const said = (...updates: IncidentUpdate[]): string | undefined => lastSaid(updates)?.text;

describe('what was said last', () => {
  test('is what was written last, whatever it is dated', () => {
    expect(said(by('dated-2062', 10, { occurredAt: '2062-01-01T00:00:00Z' }), by('normal', 20))).toBe('normal');
    expect(said(by('first', 10), by('backdated', 20, { occurredAt: at(-60) }))).toBe('backdated');
  });

  test('is read as it was corrected', () => {
    const found = lastSaid([correction('right', 30, 'wrong'), by('wrong', 20), by('before', 10)]);
    expect(found).toMatchObject({ text: 'right', update: { metadata: { name: 'wrong' } } });
    expect(found?.correction?.metadata.name).toBe('right');
    expect(said(by('wrong', 20), correction('half', 30, 'wrong'), correction('right', 40, 'half'))).toBe('right');
  });

  test('a correction of what was said before does not take its place', () => {
    expect(said(by('first', 10), by('second', 20), correction('of-first', 30, 'first'))).toBe('second');
  });

  test('a correction of anything else is said by itself', () => {
    expect(said(by('status', 10), own(2, 20), correction('of-severity', 30, names([own(2, 20)])[0] ?? ''))).toBe(
      'of-severity',
    );
    expect(said(by('status', 10), correction('of-nothing', 30, 'not-there'))).toBe('of-nothing');
  });

  test('corrections in a circle, and texts that cannot be seen, do no harm', () => {
    expect(said(correction('a', 10, 'b'), correction('b', 20, 'a'))).toBeUndefined();
    expect(said(by('seen', 10), by('unseen', 20, { text: '\u200b' }))).toBe('seen');
    expect(said()).toBeUndefined();
  });
});

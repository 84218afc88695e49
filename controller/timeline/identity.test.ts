import { describe, expect, test } from 'vitest';
import { anEntry, anIncident, type IncidentParts } from '../../test/builders/incident.ts';
import type { Incident } from '../api/incident.gen.ts';
import { identityAnnotation } from '../api/names.ts';
import { copiedFrom, decideOrigin, isAnnotated, isBackfill, originOf, originUid, type Origin } from './identity.ts';

const install = 'allclear-system';
const first: Origin = { install, namespace: 'default', name: 'login', uid: 'first' };
const annotated = (origin: Origin) => ({ annotations: { [identityAnnotation]: JSON.stringify(origin) } });

/** Of name `login` and created in 2026 unless said otherwise. */
const one = (uid: string, { metadata, ...parts }: IncidentParts = {}): Incident =>
  anIncident({ status: null, ...parts, metadata: { name: 'login', uid, ...metadata } });
const own = (uid: string, name = 'login'): Origin => ({ install, namespace: 'default', name, uid });

describe('the identity', () => {
  test('of a new incident is its own', () => {
    expect(decideOrigin(one('first'), install, [one('first')])).toEqual(first);
  });

  test('of one that is Resolved when first seen says so', () => {
    const past = one('first', { spec: { state: 'Resolved' } });
    expect(decideOrigin(past, install, [])).toEqual({ ...first, backfill: true });
  });

  test.each<[string, IncidentParts]>([
    ['status, when a replace dropped the annotation', { status: { identity: first } }],
    ['the annotation, when a restore dropped status', { metadata: annotated(first) }],
    [
      'status rather than an annotation that somebody wrote',
      { metadata: annotated(own('x')), status: { identity: first } },
    ],
  ])('of a restored incident is what stands in %s', (_, parts) => {
    const restored = one('second', parts);
    expect(decideOrigin(restored, install, [restored])).toEqual(first);
    expect(originOf(restored, install)).toEqual(first);
    expect(originUid(restored)).toBe('first');
  });

  test('is written where it is missing', () => {
    expect(isAnnotated(one('second', { status: { identity: first } }), first)).toBe(false);
    expect(isAnnotated(one('second', { metadata: annotated(own('x')) }), first)).toBe(false);
    expect(isAnnotated(one('second', { metadata: annotated(first) }), first)).toBe(true);
    // As the API server hands it out, the fields come in another order.
    const { uid, ...rest } = first;
    expect(isAnnotated(one('second', { metadata: annotated(first) }), { uid, ...rest })).toBe(true);
  });

  test('of something past stays so without its annotation', () => {
    const past = one('second', { spec: { state: 'Resolved' }, status: { identity: { ...first, backfill: true } } });
    expect(isBackfill(past)).toBe(true);
    expect(isBackfill(one('second', { status: { identity: first }, spec: { state: 'Resolved' } }))).toBe(false);
  });

  test.each(['', 'null', '[]', '{"uid":"first"}', 'not JSON'])('is its own where the annotation says %s', (text) => {
    const broken = one('second', { metadata: { annotations: { [identityAnnotation]: text } } });
    expect(decideOrigin(broken, install, [])).toEqual(own('second'));
  });

  test.each<[string, object]>([
    ['a uid that is longer than status takes', { uid: 'x'.repeat(65) }],
    ['an empty uid', { uid: '' }],
    ['a uid that fits into no name', { uid: 'X_🔥' }],
    ['half of a character', { name: '\ud83d' }],
    ['a name that is longer than status takes', { name: 'x'.repeat(254) }],
    ['an install that is longer than status takes', { install: 'x'.repeat(254) }],
    ['a text for a flag', { backfill: 'true' }],
  ])('is its own where the annotation has %s', (_, more) => {
    const broken = one('second', {
      metadata: { annotations: { [identityAnnotation]: JSON.stringify({ ...first, ...more }) } },
    });
    expect(decideOrigin(broken, install, [])).toEqual(own('second'));
  });

  test('takes of the annotation what status has a place for, up to its bounds', () => {
    const widest = { ...first, install: 'i'.repeat(253), name: 'n'.repeat(253), uid: 'u'.repeat(64), backfill: false };
    const text = JSON.stringify({ ...widest, more: 'x' });
    const restored = one('second', { metadata: { annotations: { [identityAnnotation]: text } } });
    expect(decideOrigin(restored, install, [])).toEqual(widest);
    expect(isAnnotated(restored, widest)).toBe(true);
  });
});

const from = (incident: Incident, ...others: readonly Incident[]): Origin | undefined =>
  copiedFrom(incident, install, [incident, ...others]);
const decided = (all: readonly Incident[]): string[] => all.map((each) => decideOrigin(each, install, all).uid);

describe('of two with one identity', () => {
  const early = '2026-01-01T00:00:00Z';

  test('whoever was born with it keeps it', () => {
    const copy = one('copy', { metadata: { name: 'copy', creationTimestamp: early, ...annotated(first) } });
    expect(decided([copy, one('first', { metadata: annotated(first) })])).toEqual(['copy', 'first']);
  });

  test('a copy with the status of its original is another one all the same', () => {
    const copy = one('copy', { metadata: { name: 'copy' }, status: { identity: first } });
    expect(decided([one('first'), copy])).toEqual(['first', 'copy']);
  });

  test('a copy with the receipts of its original is told from one without, and from a restored one', () => {
    const effects = { channel: anEntry('channel') };
    const copy = one('copy', { metadata: { name: 'copy' }, status: { identity: first, effects } });
    const bare = one('bare', { metadata: { name: 'bare' }, status: { identity: first } });
    const original = one('first', { status: { identity: first, effects } });
    expect(from(copy, original)).toEqual(first);
    expect(from(original, copy)).toBeUndefined();
    expect(from(bare, original)).toBeUndefined();
    expect(from(copy)).toBeUndefined();
  });

  test('whoever has it in status keeps it', () => {
    const copy = one('copy', { metadata: { creationTimestamp: early, ...annotated(first) } });
    expect(decided([copy, one('second', { status: { identity: first } })])).toEqual(['copy', 'first']);
  });

  test('of two restored ones the one of its name keeps it, else the older one', () => {
    const restored = one('second', { metadata: annotated(first) });
    const other = (uid: string, creationTimestamp: string) =>
      one(uid, { metadata: { name: uid, creationTimestamp, ...annotated(first) } });
    expect(decided([other('third', early), restored])).toEqual(['third', 'first']);
    expect(decided([other('third', '2026-01-02T00:00:00Z'), other('fourth', early)])).toEqual(['third', 'first']);
  });

  test('what is another’s does not matter', () => {
    const restored = one('second', { metadata: annotated(first) });
    expect(decided([restored, one('other', { metadata: { name: 'other' } })])).toEqual(['first', 'other']);
  });
});

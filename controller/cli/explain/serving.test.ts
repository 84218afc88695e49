import { describe, expect, it } from 'vitest';
import { servesAnnotation } from '../../api/names.ts';
import type { LeaseRecord, StoredLease } from '../../runtime/lease-record.ts';
import { isServed, leadersOf, unserved, type Controllers } from './serving.ts';

const now = Date.parse('2026-06-15T21:16:06Z');
const lease = (serves: string | undefined, changes: Partial<LeaseRecord> = {}): StoredLease => ({
  record: { holder: 'pod_1', duration: 15_000, acquiredAt: now, renewedAt: now - 2_000, transitions: 0, ...changes },
  version: '1',
  ...(serves === undefined ? {} : { annotations: { [servesAnnotation]: serves } }),
});
const known = (leases: Record<string, StoredLease>, all = true): Controllers => ({
  leading: leadersOf(new Map(Object.entries(leases)), now),
  all,
});

describe('a namespace', () => {
  it.each<[string, Record<string, StoredLease>, boolean | undefined]>([
    ['that the leader names', { ops: lease('ops,payments') }, true],
    ['that is the only one of another install', { ops: lease('ops'), team: lease('payments') }, true],
    ['that nobody names', { ops: lease('ops') }, false],
    ['whose name is the beginning of another', { ops: lease('payments-eu') }, false],
    ['of an install that serves none', { ops: lease('') }, false],
    ['without any Lease', {}, undefined],
    ['whose controller gave its Lease back', { ops: lease('payments', { holder: '' }) }, undefined],
    ['whose controller is gone', { ops: lease('payments', { renewedAt: now - 60_000 }) }, undefined],
    [
      'whose controller is gone while another leads',
      { ops: lease('ops'), team: lease('payments', { renewedAt: now - 60_000 }) },
      false,
    ],
    ['beside a leader that does not say', { ops: lease('ops'), team: lease(undefined) }, undefined],
    ['that one names, beside a leader that does not say', { ops: lease('payments'), team: lease(undefined) }, true],
  ])('%s', (_, leases, served) => {
    expect(isServed('payments', known(leases))).toBe(served);
  });
});

describe('why nothing is done for an incident', () => {
  it('names who serves what, and the setting', () => {
    expect(unserved('payments', known({ ops: lease('ops,db'), team: lease('team') }))).toBe(
      "Nothing is done for it: no controller serves namespace payments: the one in ops serves ops, db; the one in team serves team. Add it to a controller's ALLCLEAR_NAMESPACES, beside those that it serves, give its account its rights there, and start it again.",
    );
  });

  it.each<[string, Controllers | undefined]>([
    ['it is served', known({ ops: lease('payments') })],
    ['nobody leads, which is said already', known({})],
    ['no Lease may be read', undefined],
  ])('says nothing where %s', (_, controllers) => {
    expect(unserved('payments', controllers)).toBeUndefined();
  });

  it('claims no more than may be read', () => {
    expect(unserved('payments', known({ ops: lease('ops') }, false))).toContain(
      'no controller that you may read of serves namespace payments: the one in ops serves ops.',
    );
  });
});

import { expect, it } from 'vitest';
import { withDefaults } from './defaults.ts';

it('fills in what the API server would, at every depth, and leaves what is given', () => {
  const incident = { apiVersion: 'allclear.dev/v1alpha1', kind: 'Incident', metadata: { name: 'a' } };
  const full = {
    severity: 'SEV3',
    state: 'Investigating',
    mode: 'Live',
    escalation: { level: 0 },
    deletionPolicy: 'Leave',
  };
  expect(withDefaults('Incident', { ...incident, spec: { title: 'A' } })).toEqual({
    ...incident,
    spec: { title: 'A', ...full },
  });
  expect(
    withDefaults('Incident', {
      ...incident,
      spec: { title: 'A', severity: null, mode: 'Drill', escalation: { level: 2 } },
    }),
  ).toEqual({ ...incident, spec: { title: 'A', ...full, mode: 'Drill', escalation: { level: 2 } } });
});

it('fills in the items of lists', () => {
  const policy = { spec: { notices: [{ channel: '#a' }, { channel: '#b', notAfter: '1h' }] } };
  expect(withDefaults('ResponsePolicy', policy)).toMatchObject({
    spec: { notices: [{ notAfter: '15m' }, { notAfter: '1h' }] },
  });
});

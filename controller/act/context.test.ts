import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../test/builders/incident.ts';
import { aContext, type Surroundings } from '../../test/builders/verb-context.ts';

const policy: NonNullable<Surroundings['policy']> = {
  match: { severities: ['SEV1'] },
  severities: { SEV1: { label: 'Critical' }, SEV2: { label: 'High' } },
  notices: ['support', '#stakeholders'].map((channel) => ({ channel, events: ['Declared'], notAfter: '15m' })),
};

describe('what a verb knows', () => {
  test('about an incident: the words of its policy; channels that are named, each once', () => {
    const incident = anIncident({ metadata: { namespace: 'other' }, spec: { severity: 'SEV1' } });
    const updates = [anUpdate({ spec: { channels: ['#support', '#sales'] } })];
    const at = aContext({ on: 'incident' }, { incident, updates, policy });
    expect(at.labels).toBe(policy.severities);
    expect(at.channels).toEqual(['#sales', '#stakeholders', '#support']);
    expect(at).toMatchObject({ namespace: 'other', seen: { state: 'Investigating', severity: 'SEV1', level: 0 } });
  });

  test('about an incident that falls under no policy: neither', () => {
    const at = aContext({ on: 'incident' }, { incident: anIncident(), policy });
    expect([at.labels, at.channels]).toEqual([{}, []]);
  });

  test('about nothing: for each severity the word of the policy that it would fall under', () => {
    const at = aContext({ on: 'nothing' }, { policy });
    expect(at.labels).toEqual({ SEV1: { label: 'Critical' } });
    expect(at.policy.name).toBeUndefined();
    expect(at).not.toHaveProperty('seen');
    expect(aContext({ on: 'nothing' }, { namespace: 'other' }).namespace).toBe('other');
  });

  test('what the person saw, where that is known', () => {
    const shown = { state: 'Triage', severity: 'SEV4', level: 3 } as const;
    expect(aContext({ on: 'incident' }, { incident: anIncident(), shown }).seen).toBe(shown);
  });
});

import { describe, expect, test } from 'vitest';
import { anIncident } from '../../test/builders/incident.ts';
import { changeAnnotation, titleAnnotation } from '../api/names.ts';
import { unseenUpdates } from './history.ts';
import type { Applied } from './history.ts';

const applied: Applied = { seq: 1, state: 'Investigating', severity: 'SEV2', level: 0 };
test('an entry names the act that it tells of', () => {
  const change = { id: 'slack-severity-a', source: 'Slack', by: 'ana@example.com' } as const;
  const [told] = unseenUpdates(anIncident({ spec: { severity: 'SEV1', change } }), applied, 0);
  expect(told?.metadata.annotations).toEqual({ [changeAnnotation]: 'slack-severity-a' });
});

test('the entry of a declaration holds the title of then', () => {
  const triage: Applied = { ...applied, state: 'Triage' };
  const [declared] = unseenUpdates(anIncident(), triage, 0);
  expect(declared?.metadata.annotations).toEqual({ [titleAnnotation]: 'Mobile app login errors' });
  const dismissed = anIncident({ spec: { state: 'Resolved', resolution: { summary: 'Nothing.' } } });
  expect(unseenUpdates(dismissed, triage, 0)[0]?.metadata.annotations).toBeUndefined();
  const [first] = unseenUpdates(anIncident(), undefined, 0);
  expect([first?.spec.text, first?.metadata.annotations]).toEqual(['Mobile app login errors', undefined]);
});

/** Of the first entry for an edit to SEV1. */
const told = (parts: Parameters<typeof anIncident>[0], before: Applied | undefined = applied) => {
  const [first] = unseenUpdates(anIncident({ ...parts, spec: { severity: 'SEV1', ...parts?.spec } }), before, 0);
  const { author, text } = first?.spec ?? {};
  return { author, text, act: first?.metadata.annotations?.[changeAnnotation] };
};

describe('who did it', () => {
  const zoe = { id: 'act-1', source: 'Kubectl', by: 'zoe@example.com', reason: 'It spreads.' } as const;
  const managers = { title: 'kubectl-create', severity: 'kubectl-edit', change: 'kubectl-edit' };
  test('whoever wrote the act, with their reason', () => {
    const expected = { author: zoe.by, text: zoe.reason, act: zoe.id };
    expect(told({ spec: { change: zoe } })).toEqual(expected);
    expect(told({ spec: { change: zoe }, metadata: { managers } })).toEqual(expected);
    expect(told({ spec: { change: zoe }, metadata: { managers } }, { ...applied, changeId: 'act-0' })).toEqual(
      expected,
    );
  });

  test('not whoever wrote the act before it: then the field manager, or nobody', () => {
    const before = { ...applied, changeId: zoe.id };
    expect(told({ spec: { change: zoe }, metadata: { managers } }, before)).toEqual({
      author: 'kubectl-edit (field manager)',
    });
    expect(told({ spec: { change: zoe } }, before)).toEqual({});
  });

  test('not whoever wrote an act by other means at the same time', () => {
    const both = { ...managers, change: 'allclear-controller' };
    expect(told({ spec: { change: zoe }, metadata: { managers: both } })).toEqual({
      author: 'kubectl-edit (field manager)',
    });
  });

  test('an act that names nobody keeps its reason', () => {
    const { by: _, ...nobody } = zoe;
    expect(told({ spec: { change: nobody }, metadata: { managers } })).toEqual({
      author: 'kubectl-edit (field manager)',
      text: zoe.reason,
      act: zoe.id,
    });
  });

  test('a declaration: whoever created the object', () => {
    const [declared] = unseenUpdates(anIncident({ metadata: { managers } }), undefined, 0);
    expect(declared?.spec.author).toBe('kubectl-create (field manager)');
  });

  test('a role that was freed has no owner any more: the act if it is new, else nobody', () => {
    const before = { ...applied, severity: 'SEV1', commander: 'ana@example.com' } as const;
    expect(told({ spec: { change: zoe }, metadata: { managers } }, before).author).toBe(zoe.by);
    expect(
      told({ spec: { change: zoe }, metadata: { managers } }, { ...before, changeId: zoe.id }).author,
    ).toBeUndefined();
  });
});

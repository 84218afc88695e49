import { describe, expect, test, vi } from 'vitest';
import { anIncident, anUpdate } from '../../../../test/builders/incident.ts';
import type { IncidentUpdate } from '../../../api/incident-update.gen.ts';
import { Declined } from '../../../act/declined.ts';
import { DoneAlready, Overtaken, Refused } from '../../../act/act.ts';
import { KubeError, KubeUnreachable } from '../../../runtime/kube-errors.ts';
import { fieldErrors, notSaved, passing, refusalOf } from './refusal.ts';
import { TooLate } from './within.ts';

const log = { error: vi.fn<(event: string) => void>() };
const asked = (updates: readonly IncidentUpdate[] = []) => ({
  log,
  cluster: { updates: () => [...updates] },
});
const invalid = (...causes: [string, string][]): Refused =>
  new Refused(
    new KubeError(
      422,
      'Invalid',
      'is invalid',
      causes.map(([field, message]) => ({ field, message })),
    ),
  );

describe('why something was not done, in words', () => {
  test.each([
    [new TooLate('2200 ms'), notSaved],
    [new KubeUnreachable('ECONNREFUSED', 'refused'), notSaved],
    [new KubeError(503, '', 'unavailable'), notSaved],
    [new KubeError(404, 'NotFound', 'x'), 'This incident is not there any more; nothing was done.'],
    [new Declined('Say what ended it.'), 'Say what ended it.'],
    [invalid(['spec.severity', 'lowering the severity needs a reason']), 'Lowering the severity needs a reason.'],
    [
      invalid(['spec.title', 'Invalid value: "x": spec.title in body should be at most 150 chars long']),
      'Spec.title in body should be at most 150 chars long.',
    ],
    [
      invalid(['spec.resolution.summary', 'Too long: may not be more than 3000 bytes']),
      'What ended it has at most 3000 characters: shorten it.',
    ],
    [
      invalid(['spec.change.reason', 'Too long: may not be more than 1000 characters']),
      'The reason has at most 1000 characters: shorten it.',
    ],
    [
      invalid(['spec.roles', 'Too many: 21: must have at most 20 items']),
      'The roles: Too many: 21: must have at most 20 items.',
    ],
  ])('%s', (error, words) => {
    expect(refusalOf(error, asked()).words).toBe(words);
  });

  test('who set it to what meanwhile', () => {
    const now = anIncident({
      spec: { severity: 'SEV1', change: { id: 'x', source: 'Slack', by: 'carl@streamo.example' } },
    });
    const raised = anUpdate({ spec: { type: 'Severity', from: 'SEV2', to: 'SEV1', author: 'bo@streamo.example' } });
    const { words, causes } = refusalOf(new Overtaken('spec.severity', now), asked([raised]));
    expect(refusalOf(new Overtaken('spec.title', now), asked([raised])).words).toContain('somebody set the summary');
    expect(words).toContain('bo@streamo.example set the severity to “SEV1”');
    expect(causes).toEqual([{ field: 'spec.severity', message: words }]);
    expect(refusalOf(new Overtaken('metadata.uid', now), asked()).words).toContain('another incident');
    expect(refusalOf(new DoneAlready(now), asked()).words).toContain('saved already');
  });

  test('a bug is logged whole and told without details', () => {
    const bug = new TypeError('x is undefined, token xoxb-1');
    expect(refusalOf(bug, asked()).words).not.toContain('xoxb');
    expect(log.error).toHaveBeenCalledWith('slack.bug', { error: bug });
  });

  test('only what may pass by itself is worth a second delivery', () => {
    expect([new TooLate(''), new KubeError(500, '', ''), new KubeError(429, '', '')].map(passing)).toEqual([
      true,
      true,
      true,
    ]);
    expect([invalid(), new Declined(''), new KubeError(403, '', ''), new Error('x')].map(passing)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('where it stands in a modal', () => {
  const shown = ['spec.resolution.summary', 'spec.resolution.rootCause', 'spec.severity'];
  test.each<[string, [string, string][], Record<string, string>]>([
    ['at its field', [['spec.severity', 'no']], { 'spec.severity': 'No.' }],
    ['a part of a field', [['spec.severity[0]', 'no']], { 'spec.severity': 'No.' }],
    ['a whole of which a part is shown', [['spec.resolution', 'no']], { 'spec.resolution.summary': 'No.' }],
    ['a field that is not shown', [['spec.title', 'no']], { 'spec.resolution.summary': 'No.' }],
    ['the object', [['', 'no']], { 'spec.resolution.summary': 'No.' }],
    [
      'several',
      [
        ['spec.severity', 'one'],
        ['spec.severity', 'two'],
        ['spec.severity', 'one'],
        ['spec', 'three'],
      ],
      { 'spec.severity': 'One. Two.', 'spec.resolution.summary': 'Three.' },
    ],
  ])('%s', (_, causes, errors) => {
    expect(fieldErrors(refusalOf(invalid(...causes), asked()), shown)).toEqual(errors);
  });

  test('words without a cause stand at the first input', () => {
    expect(fieldErrors(refusalOf(new TooLate(''), asked()), shown)).toEqual({ 'spec.resolution.summary': notSaved });
  });
});

import { describe, expect, test } from 'vitest';
import { hostile } from '../../../test/builders/hostile.ts';
import { anIncident } from '../../../test/builders/incident.ts';
import { channelName } from './channel-name.ts';

const named = { id: 'INC-00447', number: 447 };

describe('the channel’s name', () => {
  test.each([
    [undefined, 'inc-00447'],
    ['inc-{number}', 'inc-00447'],
    ['{id}', 'inc-00447'],
    ['{severity}-{number}-{title-slug}', 'sev2-00447-mobile-app-login-errors'],
    ['{date}_{number}', '2026-02-03_00447'],
    ['Ops #{number}!', 'ops-00447'],
    ['{unknown}', 'inc-00447'],
    ['---', 'inc-00447'],
  ])('%s gives %s', (template, name) => {
    expect(channelName(template, anIncident(), named)).toBe(name);
  });

  test('a number beyond five digits is shown whole', () => {
    expect(channelName(undefined, anIncident(), { id: 'INC-123456', number: 123_456 })).toBe('inc-123456');
  });

  test.each(Object.entries(hostile))('%s in a title obeys Slack', (_, text) => {
    const incident = anIncident({ spec: { title: text } });
    const name = channelName(`{number}-{title-slug}-${'x'.repeat(60)}`, incident, named);
    expect(name).toMatch(/^[\p{Ll}\p{Lo}\p{N}_-]+$/u);
    expect(name).toBe(name.toLowerCase());
    // Room for the `-2` of a name that is taken.
    expect(name.length).toBeLessThanOrEqual(74);
    expect(name.startsWith('00447-')).toBe(true);
  });
});

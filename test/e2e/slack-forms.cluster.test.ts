import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toldTo } from '../world/in-slack.ts';
import { startSlackWorld } from '../world/slack-world.ts';
import { until } from '../world/until.ts';
import type { World } from '../world/world.ts';

let world: World;
beforeAll(async () => {
  world = await startSlackWorld({ policy: { triage: { channel: '#stakeholders' } } });
});
afterAll(() => world[Symbol.asyncDispose]());

/** Of 7,139 characters; what is at its end must not be lost. */
const description =
  `${'Several words about what is wrong, <b>&amp; more</b>.\n'.repeat(135)}${'x'.repeat(10)}`.slice(0, 7_117) +
  'and this is its end 🔥.';
const title = '🔥'.repeat(100);

/** An alert in triage, with the message that stands for it. */
async function anAlert(name: string): Promise<{ channel: string; ts: string }> {
  await world.declare({ state: 'Triage', severity: 'SEV3', title, description, roles: {} }, name);
  const message = await until('the alert', async () =>
    (await world.slack.messages('#stakeholders')).find(({ blocks }) => {
      const shown = JSON.stringify(blocks);
      return shown.includes('ac.declare') && shown.includes(name);
    }),
  );
  return { channel: '#stakeholders', ts: message.ts };
}

describe('what a form did not change, it does not write', () => {
  test('declared without an edit: every character of the title and the description stays', async () => {
    const ana = world.slack.as('ana');
    await ana.click(await anAlert('unedited'), 'ac.declare');
    expect(JSON.stringify(world.slack.views('ana').at(-1)?.content)).toContain('Shown are the first');
    expect(await ana.submit({})).toMatchObject({ result: 'updated' });
    const { spec } = await world.incident('unedited');
    expect(spec).toMatchObject({ state: 'Investigating', severity: 'SEV3', change: { by: 'ana@example.com' } });
    expect(spec.title).toBe(title);
    expect(spec.description).toBe(description);
  });

  test('what is too long stands at its field, the form keeps all that was typed, and what others wrote stays', async () => {
    const ana = world.slack.as('ana');
    await ana.click(await anAlert('edited'), 'ac.declare');
    // Slack's input takes 300 of its units here, the API server 150 characters.
    expect(
      await ana.submit({ 'spec.title': 'x'.repeat(151), 'spec.severity': 'SEV2', 'spec.description': 'Mine.' }),
    ).toMatchObject({
      result: 'errors',
      errors: { 'spec.title': expect.stringContaining('At most 150 characters, and these are 151') },
    });
    await world.edit({ description: 'By somebody else.' }, 'edited');
    await world.sees('the edit', ({ spec }) => spec.description === 'By somebody else.', 'edited');
    // The other fields are as they were typed before.
    const most = '🔥'.repeat(150);
    expect(await ana.submit({ 'spec.title': most })).toMatchObject({
      result: 'errors',
      errors: { 'spec.description': expect.stringContaining('the description') },
    });
    expect((await world.incident('edited')).spec).toMatchObject({
      state: 'Triage',
      title,
      description: 'By somebody else.',
    });
    expect(await ana.submit({ 'spec.description': 'By somebody else.' })).toMatchObject({ result: 'updated' });
    expect((await world.incident('edited')).spec).toMatchObject({
      state: 'Investigating',
      title: most,
      severity: 'SEV2',
      description: 'By somebody else.',
    });
  });

  test('a command that is longer than the form, or refused, is given back to whoever typed it', async () => {
    const ana = world.slack.as('ana');
    const long = `${'many words '.repeat(400)}and the last one`;
    await ana.command('/incident', `declare ${long}`);
    expect(toldTo(world, 'ana').at(-1)).toContain(long);
    await ana.close();
    await ana.command('/incident', `reopen ${long}`, { channel: '#general' });
    expect(toldTo(world, 'ana').at(-1)).toMatch(
      /This channel is no incident.*What you typed: reopen .* and the last one$/s,
    );
  });
});

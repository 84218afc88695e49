import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../../test/builders/incident.ts';
import { aHandler } from '../../../../test/builders/slack-handler.ts';
import { Declined } from '../../../act/declined.ts';
import { runCommand } from './command.ts';
import { readAbout } from './views/parts.ts';

const channel = { id: 'C1', name: 'inc-00001', url: 'https://x.slack.com/archives/C1' };
const here = anIncident({ status: { id: 'INC-00001', number: 1, channel } });
const other = anIncident({ metadata: { name: 'other', uid: 'other' }, status: { id: 'INC-00002', number: 2 } });
const shownHere = '*INC-00001* <https://x.slack.com/archives/C1|#inc-00001>';

const typed = (text: string, where = 'C1', user = 'U1') => ({ text, user, channel: where, trigger: 'trigger-1' });

describe('a line that says all', () => {
  test('is done at once, as the member, and told', async () => {
    const { handler, acts } = aHandler([here, other]);
    expect(await runCommand(handler, typed('severity SEV1 all &lt;regions&gt;'))).toEqual({
      text: `${shownHere}: severity is now SEV1.`,
    });
    expect(acts).toEqual([
      expect.objectContaining({
        name: here.metadata.name,
        seen: here,
        wish: { severity: 'SEV1' },
        change: {
          id: expect.stringMatching(/^slack-severity-[a-z2-7]{10}$/),
          source: 'Slack',
          by: 'ana@example.com',
          via: 'slack:T1/U1',
          reason: 'all <regions>',
        },
      }),
    ]);
  });

  test.each([
    ['of the incident that it names', 'severity inc-00002 SEV1', 'C9', 'other', { severity: 'SEV1' }],
    [
      'by another word for it',
      'roles scribe <@U1|ana>',
      'C1',
      here.metadata.name,
      { roles: { scribe: 'ana@example.com' } },
    ],
    ['with what is another’s id', 'duplicate INC-00002', 'C1', here.metadata.name, { duplicateOf: { name: 'other' } }],
  ])('%s', async (_, text, where, name, wish) => {
    const { handler, acts } = aHandler([here, other]);
    await runCommand(handler, typed(text, where));
    expect(acts).toMatchObject([{ name, wish }]);
  });

  test('that changes nothing is told, not done', async () => {
    const { handler, acts } = aHandler([here]);
    expect(await runCommand(handler, typed('severity SEV2'))).toEqual({ text: `${shownHere}: it is SEV2 already.` });
    expect(acts).toEqual([]);
  });
});

describe('a line that leaves something out', () => {
  test.each([
    ['Login &amp; more', 'ac.declare', { namespace: 'default', channel: 'C1' }],
    ['drill', 'ac.declare', { namespace: 'default', channel: 'C1', drill: true }],
    ['resolve Rolled back.', 'ac.close', { name: here.metadata.name, channel: 'C1' }],
    ['state resolved Rolled back.', 'ac.close', { name: here.metadata.name, channel: 'C1' }],
    ['severity SEV3', 'ac.severity', { name: here.metadata.name, channel: 'C1' }],
  ])('%j opens the form', async (text, callback, about) => {
    const { handler, acts, opened } = aHandler([here, other]);
    expect(await runCommand(handler, typed(text))).toBeUndefined();
    expect(opened.map((view) => view.callback_id)).toEqual([callback]);
    expect(readAbout(opened[0]?.private_metadata ?? '')).toMatchObject(about);
    expect(JSON.stringify(opened)).not.toContain('&amp;amp;');
    expect(acts).toEqual([]);
  });

  test('what the form cannot hold is given back', async () => {
    const { handler } = aHandler([here]);
    const long = 'word '.repeat(700).trim();
    expect((await runCommand(handler, typed(`update ${long}`)))?.text).toContain(long);
  });
});

describe('a line that is refused', () => {
  test.each([
    [
      'about no incident',
      'severity SEV1',
      'C9',
      /^This channel is no incident's.*`\/incident severity INC-00001`.*Open: INC-00001/,
    ],
    ['about one that is not there', 'status INC-00099', 'C1', /^There is no INC-00099 here/],
    [
      'with a role for a guest',
      'role scribe <@U2>',
      'C1',
      /^Bo is no full member of this workspace, so no role can be theirs\.$/,
    ],
  ])('%s', async (_, text, where, words) => {
    const { handler, acts } = aHandler([here]);
    const refusal = runCommand(handler, typed(text, where));
    await expect(refusal).rejects.toBeInstanceOf(Declined);
    await expect(refusal).rejects.toThrow(words);
    expect(acts).toEqual([]);
  });

  test('of a guest, except for help', async () => {
    const { handler } = aHandler([here]);
    await expect(runCommand(handler, typed('status', 'C1', 'U2'))).rejects.toThrow('you are a guest here');
    expect((await runCommand(handler, typed('help', 'C1', 'U2')))?.text).toContain('*AllClear*');
  });

  test('an unknown word, with what is meant and what there is', async () => {
    const { handler } = aHandler([here]);
    const text = (await runCommand(handler, typed('stauts')))?.text;
    expect(text).toMatch(
      /^There is no `\/incident stauts`\. Did you mean `\/incident status`\? Known are declare, list, /,
    );
    expect(text).toContain('• `/incident close [what ended it]` the all clear');
  });
});

describe('while the API server does not answer', () => {
  test.each(['status', 'list', 'oncall'])('%s says how it stood', async (text) => {
    const { handler } = aHandler([here], { connected: false });
    expect((await runCommand(handler, typed(text)))?.text).toContain('this is how it stood when it was last heard of');
  });

  test.each(['severity SEV1', 'declare x', 'close'])('%s says that nothing can be written', async (text) => {
    const { handler, acts, opened } = aHandler([here], { connected: false });
    expect((await runCommand(handler, typed(text)))?.text).toContain('Nothing can be written at the moment');
    expect([acts, opened]).toEqual([[], []]);
  });

  test('help is as ever', async () => {
    const { handler } = aHandler([here], { connected: false });
    expect((await runCommand(handler, typed('?')))?.text).not.toContain('last heard of');
  });
});

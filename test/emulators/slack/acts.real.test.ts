import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, modal, startLab, until } from './a-client.ts';
import { type Json, text } from './json.ts';

let lab: Lab;
let slack: Lab['slack'];
let web: Lab['web'];
beforeEach(async () => {
  lab = await startLab();
  ({ slack, web } = lab);
});
afterEach(() => lab.close());

describe('buttons', () => {
  const buttons = [
    {
      type: 'actions',
      elements: [
        { type: 'button', action_id: 'ac.update', text: { type: 'plain_text', text: 'Send Update' }, value: 'v1' },
        {
          type: 'button',
          action_id: 'ac.escalate',
          text: { type: 'plain_text', text: 'Escalate' },
          confirm: {
            title: { type: 'plain_text', text: 'Sure?' },
            text: { type: 'plain_text', text: 'x' },
            confirm: { type: 'plain_text', text: 'Yes' },
            deny: { type: 'plain_text', text: 'No' },
          },
        },
      ],
    },
  ];

  it('send a new trigger each click, with the message and a response_url', async () => {
    const seen: Json[] = [];
    await lab.connect(async ({ ack, body }) => {
      seen.push(body);
      await ack();
    });
    const channel = (await slack.channel('#stakeholders')).id;
    const { ts = '' } = await lab.say({ channel, text: 'x', blocks: buttons });
    const ana = slack.as('ana');
    expect(await ana.click(ts, 'ac.escalate', { confirm: false })).toMatchObject({ result: 'not_sent' });
    await Promise.all([ana.click(ts, 'ac.update'), ana.click({ channel, ts }, 'ac.update')]);
    const clicks = seen.filter(({ type }) => type === 'block_actions');
    expect(new Set(clicks.map((body) => body['trigger_id'])).size).toBe(2);
    expect(clicks[0]).toMatchObject({
      user: { id: slack.people['ana']?.id },
      container: { type: 'message', message_ts: ts, channel_id: channel },
      message: { ts },
      actions: [{ action_id: 'ac.update', value: 'v1', type: 'button' }],
    });
    const respond = (body: object): Promise<Response> =>
      fetch(text(clicks[0]?.['response_url']), { method: 'POST', body: JSON.stringify(body) });
    await respond({ text: 'only for you' });
    expect(slack.ephemerals('ana').at(-1)).toMatchObject({ text: 'only for you', channel });
    await respond({ text: 'for all', response_type: 'in_channel' });
    await respond({ text: 'instead', replace_original: true });
    expect((await slack.messages('#stakeholders')).map((one) => one.text)).toEqual(['instead', 'for all']);
    await respond({ delete_original: true });
    expect((await slack.messages('#stakeholders')).map((one) => one.text)).toEqual(['for all']);
    expect((await respond({ text: 'fifth' })).status).toBe(200);
    const sixth = await respond({ text: 'sixth' });
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }]);
  });

  it('stand in ephemerals, too, which only members get', async () => {
    const seen: Json[] = [];
    await lab.connect(async ({ ack, body }) => {
      seen.push(body);
      await ack();
    });
    const channel = (await slack.channel('#stakeholders')).id;
    const user = slack.people['ana']?.id ?? '';
    await web.chat.postEphemeral({ channel, user, text: 'x', blocks: buttons });
    const [shown] = slack.ephemerals('ana');
    await slack.as('ana').click(shown?.ts ?? '', 'ac.update');
    expect(seen[0]).toMatchObject({ container: { is_ephemeral: true } });
    expect(seen[0]).not.toHaveProperty('message');
    await slack.as('ana').leave('#stakeholders');
    await expect(web.chat.postEphemeral({ channel, user, text: 'x' })).rejects.toThrow('user_not_in_channel');
  });

  it('of a modal push another one', async () => {
    await lab.connect(async ({ ack, body }) => {
      await ack();
      await web.views.push({ trigger_id: text(body['trigger_id']), view: modal() as never });
    });
    slack.app.views.open({ view: modal(buttons), trigger_id: slack.app.triggers.give({ who: 'ana' }) });
    const [view] = slack.views('ana');
    if (!view) throw new Error('no view');
    await slack.as('ana').click(view, 'ac.update');
    await until(() => slack.views('ana').length === 2);
    expect(slack.views('ana')[1]).toMatchObject({ previousId: view.id, rootId: view.id });
  });

  it('of messages are shortcuts, too', async () => {
    const seen: Json[] = [];
    await lab.connect(async ({ ack, body }) => {
      seen.push(body);
      await ack();
    });
    const ts = await slack.as('bo').message('#stakeholders', 'it was the cache');
    await slack.as('ana').shortcut('ac.timeline', { channel: '#stakeholders', ts });
    expect(seen.find(({ type }) => type === 'message_action')).toMatchObject({
      callback_id: 'ac.timeline',
      message_ts: ts,
      message: { text: 'it was the cache', user: slack.people['bo']?.id },
    });
  });
});

describe('mentions', () => {
  it('arrive with ids, in a command only where its manifest says so', async () => {
    await lab.connect(({ ack }) => ack());
    const ana = slack.as('ana');
    const bo = slack.people['bo']?.id;
    const { id: random } = await slack.channel('#random');
    const said = 'role scribe @bo in #random, not a@bo or #nowhere';
    const asked = async (): Promise<unknown> => (await ana.command('/incident', said)).envelope?.payload['text'];
    const command = { command: '/incident', description: 'x', usage_hint: '' };
    slack.app.install({ features: { slash_commands: [{ ...command, should_escape: true }] } });
    expect(await asked()).toBe(`role scribe <@${bo}|bo> in <#${random}|random>, not a@bo or #nowhere`);
    slack.app.install({ features: { slash_commands: [command] } });
    expect(await asked()).toBe(said);
    expect(await ana.command('/unknown')).toMatchObject({ result: 'not_sent' });
    const ts = await ana.message('#stakeholders', 'ask @bo');
    expect((await slack.messages('#stakeholders')).find((one) => one.ts === ts)?.text).toBe(`ask <@${bo}>`);
  });
});

describe('people', () => {
  it('are told apart by what Slack knows of them', async () => {
    const info = (name: string): Promise<unknown> => web.users.info({ user: slack.people[name]?.id ?? '' });
    expect(await info('ana')).toMatchObject({
      user: { is_restricted: false, is_email_confirmed: true, deleted: false, is_bot: false, team_id: slack.team.id },
    });
    await slack.setAccount('eve', { is_ultra_restricted: true });
    expect(await info('eve')).toMatchObject({ user: { is_ultra_restricted: true } });
    slack.setGroups([{ id: 'S0SRE', handle: 'sre', name: 'SRE', people: ['ana', 'bo'] }]);
    expect(await web.usergroups.list()).toMatchObject({ usergroups: [{ handle: 'sre', user_count: 2 }] });
  });

  it('get direct messages', async () => {
    const { channel } = await web.conversations.open({ users: slack.people['ana']?.id ?? '' });
    expect(await lab.say({ channel: channel?.id ?? '', text: 'psst' })).toMatchObject({ ok: true });
    expect(await lab.say({ channel: slack.people['bo']?.id ?? '', text: 'psst' })).toMatchObject({
      ok: true,
    });
  });

  it('may act only within the scopes of the manifest', async () => {
    slack.app.install({ oauth_config: { scopes: { bot: ['chat:write'] } } });
    await expect(web.conversations.create({ name: 'x' })).rejects.toThrow('missing_scope');
    const { response_metadata: metadata } = await web.auth.test();
    expect(metadata?.scopes).toEqual(['chat:write']);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { input, type Lab, modal, startLab, until } from './a-client.ts';
import { type Json, object, text } from './json.ts';
import { slackTiming } from './timing.ts';

let lab: Lab;
let slack: Lab['slack'];
let web: Lab['web'];
beforeEach(async () => {
  lab = await startLab();
  ({ slack, web } = lab);
});
afterEach(() => lab.close());

const byTrigger = (id: string): Promise<unknown> => web.views.open({ trigger_id: id, view: modal() as never });

describe('modals', () => {
  it('open by a trigger within its time, once', async () => {
    const opened: unknown[] = [];
    await lab.connect(async ({ ack, body }) => {
      await ack();
      opened.push(await web.views.open({ trigger_id: text(body['trigger_id']), view: modal() as never }));
    });
    const { triggerId } = await slack.as('ana').command('/incident');
    await until(() => opened.length === 1);
    expect(slack.views('ana')).toMatchObject([{ content: { callback_id: 'declare' } }]);
    expect(slack.views('bo')).toEqual([]);
    await expect(byTrigger(triggerId)).rejects.toThrow('exchanged_trigger_id');
    await expect(byTrigger('1.2.3')).rejects.toThrow('invalid_trigger_id');
    const late = slack.app.triggers.give({ who: 'ana' });
    await lab.clock.advance(slackTiming.triggerLife + 1);
    await expect(byTrigger(late)).rejects.toThrow('expired_trigger_id');
  });

  it.each([
    ['a long title', modal([], { title: { type: 'plain_text', text: 'x'.repeat(25) } })],
    ['much metadata', modal([], { private_metadata: 'x'.repeat(3_001) })],
    ['101 blocks', modal(Array.from({ length: 101 }, () => ({ type: 'divider' })))],
    ['inputs and no submit', modal([input('a')], { submit: undefined })],
    ['an unknown element', modal([input('a', {}, { type: 'crystal_ball' })])],
    ['a Home tab', { type: 'home', blocks: [] }],
  ])('refuses %s', (_name, view) => {
    expect(lab.open(view)).toMatchObject({ ok: false, error: 'invalid_arguments' });
  });

  it('asks for what is missing before anything is sent', async () => {
    lab.open(modal([input('spec.title'), input('note', { optional: true })]));
    expect(await slack.as('ana').submit()).toMatchObject({
      result: 'incomplete',
      errors: { 'spec.title': 'Please complete this required field.' },
    });
    expect(slack.delivery.envelopes).toEqual([]);
  });

  it('shows the app’s errors, keeps what was typed, and closes when all is well', async () => {
    const states: unknown[] = [];
    await lab.connect(async ({ ack, body }) => {
      states.push(object(body['view'])['state']);
      if (states.length === 1) await ack({ response_action: 'errors', errors: { 'spec.title': 'Too short' } });
      else await ack();
    });
    const severity = {
      type: 'static_select',
      options: ['SEV1', 'SEV2'].map((value) => ({ value, text: { type: 'plain_text', text: value } })),
    };
    lab.open(modal([input('spec.title'), input('spec.severity', {}, severity)]));
    const ana = slack.as('ana');
    expect(await ana.submit({ 'spec.title': 'Down', 'spec.severity': 'SEV1' })).toMatchObject({ result: 'errors' });
    expect(slack.views('ana')).toMatchObject([{ errors: { 'spec.title': 'Too short' } }]);
    expect(await ana.submit({ 'spec.title': 'Login down' })).toMatchObject({ result: 'closed' });
    expect(slack.views('ana')).toEqual([]);
    expect(states[1]).toMatchObject({
      values: {
        'spec.title': { value: { type: 'plain_text_input', value: 'Login down' } },
        'spec.severity': { value: { selected_option: { value: 'SEV1' } } },
      },
    });
  });

  it('stays with a banner when there is no ack, or one that Slack cannot use', async () => {
    lab.open(modal([input('a')]));
    expect(await slack.as('ana').submit({ a: 'x' })).toMatchObject({ result: 'trouble', why: 'dispatch_failed' });
    expect(slack.views('ana')[0]?.banner).toMatch(/trouble/);
    await lab.connect(({ ack }) => ack({ response_action: 'errors', errors: { nowhere: 'x' } }));
    expect(await slack.as('ana').submit({ a: 'x' })).toMatchObject({
      result: 'trouble',
      why: 'no input block nowhere',
    });
    expect(slack.views('ana')).toHaveLength(1);
  });

  it('updates, pushes to three, and clears', async () => {
    let answer: object = { response_action: 'update', view: modal([input('b')], { callback_id: 'second' }) };
    await lab.connect(({ ack }) => ack(answer));
    lab.open(modal([]));
    const [first] = slack.views('ana');
    expect(await slack.as('ana').submit()).toMatchObject({ result: 'updated' });
    expect(slack.views('ana')).toMatchObject([{ id: first?.id, content: { callback_id: 'second' } }]);
    answer = { response_action: 'push', view: modal([], { callback_id: 'pushed' }) };
    await slack.as('ana').submit({ b: 'x' });
    await slack.as('ana').submit();
    expect(slack.views('ana').map(({ rootId }) => rootId)).toEqual([first?.id, first?.id, first?.id]);
    expect(await slack.as('ana').submit()).toMatchObject({ result: 'trouble', why: 'push_limit_reached' });
    answer = { response_action: 'clear' };
    expect(await slack.as('ana').submit()).toMatchObject({ result: 'cleared' });
    expect(slack.views('ana')).toEqual([]);
  });

  it('refuses an update from a stale hash, and tells of closing', async () => {
    const seen: Json[] = [];
    await lab.connect(async ({ ack, body }) => {
      seen.push(body);
      await ack();
    });
    lab.open(modal([], { notify_on_close: true }));
    const [view] = slack.views('ana');
    const update = (hash: string): Promise<unknown> =>
      web.views.update({ view_id: view?.id ?? '', hash, view: modal([], { notify_on_close: true }) as never });
    await update(view?.hash ?? '');
    await expect(update(view?.hash ?? '')).rejects.toThrow('hash_conflict');
    await slack.as('ana').close();
    expect(seen).toMatchObject([{ type: 'view_closed', view: { id: view?.id } }]);
    await expect(update('')).rejects.toThrow('not_found');
  });

  it('shows a Home tab', async () => {
    await web.views.publish({
      user_id: slack.people['ana']?.id ?? '',
      view: { type: 'home', blocks: [{ type: 'divider' }] },
    });
    expect(slack.home('ana')).toMatchObject({ content: { type: 'home' } });
  });
});

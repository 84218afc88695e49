import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, modal, input, startLab } from '../emulators/slack/a-client.ts';
import { object, text } from '../emulators/slack/json.ts';
import { findChromium, openBrowser, picture } from './browser.ts';
import { startWorkspacePage, type WorkspacePage } from './server.ts';

const executable = await findChromium();
if (executable === undefined && process.env['CI']) throw new Error('no Chromium: tools/debian.sh chromium');

const severity = {
  type: 'static_select',
  options: ['SEV1', 'SEV2'].map((value) => ({ value, text: { type: 'plain_text', text: value } })),
};
const manifest = {
  display_information: { name: 'AllClear' },
  features: {
    slash_commands: [{ command: '/incident', description: 'Declare an incident', usage_hint: '[what is wrong]' }],
    shortcuts: [{ type: 'message', name: 'Add to timeline', callback_id: 'ac.shortcut.timeline' }],
  },
  settings: { event_subscriptions: { bot_events: ['app_home_opened'] } },
  oauth_config: {
    scopes: {
      bot: ['chat:write', 'channels:manage', 'channels:read', 'pins:write', 'bookmarks:write', 'channels:join'],
    },
  },
};
const liveStatus = [
  { type: 'header', text: { type: 'plain_text', text: 'INC-00001: Mobile app login errors' } },
  { type: 'section', fields: [{ type: 'mrkdwn', text: '*Severity*\nSEV2 (High)', verbatim: true }] },
  {
    type: 'section',
    text: { type: 'mrkdwn', text: '| kept | though\n|---|---|\n[no](https://link.example) &lt;b&gt;' },
  },
  {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: 'ac.escalate',
        text: { type: 'plain_text', text: 'Escalate' },
        value: 'to 1',
        confirm: {
          title: { type: 'plain_text', text: 'Escalate?' },
          text: { type: 'plain_text', text: 'Level 1 is told.' },
          confirm: { type: 'plain_text', text: 'Yes' },
          deny: { type: 'plain_text', text: 'No' },
        },
      },
    ],
  },
];

const see = (page: Page, words: string): Promise<void> => page.locator(`text=${words}`).first().waitFor();
const post = (url: string, headers: Record<string, string>): Promise<Response> =>
  fetch(url, { method: 'POST', headers });

describe.skipIf(executable === undefined)('the workspace page in Chromium (tools/debian.sh chromium)', () => {
  let lab: Lab;
  let site: WorkspacePage;
  let browser: Browser;
  let channel: string;
  const received: { readonly act: string; readonly body: ReturnType<typeof object> }[] = [];

  beforeAll(async () => {
    // A browser beside other tests is slow: Slack's time stands still meanwhile.
    lab = await startLab();
    const { slack, web } = lab;
    slack.app.install(manifest);
    // A small app with the real client: modal, refusal, all well.
    await lab.connect(async ({ ack, type, body }) => {
      received.push({ act: text(body['type']) || type, body });
      if (type === 'slash_commands' && body['text'] === 'list') return ack({ text: 'No incident is open.' });
      if (body['type'] === 'view_submission') {
        const title = object(object(object(object(body['view'])['state'])['values'])['spec.title'])['value'];
        const short = text(object(title)['value']).length < 8;
        return ack(short ? { response_action: 'errors', errors: { 'spec.title': 'At least 8 characters' } } : {});
      }
      await ack();
      if (type === 'slash_commands') {
        const fields = [input('spec.title'), input('spec.severity', {}, severity)];
        await web.views.open({ trigger_id: text(body['trigger_id']), view: modal(fields) as never });
      }
      if (type === 'events_api') {
        const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'No incident is open.' } }];
        await web.views.publish({
          user_id: text(object(body['event'])['user']),
          view: { type: 'home', blocks } as never,
        });
      }
    });
    await web.conversations.create({ name: 'inc-00001' });
    channel = (await slack.channel('#inc-00001')).id;
    const { ts = '' } = await lab.say({ channel, text: 'x', blocks: liveStatus });
    await web.pins.add({ channel, timestamp: ts });
    await web.bookmarks.add({ channel_id: channel, title: 'Runbook', type: 'link', link: 'https://runbooks.example' });
    await lab.say({ channel, text: 'Receipts', thread_ts: ts });
    site = await startWorkspacePage({
      slack,
      viewers: ['ana', 'bo', 'eve'].map((name) => ({ name, about: `about ${name}` })),
      words: { '/incident': ['list', 'status'] },
      experiments: [{ id: 'kill', label: 'Kill it', about: 'SIGKILL', run: async () => 'killed' }],
    });
    browser = await openBrowser(executable ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await lab?.close();
  });

  async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(site.url + path);
    return page;
  }
  it('is what auth.test calls the workspace, and what links to messages lead to', async () => {
    const { url = '' } = await lab.web.auth.test();
    expect(url).toBe(site.url);
    const [message] = await lab.slack.messages('#inc-00001');
    const page = await visit(`archives/${channel}/p${message?.ts.replace('.', '')}`);
    expect(page.url()).toBe(`${site.url}ana/archives/${channel}#m-${message?.ts}`);
    expect(await page.title()).toContain('#inc-00001');
    await page.context().close();
  });

  it('shows a channel as Slack would, and hostile text as text', async () => {
    const page = await visit(`ana/archives/${channel}`);
    const live = page.locator('article.pinned');
    expect(await live.locator('strong').first().innerText()).toBe('Severity');
    expect(await live.innerText()).toContain('| kept | though');
    expect(await live.innerText()).toContain('[no]');
    expect(await live.innerText()).toContain('<b>');
    expect(await page.locator('#bar').innerText()).toContain('Runbook');
    await page.click('text=1 reply');
    await see(page, 'Receipts');
    await picture(page, 'workspace-thread');
    await page.context().close();
  });

  it('opens a modal by a command, keeps what was typed beside an error, and closes it', async () => {
    const page = await visit(`ana/archives/${channel}`);
    await page.fill('#compose', '/inc');
    await see(page, 'Declare an incident');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Login is down');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    await page.locator('dialog [name="spec.title"]').fill('Short');
    await page.locator('dialog [type=submit]').click();
    await see(page, 'Please complete this required field.');
    await page.selectOption('dialog select', 'SEV1');
    await page.locator('dialog [type=submit]').click();
    await see(page, 'At least 8 characters');
    await picture(page, 'workspace-modal');
    expect(await page.inputValue('dialog [name="spec.title"]')).toBe('Short');
    expect(await page.inputValue('dialog select')).toBe('SEV1');
    await page.locator('dialog [name="spec.title"]').fill('Login is down for all');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(received.filter(({ act }) => act === 'view_submission')).toHaveLength(2);
    await page.context().close();
  });

  it('asks before a button that wants it, and presses through the socket', async () => {
    const page = await visit(`ana/archives/${channel}`);
    await page.click('main >> text=Escalate');
    await see(page, 'Level 1 is told.');
    await page.click('dialog >> text=No');
    await page.click('main >> text=Escalate');
    await page.click('dialog >> text=Yes');
    await expect.poll(() => received.filter(({ act }) => act === 'block_actions').length).toBe(1);
    expect(received.at(-1)?.body).toMatchObject({
      user: { id: lab.slack.people['ana']?.id },
      actions: [{ action_id: 'ac.escalate', value: 'to 1' }],
    });
    await page.context().close();
  });

  it('shows to others at once what one says, and to nobody else what is for one alone', async () => {
    const [ana, bo] = await Promise.all([visit(`ana/archives/${channel}`), visit(`bo/archives/${channel}`)]);
    await bo.fill('#compose', 'half a sentence');
    // Joining loads the page anew; what is typed before that is lost.
    const loaded = ana.waitForEvent('load');
    await ana.locator('.join button').click();
    await loaded;
    await ana.locator('.join').waitFor({ state: 'detached' });
    await ana.fill('#compose', 'looking into <it> & more');
    await ana.keyboard.press('Enter');
    await see(bo, 'looking into <it> & more');
    expect(await bo.inputValue('#compose')).toBe('half a sentence');
    await ana.fill('#compose', '/incident list');
    await ana.keyboard.press('Enter');
    await see(ana, 'No incident is open.');
    expect(await bo.locator('text=Only visible to you').count()).toBe(0);
    await ana.locator('article', { hasText: 'looking into' }).hover();
    await ana.locator('article', { hasText: 'looking into' }).locator('summary').click();
    await ana.click('.more[open] >> text=Add to timeline');
    await expect.poll(() => received.some(({ act }) => act === 'message_action')).toBe(true);
    await ana.context().close();
    await bo.context().close();
  });

  it('shows App Home, fits a phone, and has a dark side', async () => {
    const page = await visit('eve/home', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    await see(page, 'No incident is open.');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(26, 29, 33)');
    await page.click('.burger');
    await page.click('nav >> text=inc-00001');
    await see(page, 'Mobile app login errors');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await picture(page, 'workspace-phone');
    await page.context().close();
  });

  it('does what the panel’s buttons say, for this page alone', async () => {
    const page = await visit(`ana/archives/${channel}`);
    await page.click('text=Kill it');
    await see(page, 'killed');
    await page.context().close();
    expect((await post(`${site.url}experiment/kill`, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(`${site.url}experiment/kill`, {})).status).toBe(403);
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSlackWorld } from '../world/slack-world.ts';
import { until } from '../world/until.ts';
import type { World } from '../world/world.ts';
import { findChromium, openBrowser, picture } from '../workspace/browser.ts';
import { startWorkspacePage, type WorkspacePage } from '../workspace/server.ts';

const executable = await findChromium();
if (executable === undefined && process.env['CI']) throw new Error('no Chromium: tools/debian.sh chromium');

const see = (page: Page, words: string): Promise<void> => page.getByText(words).first().waitFor();
const dialog = (page: Page) => page.locator('dialog[open]');
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const fill = (page: Page, name: string, words: string): Promise<void> =>
  dialog(page).locator(`[name="${name}"]`).fill(words);
const send = (page: Page, name: string): Promise<void> =>
  dialog(page).getByRole('button', { name, exact: true }).last().click();

/** By hand, as a person would; pictures are kept in artifacts/screenshots. */
describe.skipIf(executable === undefined)('the story in Chromium (tools/debian.sh chromium)', () => {
  let world: World;
  let site: WorkspacePage;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    world = await startSlackWorld({ whole: true, policy: { bookmarks: [] } });
    const viewers = ['ana', 'bo'].map((name) => ({ name, about: 'A full member.' }));
    site = await startWorkspacePage({ slack: world.slack, viewers });
    browser = await openBrowser(executable ?? '');
    page = await browser.newPage({ viewport: { width: 1_280, height: 900 } });
    page.setDefaultTimeout(60_000);
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
    await world[Symbol.asyncDispose]();
  });

  test('declare, in a modal', async () => {
    await page.goto(`${site.url}ana/`);
    await page.getByPlaceholder('Message #general').fill('/incident Checkout fails for cards');
    await page.keyboard.press('Enter');
    await see(page, 'Declare Incident');
    expect(await dialog(page).locator('[name="spec.title"]').inputValue()).toBe('Checkout fails for cards');
    await dialog(page).locator('[name="spec.severity"]').selectOption('SEV2');
    await picture(page, 'story-1-declare');
    await send(page, 'Create');
    await see(page, 'is declared:');
    await picture(page, 'story-2-declared');
    await send(page, 'Close');
    await page.locator('a[data-room]', { hasText: 'inc-00001' }).click();
    await see(page, 'INC-00001: Checkout fails for cards');
  });

  test('update: the live status holds it, the stakeholders hear it', async () => {
    await press(page, 'Send Update');
    await see(page, 'What should they know?');
    await fill(page, 'spec.text', 'Cards of one bank fail <b> & @channel.');
    await picture(page, 'story-3-update');
    await send(page, 'Send');
    await see(page, 'the update is stored');
    await see(page, 'Last update');
    await picture(page, 'story-4-updated');
    const notices = await until('the notice', async () =>
      (await world.slack.messages('#stakeholders')).filter(({ text }) => text.includes('Cards of one bank')),
    );
    expect(JSON.stringify(notices)).not.toContain('<!channel>');
  });

  test('severity and escalation', async () => {
    await page.getByPlaceholder('Message #inc-00001').fill('/incident severity SEV1 All cards fail');
    await page.keyboard.press('Enter');
    await see(page, 'SEV1 (Critical)');
    await press(page, 'Escalate');
    await see(page, 'Escalate?');
    await send(page, 'Escalate');
    await see(page, 'level 1');
    const [incident] = await world.objects.list('Incident');
    expect(incident?.spec).toMatchObject({ severity: 'SEV1', escalation: { level: 1 } });
    await picture(page, 'story-5-escalated');
  });

  test('close: empty notes are refused at their field; then all clear and a proposed record', async () => {
    await press(page, 'Close Incident');
    await see(page, 'What ended it?');
    await send(page, 'Close Incident');
    await see(page, 'Please complete this required field.');
    await fill(page, 'spec.resolution.summary', 'The bank renewed its certificate.');
    await send(page, 'Close Incident');
    await see(page, 'All Clear has been declared!');
    const [pull] = await until('the pull request', async () => {
      const pulls = await world.github.pulls();
      return pulls.length > 0 && pulls;
    });
    expect(pull?.title).toContain('INC-00001 post-mortem: Checkout fails for cards');
    await page
      .locator('a, button')
      .filter({ hasText: /\d+ replies/ })
      .first()
      .click();
    await see(page, 'GitHub pull request');
    await picture(page, 'story-6-closed');
  });
});

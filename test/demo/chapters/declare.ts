import type { Seen } from '../look.ts';
import { check, story, type Stage } from '../stage.ts';
import { channelOf, issueOf, lastNotice, liveStatus, liveText, receipts } from './seen.ts';

const ticketUrl = ({ incident }: Seen): string | undefined => incident?.status?.tickets?.[0]?.url;
const invited = ['ana', 'bo', 'chi', 'dan'];

export const declare = {
  title: 'Declare an incident',
  async play(stage: Stage): Promise<void> {
    await stage.file('incidents/example.yaml');
    await stage.kubectl(['apply', '-f', 'incidents/example.yaml']);
    await stage.expect(checks);
    const channel = channelOf(stage.seen);
    stage.screen.link('the channel in Slack', `${stage.world.slack.pageUrl}archives/${channel?.id ?? ''}`);
    stage.screen.link('the issue in GitHub', ticketUrl(stage.seen) ?? 'none');

    stage.screen.gap();
    stage.screen.say('And in Kubernetes:');
    await stage.kubectl(['get', 'inc']);
    await stage.kubectl(['describe', 'inc', story.name], {
      filter: "sed -n '/^Events/,$p'",
      show: (text) => text.slice(Math.max(0, text.search(/^Events/m))),
    });
    await stage.kubectl(['explain', 'incident.spec.severity']);
  },
};

const checks = [
  check(
    `its number is ${story.id}`,
    ({ incident }) => incident?.status?.id === story.id,
    ({ incident }) => incident?.status?.id,
  ),
  check(
    `the channel ${story.channel} is open`,
    (seen) => channelOf(seen)?.archived === false,
    ({ outside }) => outside.channels.map(({ name }) => name).join(', '),
  ),
  check(
    'its purpose has the marker',
    (seen) => channelOf(seen)?.purpose.includes(`allclear/${seen.incident?.metadata.uid}`) ?? false,
    (seen) => channelOf(seen)?.purpose,
  ),
  check('the live status is pinned', (seen) => /Status: Investigating/.test(liveText(seen)), liveText),
  check('it says SEV2', (seen) => /Severity: SEV2 \(High\)/.test(liveText(seen)), liveText),
  check('it names the commander', (seen) => /Commander: @ana/.test(liveText(seen)), liveText),
  check(
    'holders of roles and invitees are in the channel',
    (seen) => invited.every((name) => channelOf(seen)?.members.includes(name)),
    (seen) => channelOf(seen)?.members.join(', '),
  ),
  check(
    'the GitHub issue is open and links to the channel',
    (seen) =>
      issueOf(seen)?.state === 'open' &&
      (issueOf(seen)?.body.includes(seen.incident?.status?.channel?.url ?? '?') ?? false),
    (seen) => issueOf(seen)?.body,
  ),
  check(
    'the issue, the runbook and the dashboard are bookmarked',
    (seen) =>
      channelOf(seen)?.bookmarks.length === 3 &&
      channelOf(seen)?.bookmarks.some(({ link }) => link === ticketUrl(seen)) === true,
    (seen) =>
      channelOf(seen)
        ?.bookmarks.map(({ title, link }) => `${title} ${link}`)
        .join(', '),
  ),
  check(
    'the receipts are in its thread',
    (seen) => /Channel #inc-00001 opened/.test(receipts(seen)) && /Notice to #stakeholders sent/.test(receipts(seen)),
    receipts,
  ),
  check('the stakeholders know', (seen) => /INC-00001 declared SEV2/.test(lastNotice(seen)), lastNotice),
  check(
    'the live status links to the issue',
    (seen) => /GitHub issue #1/.test(liveStatus(seen)?.lines.at(-1) ?? ''),
    liveText,
  ),
];

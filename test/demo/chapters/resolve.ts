import { check, story, type Stage } from '../stage.ts';
import { channelOf, issueOf, lastNotice, liveText, pullOf, receipts } from './seen.ts';

/** What a record holds. */
export const recordFiles = ['postmortem.md', 'record.json', 'timeline.md'];

export const resolve = {
  title: 'Give the all clear',
  async play(stage: Stage): Promise<void> {
    const { screen, world } = stage;
    screen.say('Not without a word of what ended it:');
    const merge = ['patch', 'inc', story.name, '--type=merge'];
    await stage.refused([...merge, '-p', '{"spec":{"state":"Resolved"}}'], 'resolved with a resolution');
    screen.gap();
    screen.say('So with one.');
    await stage.file('docs/examples/resolve.yaml');
    await stage.kubectl([...merge, '--patch-file', 'docs/examples/resolve.yaml']);
    await stage.expect(checks);

    await stage.kubectl(['get', 'inc']);
    const { outside, incident } = stage.seen;
    const branch = incident?.status?.record?.branch ?? '';
    const folder = incident?.status?.record?.folder ?? '';
    screen.link('the channel in Slack', `${world.slack.pageUrl}archives/${channelOf(stage.seen)?.id ?? ''}`);
    screen.link('the pull request', `${world.github.htmlUrl}/acme/incidents/pull/${outside.pulls[0]?.number ?? ''}`);
    screen.link('its files', `${world.github.htmlUrl}/acme/incidents/tree/${branch}/${folder}`);
    screen.gap();
    screen.say('The post-mortem in it is made from what was recorded, and is for people to complete:');
    screen.gap();
    screen.output((await world.github.repository.read(branch, `${folder}/postmortem.md`)) ?? '(there is none)');
  },
};

const checks = [
  check(
    'the live status says "All Clear has been declared!"',
    (seen) => /All Clear has been declared!/.test(liveText(seen)),
    liveText,
  ),
  check('the stakeholders are told so', (seen) => /All Clear has been declared!/.test(lastNotice(seen)), lastNotice),
  check(
    'the issue is closed as completed',
    (seen) => issueOf(seen)?.state === 'closed' && issueOf(seen)?.stateReason === 'completed',
    (seen) => `${issueOf(seen)?.state}, ${issueOf(seen)?.stateReason}`,
  ),
  check(
    'the branch postmortem/inc-00001 holds record.json, timeline.md and postmortem.md',
    ({ outside }) => {
      const files = outside.branches.find(({ name }) => name === 'postmortem/inc-00001')?.files ?? [];
      return recordFiles.every((file) => files.some((path) => path.endsWith(`/${story.id}/${file}`)));
    },
    ({ outside }) => outside.branches.map(({ name, files }) => `${name}: ${files.join(', ')}`).join('; '),
  ),
  check(
    'a pull request asks casey to review it',
    (seen) => pullOf(seen)?.head === 'postmortem/inc-00001' && (pullOf(seen)?.reviewers.includes('casey') ?? false),
    (seen) => pullOf(seen)?.title,
  ),
  check('the live status links to it', (seen) => /Post-mortem/.test(liveText(seen)), liveText),
  check('the receipts say so', (seen) => /All Clear[^]*pull request #\d+ opened/.test(receipts(seen)), receipts),
];

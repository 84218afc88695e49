import { checkRecord } from '../../../controller/record/check.ts';
import { check, story, type Stage } from '../stage.ts';
import { pullOf, receipts } from './seen.ts';
import { recordFiles } from './resolve.ts';

export const accept = {
  title: 'Review and accept the record',
  async play(stage: Stage): Promise<void> {
    const { screen, world } = stage;
    const { repository } = world.github;
    const { branch = '', folder = '' } = stage.seen.incident?.status?.record ?? {};
    const number = pullOf(stage.seen)?.number ?? 0;
    const file = `${folder}/postmortem.md`;
    const draft = (await repository.read(branch, file)) ?? '';

    screen.act('casey, who was asked, answers the questions, gives the actions their dates, and pushes that');
    await world.github.push(branch, { [file]: reviewed(draft) }, 'Answer the open questions');
    const files = await Promise.all(
      recordFiles.map(async (name) => [name, (await repository.read(branch, `${folder}/${name}`)) ?? ''] as const),
    );
    const problems = checkRecord(Object.fromEntries(files));
    screen.act(`casey presses Merge on pull request #${number}`);
    await world.github.mergePull(number);
    await stage.expect([
      check(
        'the record as reviewed has no faults',
        () => problems.length === 0,
        () => problems.map((one) => `${one.file}:${one.line ?? ''} ${one.message}`).join('; '),
      ),
      check(
        'main holds the record',
        ({ outside }) => outside.branches.some(({ name, files: all }) => name === 'main' && all.includes(file)),
        ({ outside }) => outside.branches.find(({ name }) => name === 'main')?.files.join(', '),
      ),
      check(
        'status.record.mergedAt is set',
        ({ incident }) => incident?.status?.record?.mergedAt !== undefined,
        ({ incident }) => JSON.stringify(incident?.status?.record),
      ),
      check(
        'the condition RecordAccepted is true',
        ({ incident }) => recordAccepted(incident)?.status === 'True',
        ({ incident }) => JSON.stringify(recordAccepted(incident)),
      ),
      check('the receipts say so', (seen) => /pull request #\d+ merged/.test(receipts(seen)), receipts),
    ]);
    await stage.kubectl(['wait', '--for=condition=RecordAccepted', '--timeout=20s', `inc/${story.name}`]);
    await stage.kubectl(['get', 'inc', story.name, '-o', 'jsonpath={.status.record.mergedAt}']);
    const commit = stage.seen.outside.branches.find(({ name }) => name === branch)?.commits[0]?.sha ?? '';
    screen.link('what casey wrote', `${world.github.htmlUrl}/acme/incidents/commit/${commit}`);
    screen.link('the record in main', `${world.github.htmlUrl}/acme/incidents/tree/main/${folder}`);
  },
};

const recordAccepted = (incident: Stage['seen']['incident']) =>
  incident?.status?.conditions?.find(({ type }) => type === 'RecordAccepted');

const days = 86_400_000;

/** As a reviewer leaves it: accepted, every question answered, every action with a day. */
function reviewed(draft: string): string {
  const due = new Date(Date.now() + 14 * days).toISOString().slice(0, 10);
  const answer = (question: string): string => (question.includes('By when') ? `By ${due}.` : 'Misjudged at first.');
  return draft
    .replace(/^status: draft.*$/m, 'status: accepted')
    .replaceAll('due: null', `due: ${due}`)
    .replaceAll('| ? |', `| ${due} |`)
    .replaceAll(/^- \[ \] (Q\d+ .*)$/gm, (_, question: string) => `- [x] ${question}\n  ${answer(question)}`);
}

import { checkRecord } from '../../../controller/record/check.ts';
import { check, type Stage } from '../stage.ts';
import { pullOf } from './seen.ts';
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

    screen.act(`casey, who was asked, answers the questions, gives the actions owners and dates, and pushes ${file}`);
    await world.github.push(branch, { [file]: reviewed(draft) }, 'Answer the open questions');
    const files = await Promise.all(
      recordFiles.map(async (name) => [name, (await repository.read(branch, `${folder}/${name}`)) ?? ''] as const),
    );
    const problems = checkRecord(Object.fromEntries(files));
    screen.act(`casey presses Merge on pull request #${number}`);
    screen.gap();
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
        ({ incident }) => accepted(incident)?.status === 'True',
        ({ incident }) => JSON.stringify(accepted(incident)),
      ),
    ]);
    await stage.kubectl(['get', 'inc', stage.seen.incident?.metadata.name ?? '', '-o', 'jsonpath={.status.record}']);
    screen.link('the record in main', `${world.github.htmlUrl}/acme/incidents/tree/main/${folder}`);
  },
};

const accepted = (incident: Stage['seen']['incident']) =>
  incident?.status?.conditions?.find(({ type }) => type === 'RecordAccepted');

/** As a reviewer leaves it: accepted, no question open, every action with an owner and a day. */
function reviewed(draft: string): string {
  return draft.replace(/^status: draft.*$/m, 'status: accepted').replaceAll('- [ ] ', '- [x] ');
}

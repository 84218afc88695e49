import { check, type Stage } from '../stage.ts';
import { issueOf, lastNotice, liveText, receipts } from './seen.ts';

export const tell = {
  title: 'Tell the stakeholders',
  async play(stage: Stage): Promise<void> {
    await stage.file('docs/examples/update.yaml');
    await stage.kubectl(['apply', '-f', 'docs/examples/update.yaml']);
    const said = /We are rolling it back\./;
    await stage.expect([
      check('the stakeholders know', (seen) => said.test(lastNotice(seen)), lastNotice),
      check(
        'it is a comment on the issue',
        (seen) => issueOf(seen)?.comments.some(({ body }) => said.test(body)) ?? false,
        (seen) =>
          issueOf(seen)
            ?.comments.map(({ body }) => body)
            .join('\n'),
      ),
      check(
        'it is the last update in the live status',
        (seen) => /^Last update: .*We are rolling it back\./m.test(liveText(seen)),
        liveText,
      ),
      check('the receipts say so', (seen) => /Update sent/.test(receipts(seen)), receipts),
    ]);
  },
};

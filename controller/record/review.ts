import type { Desired } from '../integrations/capabilities.ts';
import { markdown, markdownQuote, plainTitle } from '../text.ts';
import { measures, span } from './durations.ts';
import type { RecordView } from './entries.ts';
import { recordBranch, recordFolder } from './files.ts';
import { questions } from './questions.ts';

/** The request to review the record: a draft while questions are open, so that nobody merges by accident. */
export function review(view: RecordView, base = 'main'): Desired['review'] {
  const { incident, named, policy } = view;
  const open = questions(view);
  return {
    branch: recordBranch(view),
    base,
    title: plainTitle(`${named.id} post-mortem: ${incident.spec.title} (${incident.spec.severity})`),
    body: body(view, open.length),
    draft: open.length > 0,
    reviewers: policy.spec.record?.reviewers ?? [],
  };
}

function body(view: RecordView, open: number): string {
  const { incident } = view;
  const folder = recordFolder(view);
  const summary = incident.spec.resolution?.summary;
  return `**${markdown(incident.spec.title, { post: true })}**
${summary === undefined ? '' : `\n${markdownQuote(summary, { post: true })}\n`}
${measures(view)
  .map(
    ({ name, value, formula }) => `- ${name}: ${value === undefined ? 'not known: ' : `${span(value)} = `}${formula}`,
  )
  .join('\n')}
- Open questions when drafted: ${open}

Files, in \`${folder}\`: \`record.json\` and \`timeline.md\` are what was recorded and are not edited here; \`postmortem.md\` is a draft made from them by a template, and is yours.

To accept it:

1. Answer the open questions in \`postmortem.md\` and tick them.
2. Give each action item in its front matter an owner and a due date.
3. Set \`status: accepted\` and check with \`npx allclear validate ${folder}\`.
4. Mark this request as ready and merge it. From then on the incident can't be reopened; a new one can name it in \`relatedTo\`.
`;
}

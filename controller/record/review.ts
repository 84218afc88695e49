import type { Desired } from '../capabilities/capabilities.ts';
import { markdown, markdownQuote, plainTitle } from '../document/markdown.ts';
import { measures, span } from './durations.ts';
import type { RecordView } from './entries.ts';
import { recordPlace, type RecordPlace } from './files.ts';
import { questions } from './questions.ts';

/** Which request it is, and what it brings where. */
export interface ReviewOptions {
  readonly base?: string | undefined;
  readonly place?: RecordPlace;
  /** From 1. */
  readonly request?: number;
  /** Names the ending that the branch is known to hold. */
  readonly ending?: string | undefined;
}

/** The request to review the record: a draft while questions are open, so that nobody merges by accident. */
export function review(
  view: RecordView,
  { base = 'main', place = recordPlace(view), request = 1, ending }: ReviewOptions = {},
): Desired['review'] {
  const { incident, named, policy } = view;
  const open = questions(view);
  return {
    branch: place.branch,
    base,
    title: plainTitle(`${named.id} post-mortem: ${incident.spec.title} (${incident.spec.severity})`),
    body: `${request === 1 ? '' : again}${body(view, place, open.length)}`,
    draft: open.length > 0,
    reviewers: policy.spec.record?.reviewers ?? [],
    ...(ending === undefined ? {} : { ending }),
  };
}

const again = `What was merged before tells of an earlier ending: the incident was reopened and closed again. This brings the last one; what people wrote in \`postmortem.md\` stays as they wrote it, so compare it with \`timeline.md\`.

`;

function body(view: RecordView, { folder }: RecordPlace, open: number): string {
  const { incident } = view;
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

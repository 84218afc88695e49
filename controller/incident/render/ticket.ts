import type { Desired } from '../../integrations/capabilities.ts';
import { lastRequest } from '../../record/requests.ts';
import { isBlank, markdown, markdownLink, markdownQuote, plainTitle } from '../../text.ts';
import { severityWord, titleOf, utc, type Named, type View } from './words.ts';

/** A ticket's title and Markdown body. It follows the incident: closed with it, opened again with it. */
export function ticket(view: View, named: Named, labels: readonly string[]): Desired['ticket'] {
  const { incident, policy } = view;
  const { spec } = incident;
  const resolved = spec.state === 'Resolved';
  return {
    title: plainTitle(`${named.id}: ${titleOf(incident)}`),
    body: [
      [`**${word(severityWord(spec.severity, policy.spec.severities))} · ${spec.state}**`, ...facts(view)].join('\n'),
      ...part('Description', spec.description),
      ...part('Customer impact', spec.customerSummary),
      ...part('All Clear has been declared!', resolved ? spec.resolution?.summary : undefined),
      pointer(view, named),
    ].join('\n\n'),
    labels,
    state: resolved ? 'Closed' : 'Open',
  };
}

const word = (text: string): string => markdown(text, { post: true, most: 500 });

function facts(view: View): string[] {
  const { incident, entries, reach } = view;
  const { spec } = incident;
  const channel = entries['channel'];
  const url = channel?.state === 'Done' ? reach.link(channel) : undefined;
  const name = channel?.ref?.['name'];
  return [
    '',
    ...(name === undefined
      ? []
      : [`- Channel: ${url === undefined ? word(`#${name}`) : markdownLink(url, `#${name}`)}`]),
    `- Commander: ${word(spec.roles?.['commander'] ?? 'nobody yet')}`,
    ...(spec.services === undefined || spec.services.length === 0
      ? []
      : [`- Services: ${word(spec.services.join(', '))}`]),
    ...(spec.startedAt === undefined ? [] : [`- Started: ${utc(spec.startedAt)}`]),
    `- Declared: ${utc(incident.status?.timestamps?.declaredAt ?? incident.metadata.creationTimestamp)}`,
  ];
}

const part = (title: string, text: string | undefined): string[] =>
  text === undefined || isBlank(text) ? [] : [`**${title}**`, markdownQuote(text, { post: true })];

function pointer({ incident, entries, reach }: View, named: Named): string {
  const review = lastRequest(entries);
  const url = review === undefined ? undefined : reach.link(review);
  const record =
    url === undefined
      ? 'the post-mortem follows as a pull request after the all clear'
      : `${markdownLink(url, 'the post-mortem')} holds the whole timeline`;
  const object = `${incident.metadata.namespace}/${incident.metadata.name}`;
  return `Updates follow as comments; ${record}. ${named.id} is the Incident \`${object}\`; change it there or in chat, since this text is overwritten.`;
}

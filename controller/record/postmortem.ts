import { Document, isMap, isScalar, isSeq, Scalar } from 'yaml';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { isDeclaration, severityAt } from '../timeline/entries.ts';
import { severityWord, ticketWord } from '../document/words.ts';
import { lastSaid } from '../timeline/said.ts';
import { markdown, markdownLink } from '../document/markdown.ts';
import { clean, oneLine } from '../text.ts';
import { closingEntry, fixed, numbersOf, type RecordView } from './entries.ts';
import { cite, narrative } from './narrative.ts';
import { questions } from './questions.ts';
import { listItem, paragraph, saying } from './quote.ts';

export const schema = 'allclear.dev/postmortem/v1';

/** postmortem.md as first drafted. People own it from then on: it is written once. */
export function postmortemFile(view: RecordView): string {
  const { incident, named } = view;
  const told = narrative(view);
  const asked = questions(view);
  return `---
${frontMatter(view)}---
# ${named.id}: ${markdown(incident.spec.title)}

${head(view)}

## Summary

${paragraph(told.summary)}

## Durations

${told.durations.map((line) => `- ${line}`).join('\n')}

## Impact

${paragraph(told.impact)}

## Cause

${paragraph(told.cause)}

## Contributing factors

${section(told.contributing)}

## What went well

${section(told.wentWell)}

## Action items

${actions(view)}

## Open questions

${asked.length === 0 ? 'None is open.' : `None may be open at merge.\n\n${asked.map(({ id, text, cites }) => `- [ ] ${id} ${text} ${cite(...cites)}`).join('\n')}`}
`;
}

const section = (lines: readonly string[]): string =>
  paragraph(lines.length === 0 ? [`Nothing is recorded. ${cite(fixed.declared)}`] : lines);

/** People's words as a value: quoted unless they are plain words, since a few signs are more than the library quotes. */
function value(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  if (!/^[\p{L}_][\p{L}\p{N} @/._-]*$/u.test(text)) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** YAML by a library: no title can end the front matter or begin a field. */
function frontMatter(view: RecordView): string {
  const { spec } = view.incident;
  const document = new Document({
    schema,
    id: view.named.id,
    title: value(oneLine(spec.title)),
    status: 'draft',
    severity: spec.severity,
    services: (spec.services ?? []).map((service) => value(oneLine(service))),
    action_items: (spec.resolution?.correctiveActions ?? []).map(({ what, kind, owner, due }, i) => ({
      id: `A${i + 1}`,
      what: value(clean(what) || '(unreadable)'),
      kind: kind.toLowerCase(),
      owner: owner === undefined ? null : value(oneLine(owner)),
      due: due ?? null,
      ticket: null,
      cites: [closingEntry(view)],
    })),
  });
  const status = document.get('status', true);
  if (isScalar(status)) status.comment = ' accepted once the questions are answered and the actions have owners';
  for (const key of ['services', 'action_items']) {
    const list = document.get(key);
    if (!isSeq(list)) continue;
    if (key === 'services' || list.items.length === 0) list.flow = true;
    for (const item of list.items) if (isMap(item)) item.flow = true;
  }
  return document.toString({
    lineWidth: 0,
    flowCollectionPadding: false,
    // A value of several lines stands on one, with \n: no line of it can be the --- that ends the front matter.
    doubleQuotedMinMultiLineLength: 100_000,
  });
}

function head(view: RecordView): string {
  const { spec } = view.incident;
  const ofUpdate = numbersOf(view);
  const last = lastSaid(view.updates, ['Status']);
  const entry = (update: IncidentUpdate): string => ofUpdate.get(update.metadata.name) ?? fixed.declared;
  const lines = [
    places(view),
    ...(spec.mode === 'Live'
      ? []
      : [
          `**${spec.mode}:** this was ${spec.mode === 'Drill' ? 'an exercise' : 'recorded afterwards'}. ${cite(fixed.declared)}`,
        ]),
    ...(spec.description === undefined ? [] : [beginning('Description', spec.description, cite(fixed.declared))]),
    ...(last === undefined
      ? []
      : [
          beginning(
            last.correction ? 'Last update, corrected' : 'Last update',
            last.text,
            cite(entry(last.update), entry(last.correction ?? last.update)),
          ),
        ]),
    ...(spec.resolution === undefined
      ? []
      : [saying('**Close notes:**', spec.resolution.summary, cite(closingEntry(view)))]),
  ];
  return paragraph(lines.map(listItem));
}

/** As much of a text as a head can hold. */
const longestHead = 1_000;

function beginning(name: string, text: string, cites: string): string {
  const cut = clean(text).length > longestHead;
  const lead = cut ? `**${name}** (its beginning; the whole is in [record.json](record.json)):` : `**${name}:**`;
  return saying(lead, text, cites, longestHead);
}

/** `SEV1 (Critical; declared SEV2) · #inc-00001 · GitHub issue #12 · timeline · record`. */
function places({ incident, updates, entries, reach, policy }: RecordView): string {
  const first = severityAt(incident, updates, updates.find(isDeclaration));
  const changed = first === incident.spec.severity ? '' : `, declared ${severityWord(first, policy.spec.severities)}`;
  const linked = (
    kind: string,
    label: (integration: string | undefined, name: string | undefined, id: string | undefined) => string,
  ): string[] =>
    Object.values(entries)
      .filter((entry) => entry.kind === kind && entry.state === 'Done')
      .map((entry) => {
        const url = reach.link(entry);
        const shown = label(entry.integration, entry.ref?.['name'], entry.ref?.['id']);
        return url === undefined ? markdown(shown) : markdownLink(url, shown);
      });
  return [
    markdown(`${severityWord(incident.spec.severity, policy.spec.severities)}${changed}`),
    ...linked('channel', (_, name) => `#${name ?? 'channel'}`),
    ...linked('ticket', (integration, _, id) => ticketWord(reach.noun, integration, id)),
    '[timeline](timeline.md)',
    '[record](record.json)',
  ].join(' · ');
}

function actions(view: RecordView): string {
  const wanted = view.incident.spec.resolution?.correctiveActions ?? [];
  if (wanted.length === 0) return `None is recorded. ${cite(closingEntry(view))}`;
  const rows = wanted.map(({ what, kind, owner, due }, i) => {
    const cells = [`A${i + 1}`, markdown(what), kind.toLowerCase(), markdown(owner ?? '?'), markdown(due ?? '?')];
    return `| ${cells.join(' | ')} |`;
  });
  return `From the front matter, which holds where they differ.\n\n| | What | Kind | Owner | Due |\n|---|---|---|---|---|\n${rows.join('\n')}`;
}

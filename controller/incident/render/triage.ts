import type { Incident } from '../../api/incident.gen.ts';
import type { Block, Desired } from '../../integrations/capabilities.ts';
import { isBlank, slackLine, slackLink, slackPlain, slackText } from '../../text.ts';
import { declaredButtons, resolvedButtons, triageButtons } from './buttons.ts';
import { byTime, inCluster, isDeclaration, severityWord, shownId, titleOf, utc, type View } from './words.ts';

export interface TriageView extends Omit<View, 'entries'> {
  /** Presses reach us. */
  readonly interactive: boolean;
  /** The incident's own channel, once it is open. */
  readonly channel?: { readonly name: string; readonly url: string };
}

/**
 * An alert that waits for people to declare or dismiss it, and then follows what became of it. All that it says comes
 * from alerts and people, so all of it is escaped.
 */
export function triageMessage(view: TriageView): Desired['message'] {
  const { incident } = view;
  const { description, mode } = incident.spec;
  const title = titleOf(incident);
  const drill = mode === 'Drill' ? 'DRILL ' : '';
  const severity = severityWord(incident.spec.severity, view.policy.spec.severities);
  return {
    text: `${drill}${slackLine(`${shownId(view)} · ${severity} · ${statusWord(incident)}`, 200)}: ${slackLine(title, 1_000)}`,
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: slackPlain(`${drill}${shownId(view)}: ${title}`), emoji: false },
      },
      ...(description === undefined || isBlank(description)
        ? []
        : [section(slackText(description, 1_500, inCluster(incident)))]),
      facts(view, severity),
      ...became(view),
      ...buttons(view),
    ],
  };
}

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true }) as const;
const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });

/** An alert is open until it is resolved, whoever works on it. */
const statusWord = ({ spec }: Incident): string => (spec.state === 'Resolved' ? 'Resolved' : 'Open');

function facts({ incident }: TriageView, severity: string): Block {
  const { spec, metadata } = incident;
  const services = spec.services ?? [];
  const fields = [
    ['Status', spec.state === 'Triage' || spec.state === 'Resolved' ? statusWord(incident) : `Open, ${spec.state}`],
    ['Severity', severity],
    spec.startedAt === undefined ? ['Raised', utc(metadata.creationTimestamp)] : ['Started', utc(spec.startedAt)],
    ...(services.length > 0 ? [['Services', services.join(', ')]] : []),
    ...(spec.escalation.level > 0 ? [['Escalation', `level ${spec.escalation.level}`]] : []),
  ];
  return {
    type: 'section',
    fields: fields.map(([name, value]) => mrkdwn(`*${name}*\n${slackLine(value ?? '', 400)}`)),
  };
}

/** Who declared it, where it is handled, how it ended. */
function became(view: TriageView): Block[] {
  const { incident, updates, channel } = view;
  const declaration = updates.filter(isDeclaration).toSorted(byTime)[0];
  const { state, resolution } = incident.spec;
  const by = declaration?.spec.author;
  const parts = [
    ...(declaration === undefined ? [] : [`Incident created${by === undefined ? '' : ` by ${slackLine(by, 200)}`}`]),
    ...(channel === undefined ? [] : [slackLink(channel.url, `#${channel.name}`, 100)]),
  ];
  return [
    ...(parts.length === 0 ? [] : [{ type: 'context', elements: [mrkdwn(parts.join(' · '))] }]),
    ...(state === 'Resolved' && resolution !== undefined
      ? [
          section(
            `*${declaration === undefined ? 'Dismissed' : 'All Clear'}*\n${slackText(resolution.summary, 1_000, inCluster(incident))}`,
          ),
        ]
      : []),
  ];
}

function buttons({ incident, interactive, channel }: TriageView): Block[] {
  if (!interactive) return [];
  const { state } = incident.spec;
  if (state === 'Triage') return [triageButtons(incident)];
  if (state !== 'Resolved') return [declaredButtons(incident, channel)];
  return incident.status?.record?.mergedAt === undefined ? [resolvedButtons(incident)] : [];
}

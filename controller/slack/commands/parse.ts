import { severities, type Severity } from '../../api/enums.gen.ts';
import { nearest } from '../../api/nearest.ts';
import type { SeverityLabels } from '../../document/words.ts';

export const subcommands = [
  'declare',
  'list',
  'status',
  'update',
  'severity',
  'state',
  'escalate',
  'deescalate',
  'role',
  'oncall',
  'duplicate',
  'close',
  'reopen',
  'drill',
  'help',
] as const;
export type Subcommand = (typeof subcommands)[number];

export type Line =
  | { readonly is: Subcommand; readonly rest: string }
  /** A word that is none of ours; `meant` is what is nearest. */
  | { readonly is: 'unknown'; readonly word: string; readonly meant?: Subcommand };

/**
 * What stands after the command. A first word that is none of ours begins the summary of a new incident, unless it stands
 * alone or is a slip of one of ours.
 */
export function parseLine(text: string): Line {
  const said = text.trim();
  const [first = ''] = said.split(/\s+/, 1);
  const word = first.toLowerCase();
  const rest = said.slice(first.length).trim();
  if (said === '') return { is: 'declare', rest: '' };
  const known = subcommands.find((name) => name === (aliases[word] ?? word));
  if (known) return { is: known, rest };
  const near = first.length > 40 ? undefined : nearest(word, subcommands);
  const meant = subcommands.find((name) => name === near);
  if (meant) return { is: 'unknown', word: first, meant };
  return rest === '' && /^[\w!?-]{1,40}$/.test(first) ? { is: 'unknown', word: first } : { is: 'declare', rest: said };
}

const aliases: Readonly<Record<string, Subcommand>> = {
  'de-escalate': 'deescalate',
  new: 'declare',
  resolve: 'close',
  roles: 'role',
  '?': 'help',
};

/** `SEV1`, `1`, `sev-1` or the organisation's word for it; undefined for anything else. */
export function parseSeverity(word: string, labels: SeverityLabels): Severity | undefined {
  const bare = word.toLowerCase().replace(/^(?:sev)?[-_]?(?=\d$)/, 'sev');
  return (
    severities.find((severity) => labels[severity]?.label.toLowerCase() === word.toLowerCase()) ??
    severities.find((severity) => severity.toLowerCase() === bare)
  );
}

/** The first word and what follows it. */
export function firstWord(text: string): { word: string; rest: string } {
  const [word = ''] = text.trim().split(/\s+/, 1);
  return { word, rest: text.trim().slice(word.length).trim() };
}

/** `<@U123|bo>`, as Slack sends a mention in a command with escaped names. */
export const mentioned = (text: string): string | undefined => /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/.exec(text)?.[1];

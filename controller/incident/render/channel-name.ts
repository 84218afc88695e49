import type { Incident } from '../../api/incident.gen.ts';
import { cut, oneLine } from '../../text.ts';
import { digits, type IncidentNumber } from '../../document/words.ts';

/** Slack allows 80; six are left for the `-2` after a name that is taken. */
const longestName = 74;

/**
 * The channel's name from the policy's template: `{number}` (00447), `{id}` (inc-00447), `{severity}` (sev1), `{date}`
 * of the declaration (2026-02-03), `{title-slug}`; other words in braces are left out. Obeys Slack: 80 or fewer
 * lowercase letters, digits, `-` and `_`. Without anything to show it is `inc-00447`.
 */
export function channelName(template: string | undefined, incident: Incident, named: IncidentNumber): string {
  const name = fill(template ?? 'inc-{number}', incident, named)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/-{2,}/g, '-');
  const tidy = shorten(name, longestName);
  return /[a-z0-9]/.test(tidy) ? tidy : named.id.toLowerCase();
}

function fill(template: string, { spec, metadata }: Incident, named: IncidentNumber): string {
  const values: Readonly<Record<string, string>> = {
    number: digits(named.number),
    id: named.id,
    severity: spec.severity,
    date: metadata.creationTimestamp.slice(0, 10),
    'title-slug': slug(spec.title),
  };
  return template.replaceAll(/\{([a-z-]+)\}/g, (_, word: string) => values[word] ?? '');
}

/** `mobile-app-login-errors`, 40 characters or fewer. */
function slug(title: string): string {
  const words = oneLine(title)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{Ll}\p{Lo}\p{N}]+/gu, '-');
  return shorten(words, 40);
}

/** Cut between characters, without a hyphen at either end. Counted as UTF-16 units, the strictest reading. */
function shorten(name: string, most: number): string {
  const start = name.replace(/^-+/, '');
  const kept = start.length <= most ? start : cut(start, most + 1).replace('…', '');
  return kept.replace(/-+$/, '');
}

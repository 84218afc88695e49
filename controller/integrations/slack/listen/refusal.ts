import { DoneAlready, Overtaken, Refused } from '../../../act/act.ts';
import { Declined } from '../../../act/declined.ts';
import { lastAuthor } from '../../../api/authors.ts';
import type { Incident } from '../../../api/incident.gen.ts';
import type { Log } from '../../../log.ts';
import { KubeError, KubeUnreachable, type Cause } from '../../../runtime/kube-errors.ts';
import { slackText } from '../text.ts';
import { cut } from '../../../text.ts';
import type { LiveStore } from '../../../act/store.ts';
import { TooLate } from './within.ts';

/** Why something was not done, for the person who asked; nothing of it is escaped yet. */
export interface Refusal {
  readonly words: string;
  /** By field of the CRD, where it is known. */
  readonly causes: readonly Cause[];
}

/** What a refusal is put into words with. */
export interface Asked {
  readonly log: Pick<Log, 'error'>;
  readonly cluster: Pick<LiveStore, 'updates'>;
}

/** Nothing is known of a write that was not answered; its name makes the second press safe. */
export const notSaved =
  'Not saved, press again: the Kubernetes API server did not answer in time. Nothing is done twice.';

/** In words a person can act on. What is none of the known failures is a bug: logged whole, told without details. */
export function refusalOf(error: unknown, { log, cluster }: Asked): Refusal {
  if (error instanceof Declined) return { words: error.message, causes: field(error.field, error.message) };
  if (error instanceof Overtaken) return overtaken(error, cluster);
  if (error instanceof DoneAlready) return { words: error.message, causes: [] };
  if (error instanceof Refused) return of(error.causes, error.message);
  if (error instanceof TooLate || error instanceof KubeUnreachable) return { words: notSaved, causes: [] };
  if (error instanceof KubeError) return refused(error, log);
  log.error('slack.bug', { error });
  return { words: 'Not saved, press again: AllClear met an error of its own; its log says which.', causes: [] };
}

/** The API server may answer again in a moment, so the delivery is worth repeating. */
export const passing = (error: unknown): boolean =>
  error instanceof TooLate ||
  error instanceof KubeUnreachable ||
  (error instanceof KubeError && (error.status >= 500 || error.status === 429));

function refused(error: KubeError, log: Pick<Log, 'error'>): Refusal {
  if (passing(error)) return { words: notSaved, causes: [] };
  if (error.status === 404) return { words: 'This incident is not there any more; nothing was done.', causes: [] };
  if (error.status === 422) return of(error.causes, error.message);
  log.error('slack.refused', { error });
  if (error.status === 403)
    return {
      words: `The API server does not let AllClear itself do this: ${error.message} Show this to whoever runs AllClear.`,
      causes: [],
    };
  return { words: `The API server refused it: ${error.message}`, causes: [] };
}

function overtaken({ field: path, now }: Overtaken, cluster: Asked['cluster']): Refusal {
  const by = lastAuthor(now, path, cluster.updates(now)) ?? 'somebody';
  const id = now.status?.id ?? now.metadata.name;
  if (path === 'metadata.uid') return { words: `${id} is another incident by now; nothing was done.`, causes: [] };
  const words = `Nothing was changed: meanwhile ${by} set ${nounOf(path)} to ${valueAt(now, path)}. Look at ${id} as it is now, then decide again.`;
  return { words, causes: field(path, words) };
}

const nouns: Readonly<Record<string, string>> = {
  'spec.state': 'the state',
  'spec.severity': 'the severity',
  'spec.escalation.level': 'the escalation level',
  'spec.resolution': 'the resolution',
  'spec.resolution.summary': 'what ended it',
  'spec.resolution.rootCause': 'the root cause',
  'spec.roles': 'the roles',
  'spec.change.reason': 'the reason',
  'spec.title': 'the summary',
  'spec.description': 'the description',
};

const nounOf = (path: string): string =>
  nouns[path] ?? path.replace(/^spec\.roles\./, 'the role ').replace(/^spec\./, '');

function valueAt(incident: Incident, path: string): string {
  let value: unknown = incident;
  for (const part of path.split('.')) value = isFields(value) ? value[part] : undefined;
  if (value === undefined) return 'nothing';
  return typeof value === 'string' || typeof value === 'number' ? `“${cut(String(value), 200)}”` : 'something else';
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';

const field = (path: string | undefined, message: string): Cause[] =>
  path === undefined ? [] : [{ field: path, message }];

const of = (causes: readonly Cause[], message: string): Refusal => ({
  words: causes.length > 0 ? [...new Set(causes.map(sentence))].join(' ') : message,
  causes,
});

/** A rule's message begins in lower case, since kubectl puts the field before it; the schema's begin with the value. */
function sentence({ field: path, message }: Cause): string {
  const said = inWords(path, message.replace(/^Invalid value: (?:"(?:[^"\\]|\\.)*"|object|\S+): /, ''));
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? '' : '.'}`;
}

/** The schema's words for a size name no field, and speak of bytes where they count characters. */
function inWords(path: string, said: string): string {
  if (path === '' || !said.startsWith('Too ')) return said;
  const bound = /^Too long: may not be more than (\d+) (?:bytes|characters)$/.exec(said)?.[1];
  return bound === undefined
    ? `${nounOf(path)}: ${said}`
    : `${nounOf(path)} has at most ${bound} characters: shorten it`;
}

/**
 * `errors` of a submission: each cause at the input that is its field, or part of it; all else at the first, since Slack
 * shows "trouble connecting" for a key that it does not know.
 */
export function fieldErrors({ words, causes }: Refusal, shown: readonly string[]): Record<string, string> {
  const [first = 'spec'] = shown;
  const said = causes.length > 0 ? causes : [{ field: '', message: words }];
  const errors: Record<string, string> = {};
  for (const cause of said) {
    const at =
      shown.find((id) => id === cause.field) ??
      shown.find((id) => cause.field.startsWith(`${id}.`) || cause.field.startsWith(`${id}[`)) ??
      shown.find((id) => cause.field !== '' && id.startsWith(`${cause.field}.`)) ??
      first;
    const before = errors[at];
    const message = sentence(cause);
    errors[at] = before === undefined ? message : before.includes(message) ? before : `${before} ${message}`;
  }
  // Undocumented; longer ones are cut by Slack in mid-word.
  return Object.fromEntries(Object.entries(errors).map(([id, message]) => [id, cut(message, 1_000)]));
}

/** For a message. */
export const shownWords = ({ words }: Refusal): string => slackText(words, 2_000);

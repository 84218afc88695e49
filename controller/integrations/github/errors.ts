import type { Clock, Duration } from '../../runtime/clock.ts';
import { minutes, seconds } from '../../runtime/clock.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
import { networkFailure } from '../kit/refusals.ts';
import { retryAfter, sentAt, waitOf } from '../kit/retry-after.ts';
import { isRecord } from './shapes.ts';

/** An answer of 4xx or 3xx that the caller may know more about than its status says. */
export class Answered extends Error {
  override readonly name = 'Answered';
  readonly status: number;
  /** GitHub's `errors`: what is wrong with which field. */
  readonly fields: readonly { readonly field?: unknown; readonly code?: unknown }[];

  constructor(status: number, message: string, fields: Answered['fields']) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

/**
 * What a failed request says of its effect: Rejected (it surely did not happen), Answered (a refusal that depends
 * on what was asked; `refused` turns it into Rejected), else a plain Error: it may have happened.
 * `left`: whether the request itself was ever sent; what fails before that is signing in.
 * Never carries the request, which has the token.
 */
export function classify(error: unknown, clock: Clock, left: boolean): Error {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof Rejected) return cause;
  const network = networkFailure(error);
  if (network?.what === 'unsent')
    return new Rejected('Unreachable', `GitHub cannot be reached: ${phrase(network.cause)}`);
  if (network)
    return new Rejected(
      'CertificateRefused',
      `GitHub's certificate is not trusted: ${phrase(network.cause)}`,
      terminal,
    );
  const { status, response } = fieldsOf(error);
  if (!left && typeof status !== 'number') {
    return new Rejected('InvalidToken', `the credentials cannot be used: ${phrase(error)}`, terminal);
  }
  if (!isRecord(response) || typeof status !== 'number') {
    if (!left) return new Rejected('Unreachable', `signing in to GitHub failed: ${phrase(error)}`);
    return new Error(`no answer from GitHub: ${phrase(error)}`);
  }
  return answered(status, fieldsOf(response['headers']), response['data'], { clock, left, error });
}

/** The status and the headers decide; GitHub's own words, where the body holds any, come second. */
function answered(
  status: number,
  headers: Headers,
  body: unknown,
  { clock, left, error }: { clock: Clock; left: boolean; error: unknown },
): Error {
  const words = fieldsOf(body);
  const said = typeof words['message'] === 'string' ? words['message'] : undefined;
  const asked = retryAfter(text(headers['retry-after']), clock.now(), text(headers['date']));
  if (status < 400 || status >= 500 || status === 408) {
    if (!left) return new Rejected('Unreachable', `GitHub answered ${status} to signing in`, { retryAfter: asked });
    return new Error(`GitHub answered ${status}`);
  }
  const limited = [403, 422].includes(status) && (asked !== undefined || isLimit(words));
  if (status === 429 || limited || (status === 403 && headers['x-ratelimit-remaining'] === '0'))
    return rateLimited(asked ?? resetIn(headers, clock));
  const message =
    said === undefined
      ? `HTTP status ${status}, without a word of GitHub's`
      : phrase(error).replace(/ - https?:\S+$/, '');
  if (status === 401) return new Rejected('InvalidToken', `GitHub refused the credentials: ${message}`, terminal);
  if (!left && said === undefined)
    return new Rejected('HttpRefused', `signing in to GitHub failed: ${message}`, { retryAfter: asked });
  if (!left) return new Rejected('InvalidToken', `GitHub refused the installation: ${message}`, terminal);
  // Whoever stands between may let the next one pass: a person need not mend anything yet.
  if (said === undefined && status !== 404 && status !== 410)
    return new Rejected('HttpRefused', `${message}: a proxy may have refused it`, { retryAfter: asked });
  return new Answered(status, message, listOf(words['errors']).filter(isRecord));
}

/**
 * GitHub has no code for its secondary limits: a page of its documentation, or these words.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function isLimit({ message, documentation_url: page, errors }: Readonly<Record<string, unknown>>): boolean {
  if (typeof page === 'string' && page.includes('rate-limit')) return true;
  const words = [message, ...listOf(errors).map((one) => (isRecord(one) ? one['message'] : one))];
  return words.some((one) => typeof one === 'string' && limitWords.test(one));
}

const limitWords = /submitted too quickly|rate limit exceeded|exceeded a secondary rate limit|abuse detection/i;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

type Headers = Readonly<Record<string, unknown>>;

const terminal = { terminal: true } as const;
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

// Without a word from GitHub, its documentation asks for at least one minute.
const rateLimited = (wait: Duration | undefined): Rejected =>
  new Rejected('RateLimited', 'GitHub asked to wait before the next request', { retryAfter: wait ?? minutes(1) });

/** When a limit that is used up is full again; undefined if the answer does not say so. */
function resetIn(headers: Headers, clock: Clock): Duration | undefined {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  if (headers['x-ratelimit-remaining'] !== '0' || !Number.isFinite(reset)) return undefined;
  // GitHub's own clock, where its answer has it.
  return waitOf(seconds(reset) - sentAt(text(headers['date']), clock.now()));
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A refusal of something addressed to the repository as a whole, as a reason. */
export function refused(error: unknown, repository: string): unknown {
  if (!(error instanceof Answered)) return error;
  const { status, message } = error;
  if (status === 404) {
    return new Rejected(
      'RepositoryNotFound',
      `${repository} does not exist, or the credentials cannot see it`,
      terminal,
    );
  }
  if (status < 400) return new Rejected('RepositoryMoved', `${repository} has moved: name its new place`, terminal);
  if (status === 403 || status === 451) return new Rejected('Forbidden', `GitHub refused: ${message}`, terminal);
  if (status === 410) return new Rejected('IssuesDisabled', `issues are switched off in ${repository}`, terminal);
  if (status === 422) return new Rejected('ValidationFailed', `GitHub refused: ${message}`, terminal);
  // A conflict is with what somebody else does at this moment.
  return new Rejected('Refused', `GitHub answered ${status}: ${message}`, { terminal: status !== 409 });
}

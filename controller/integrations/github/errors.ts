import type { Clock, Duration } from '../../runtime/clock.ts';
import { minutes, seconds } from '../../runtime/clock.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
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

/** Failures before a byte of the request left: the connection was never made. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const certificate = /^(ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/**
 * What a failed request says of its effect: Rejected (it surely did not happen), Answered (a refusal that depends
 * on what was asked; `refused` turns it into Rejected), else a plain Error: it may have happened.
 * `left`: whether the request itself was ever sent; what fails before that is signing in.
 * Never carries the request, which has the token.
 */
export function classify(error: unknown, clock: Clock, left: boolean): Error {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Rejected) return cause;
    const { code, syscall } = fieldsOf(cause);
    if (typeof code !== 'string') continue;
    if (neverConnected.has(code) || syscall === 'connect' || syscall === 'getaddrinfo') {
      return new Rejected('Unreachable', `GitHub cannot be reached: ${phrase(cause)}`);
    }
    if (certificate.test(code)) {
      return new Rejected('CertificateRefused', `GitHub's certificate is not trusted: ${phrase(cause)}`);
    }
  }
  const { status, response } = fieldsOf(error);
  if (!left && typeof status !== 'number') {
    return new Rejected('InvalidToken', `the credentials cannot be used: ${phrase(error)}`, terminal);
  }
  if (!isRecord(response) || typeof status !== 'number') {
    if (!left) return new Rejected('Unreachable', `signing in to GitHub failed: ${phrase(error)}`);
    return new Error(`no answer from GitHub: ${phrase(error)}`);
  }
  const wait = retryAfter(fieldsOf(response['headers']), clock);
  if (status === 429) return rateLimited(wait);
  const body = response['data'];
  if (status < 400 || status >= 500 || status === 408 || !isRecord(body)) {
    if (!left) return new Rejected('Unreachable', `GitHub answered ${status} to signing in`);
    return new Error(`GitHub answered ${status}`);
  }
  const { documentation_url: page, errors } = body;
  const limited = wait !== undefined || (typeof page === 'string' && page.includes('rate-limit'));
  if (status === 403 && limited) return rateLimited(wait);
  const message = phrase(error).replace(/ - https?:\S+$/, '');
  if (status === 401) return new Rejected('InvalidToken', `GitHub refused the credentials: ${message}`, terminal);
  if (!left) return new Rejected('InvalidToken', `GitHub refused the installation: ${message}`, terminal);
  return new Answered(status, message, Array.isArray(errors) ? errors.filter(isRecord) : []);
}

const terminal = { terminal: true } as const;
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

// Without a word from GitHub, its documentation asks for at least one minute.
const rateLimited = (wait: Duration | undefined): Rejected =>
  new Rejected('RateLimited', 'GitHub asked to wait before the next request', { retryAfter: wait ?? minutes(1) });

/** `Retry-After`, or the reset of a limit that is used up; undefined if the answer says neither. */
function retryAfter(headers: Readonly<Record<string, unknown>>, clock: Clock): Duration | undefined {
  const after = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(after)) return seconds(Math.max(1, after));
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  if (headers['x-ratelimit-remaining'] !== '0' || !Number.isFinite(reset)) return undefined;
  // GitHub's own clock, where its answer has it.
  const { date } = headers;
  const now = (typeof date === 'string' && Date.parse(date)) || clock.now();
  return Math.max(seconds(1), seconds(reset) - now);
}

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
  return new Rejected('Refused', `GitHub answered ${status}: ${message}`);
}

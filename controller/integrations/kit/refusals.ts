import type { ReasonName } from '../../runtime/reasons.ts';

/** A refusal in words, for all of a vendor's codes that mean it. */
export interface Refusal {
  readonly reason: ReasonName;
  /** What it means and what to do. */
  readonly help: string;
  /** Time alone may help. Absent: a person must act. */
  readonly transient?: true;
  readonly codes: readonly string[];
}

export const byCode = (refusals: readonly Refusal[]): ReadonlyMap<string, Refusal> =>
  new Map(refusals.flatMap((refusal) => refusal.codes.map((code) => [code, refusal])));

/** Why a request never reached the vendor, which is sure. */
export interface NetworkFailure {
  /** unsent: nobody was there to take it. untrusted: its certificate is not, which only a person can mend. */
  readonly what: 'unsent' | 'untrusted';
  /** The system's; several where several addresses were tried. */
  readonly codes: readonly string[];
  /** The failure behind what the client threw. */
  readonly cause: Error;
}

/** The proxy refused the tunnel. undici has a code for it that others have, too. */
const proxyRefused = 'PROXY_REFUSED';
const unsent = new Set([proxyRefused, 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const certificate = /^(ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** undefined: the request may have arrived. */
export function networkFailure(error: unknown): NetworkFailure | undefined {
  const ends = endsOf(error);
  const [cause] = ends;
  if (!cause) return undefined;
  const codes = ends.map(codeOf);
  if (ends.every(neverLeft)) return { what: 'unsent', codes, cause };
  if (codes.every((code) => certificate.test(code))) return { what: 'untrusted', codes, cause };
  return undefined;
}

/** The ends of a chain of causes; several where several addresses were tried. */
function endsOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(endsOf);
  return error.cause instanceof Error ? endsOf(error.cause) : [error];
}

function codeOf(error: Error): string {
  if (/^Proxy (?:response \(|Authentication Required)/.test(error.message)) return proxyRefused;
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function neverLeft(error: Error): boolean {
  const syscall = 'syscall' in error ? error.syscall : undefined;
  return unsent.has(codeOf(error)) || syscall === 'connect' || syscall === 'getaddrinfo';
}

import type { Duration } from './clock.ts';
import { seconds } from './clock.ts';

/** One field that the API server refused, and why. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

/** The API server's answer was no. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** The HTTP status: 404, 409, 410, 422. */
  readonly status: number;
  /** Kubernetes' word for it: `NotFound`, `Conflict`, `AlreadyExists`, `Invalid`, `Expired`; empty where there was none. */
  readonly reason: string;
  readonly causes: readonly Cause[];
  /** The server's own word on when to come back, in milliseconds. */
  readonly retryAfter: Duration | undefined;

  constructor(status: number, reason: string, message: string, causes: readonly Cause[] = [], retryAfter?: Duration) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.causes = causes;
    this.retryAfter = retryAfter;
  }

  /** A write that ended so may have been stored all the same: etcd or a proxy gave up waiting for it. */
  get ambiguous(): boolean {
    return this.status >= 500;
  }

  /** The same write will be refused again: it breaks a rule, is too large or not allowed. */
  get terminal(): boolean {
    // etcd's own limit comes as 500, and nothing but its words tells it from an etcd in trouble.
    return [400, 403, 413, 422].includes(this.status) || /etcdserver: request is too large/.test(this.message);
  }
}

/** No answer, or one cut short. Unless `neverSent`, a write may have been stored. */
export class KubeUnreachable extends Error {
  override readonly name = 'KubeUnreachable';
  /** `ECONNREFUSED`, `ECONNRESET`; `TIMEOUT`, `CUT`, `CREDENTIALS`, `ABORTED` are ours. */
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** Nothing listens there. */
  get refused(): boolean {
    return this.code === 'ECONNREFUSED';
  }

  /** No connection came about, so nothing was asked of the server. */
  get neverSent(): boolean {
    return unconnected.has(this.code);
  }
}

const unconnected: ReadonlySet<string> = new Set([
  'CREDENTIALS',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** metav1.Status, as far as it is used. */
interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly causes?: readonly { readonly field?: string; readonly message?: string }[];
    readonly retryAfterSeconds?: number;
  };
}

/** Reads a refusal: a metav1.Status, or whatever a proxy put in its place. */
export function kubeError(httpStatus: number, body: string, retryAfter?: string): KubeError {
  const status = parseStatus(body);
  if (!status) {
    const text = body.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
    return new KubeError(httpStatus, '', text || `HTTP ${httpStatus}`, [], secondsOf(retryAfter));
  }
  return statusError(status, httpStatus, secondsOf(retryAfter));
}

/** The `object` of a watch event of type ERROR. */
export const watchError = (status: unknown): KubeError => statusError(isStatus(status) ? status : {}, 500);

function statusError(status: Status, httpStatus: number, retryAfter?: Duration): KubeError {
  const { details } = status;
  return new KubeError(
    status.code ?? httpStatus,
    status.reason ?? '',
    status.message ?? `HTTP ${httpStatus}`,
    (details?.causes ?? []).map(({ field = '', message = '' }) => ({ field, message })),
    retryAfter ?? (details?.retryAfterSeconds === undefined ? undefined : seconds(details.retryAfterSeconds)),
  );
}

function parseStatus(body: string): Status | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isStatus(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isStatus = (value: unknown): value is Status =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';

function secondsOf(header: string | undefined): Duration | undefined {
  const value = Number(header);
  return header && Number.isFinite(value) && value >= 0 ? seconds(value) : undefined;
}

/** What went wrong below HTTP, as one class. */
export function unreachable(error: unknown): KubeUnreachable {
  if (error instanceof KubeUnreachable) return error;
  const code = codeOf(error);
  const message = error instanceof Error && error.message ? error.message : code;
  return new KubeUnreachable(code, `no answer from the API server: ${message}`, { cause: error });
}

function codeOf(error: unknown): string {
  // A name with two addresses fails as an AggregateError that has the code, or only its parts have it.
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return 'UNKNOWN';
}

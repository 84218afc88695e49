import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock, Duration, Instant } from '../../runtime/clock.ts';

/** What a signed request says of itself. */
export interface Signed {
  /** HMAC-SHA256, 64 hexadecimal digits. */
  readonly mac: string;
  /** When it was signed, by the sender's clock. */
  readonly at: Instant;
  /** What was signed, in pieces: the body as it came, perhaps with more before it. */
  readonly content: readonly (string | Uint8Array)[];
}

export type SignatureCheck = 'genuine' | 'stale' | 'forged' | 'replayed';

export interface Signatures {
  /** The time alone, before a body is read. */
  isStale(at: Instant): boolean;
  /** Compares in constant time; a genuine request is genuine once. */
  check(signed: Signed): SignatureCheck;
  /** The request was not answered as done: its sender may send it once more. */
  forget(mac: string): void;
}

/**
 * Judges the signed requests of one sender.
 * @param secrets any of them may have signed, so that one can be exchanged without a gap
 * @param tolerance what was signed so much earlier or later is stale
 */
export function signatures(secrets: readonly string[], clock: Clock, tolerance: Duration): Signatures {
  // A key of nothing would be everybody's.
  const keys = secrets.filter((secret) => secret !== '');
  const seen = new Map<string, Instant>();
  const isStale = (at: Instant): boolean => Math.abs(clock.now() - at) > tolerance;
  return {
    isStale,
    check({ mac, at, content }) {
      if (isStale(at)) return 'stale';
      const given = Buffer.from(mac, 'hex');
      if (!keys.some((secret) => isEqual(macOf(secret, content), given))) return 'forged';
      // Insertion is in order of time, so the old ones stand first.
      for (const [old, until] of seen) {
        if (until > clock.now()) break;
        seen.delete(old);
      }
      // As bytes: the same in other letters is the same.
      const key = given.toString('hex');
      if (seen.has(key)) return 'replayed';
      seen.set(key, clock.now() + 2 * tolerance);
      return 'genuine';
    },
    forget: (mac) => void seen.delete(mac.toLowerCase()),
  };
}

function macOf(secret: string, content: Signed['content']): Buffer {
  const hmac = createHmac('sha256', secret);
  for (const piece of content) hmac.update(piece);
  return hmac.digest();
}

const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** The body as it came, to be judged before it is parsed; undefined when it is over `largest` bytes. Throws when it does not come within `timeout`. */
export function rawBody(
  request: IncomingMessage,
  clock: Clock,
  { largest, timeout }: { readonly largest: number; readonly timeout: Duration },
): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > largest) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const cancel = clock.after(timeout, () => reject(new Error('the body did not come in time')));
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > largest) {
        cancel();
        request.pause();
        resolve(undefined);
      } else chunks.push(chunk);
    });
    request.once('end', () => {
      cancel();
      resolve(Buffer.concat(chunks));
    });
    request.once('error', (error) => {
      cancel();
      reject(error);
    });
  });
}

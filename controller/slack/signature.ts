import { createHmac, timingSafeEqual } from 'node:crypto';
import { minutes, type Clock, type Duration, type Instant } from '../runtime/clock.ts';

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: older or younger ones are replays. */
const tolerance: Duration = minutes(5);

export type Verdict = 'genuine' | 'unsigned' | 'stale' | 'forged' | 'replayed';

/** The headers alone: refuses before a body is read. `timestamp` is in whole seconds. */
export function freshness(signature: string, timestamp: string, now: Instant): 'unsigned' | 'stale' | undefined {
  if (!/^v0=[0-9a-f]{64}$/.test(signature) || !/^\d{1,12}$/.test(timestamp)) return 'unsigned';
  return Math.abs(now - Number(timestamp) * 1_000) > tolerance ? 'stale' : undefined;
}

export interface Verifier {
  /** HMAC over the raw body, compared in constant time; a genuine one is genuine once. */
  verify(signature: string, timestamp: string, body: Uint8Array): Verdict;
  /** The request was not answered as done: its sender may send it once more. */
  forget(signature: string): void;
}

export function verifier(secret: string, clock: Clock): Verifier {
  const seen = new Map<string, Instant>();
  return {
    verify(signature, timestamp, body) {
      const early = freshness(signature, timestamp, clock.now());
      if (early) return early;
      const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
      if (!timingSafeEqual(mac, Buffer.from(signature.slice(3), 'hex'))) return 'forged';
      // Insertion is in order of time, so the old ones stand first.
      for (const [old, until] of seen) {
        if (until > clock.now()) break;
        seen.delete(old);
      }
      if (seen.has(signature)) return 'replayed';
      seen.set(signature, clock.now() + 2 * tolerance);
      return 'genuine';
    },
    forget: (signature) => void seen.delete(signature),
  };
}

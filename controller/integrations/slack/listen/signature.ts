import { signatures, type SignatureCheck } from '../../kit/webhook.ts';
import { minutes, type Clock, type Duration } from '../../../runtime/clock.ts';

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: older or younger ones are replays. */
const tolerance: Duration = minutes(5);

export interface Verifier {
  /** The headers alone: refuses before a body is read. `timestamp` is in whole seconds. */
  early(signature: string, timestamp: string): 'unsigned' | 'stale' | undefined;
  verify(signature: string, timestamp: string, body: Uint8Array): SignatureCheck | 'unsigned';
  /** The request was not answered as done: Slack may send it once more. */
  forget(signature: string): void;
}

/** Slack signs `v0:<timestamp>:<body>` and sends `v0=<HMAC>`. */
export function verifier(secret: string, clock: Clock): Verifier {
  const known = signatures([secret], clock, tolerance);
  const early: Verifier['early'] = (signature, timestamp) => {
    if (!/^v0=[0-9a-f]{64}$/.test(signature) || !/^\d{1,12}$/.test(timestamp)) return 'unsigned';
    return known.isStale(Number(timestamp) * 1_000) ? 'stale' : undefined;
  };
  return {
    early,
    verify(signature, timestamp, body) {
      const refused = early(signature, timestamp);
      if (refused) return refused;
      const content = [`v0:${timestamp}:`, body];
      return known.check({ mac: macIn(signature), at: Number(timestamp) * 1_000, content });
    },
    forget: (signature) => known.forget(macIn(signature)),
  };
}

const macIn = (signature: string): string => signature.slice('v0='.length);

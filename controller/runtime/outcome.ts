import type { Duration } from './clock.ts';
import type { AnyReason } from './reasons.ts';

/**
 * Known not to have happened outside. Everything a port throws that is not Rejected is ambiguous:
 * it may have happened, and the executor looks before it sends again.
 */
export class Rejected extends Error {
  override readonly name = 'Rejected';
  /** A condition's reason: `ChannelNameTaken`. */
  readonly reason: AnyReason;
  /** Only a change of spec or integration can help; time alone can't. */
  readonly terminal: boolean;
  /** The vendor's own word on when to come back, in milliseconds. */
  readonly retryAfter: Duration | undefined;

  constructor(
    reason: AnyReason,
    message: string,
    options: { terminal?: boolean; retryAfter?: Duration | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.terminal = options.terminal ?? false;
    this.retryAfter = options.retryAfter;
  }
}

/** The outside has no such thing to do: nothing was done, and only another version or configuration of it could. */
export class Unsupported extends Rejected {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('NotSupported', message, { ...options, terminal: true });
  }
}

/** A known object is not there any more. It follows the rule of doubt: only `settlingTime` later does it count. */
export class Gone extends Rejected {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('Gone', message, options);
  }
}

/** The phrase of an error for a condition or a log: one line, bounded, never the stack. */
export function phrase(error: unknown, most = 512): string {
  return clip(wordsOf(error).replaceAll(/\s+/g, ' '), most);
}

/** Anything can be thrown, and what tells of it must not throw itself. */
function wordsOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'an error without words';
  }
}

/**
 * At most `most` UTF-16 units, and no half of a character: the API server would store another one in its place, and what
 * is stored would never equal what was written.
 */
export const clip = (text: string, most: number): string =>
  text
    .slice(0, most)
    .replace(/[\uD800-\uDBFF]$/, '')
    .toWellFormed();

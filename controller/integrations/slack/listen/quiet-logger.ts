import { type Logger, LogLevel } from '@slack/web-api';
import type { Log } from '../../../log.ts';

const nothing = (): void => undefined;

/** For Slack's libraries: their debug lines hold whole frames with tokens and people's words, so only trouble passes. */
export function quietLogger(log: Pick<Log, 'warn'>, event: string): Logger {
  const line = (...parts: unknown[]): void => log.warn(event, { message: parts.map(String).join(' ').slice(0, 300) });
  return {
    debug: nothing,
    info: nothing,
    warn: line,
    error: line,
    setLevel: nothing,
    getLevel: () => LogLevel.WARN,
    setName: nothing,
  };
}

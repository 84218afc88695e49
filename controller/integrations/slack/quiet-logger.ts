import { type Logger, LogLevel } from '@slack/web-api';

const nothing = (): void => undefined;

/** For Slack's libraries: their debug lines hold whole frames with tokens and people's words, so only trouble passes, cut. */
export function quietLogger(write: (fields: { readonly message: string }) => void): Logger {
  const line = (...parts: unknown[]): void => write({ message: parts.map(String).join(' ').slice(0, 300) });
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

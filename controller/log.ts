import { pino } from 'pino';

export type Fields = Readonly<Record<string, unknown>>;

/** One line of JSON an event: `event` names what happened, the rest are its facts. Never a secret, never a whole object. */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

/** To standard output. */
export function createLog(level: string): Log {
  const logger = pino({
    level,
    base: null,
    messageKey: 'event',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    // An HTTP client's error may hold the request with its credentials: only what people need goes out.
    serializers: { error: describeError },
  });
  const line =
    (at: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: Fields = {}) =>
      logger[at](fields, event);
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    stack: stack?.split('\n').slice(1, 8).join('\n'),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

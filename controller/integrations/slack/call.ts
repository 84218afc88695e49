import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { minutes, seconds, type Clock, type Duration } from '../../runtime/clock.ts';
import type { Call } from '../../runtime/effect.ts';
import { Rejected, Unsupported } from '../../runtime/outcome.ts';
import type { VendorContext } from '../kit/vendor.ts';
import { classify, unknownMethod, waitIn } from './errors.ts';
import { type Json, object, text } from './parse.ts';
import { type Scheduler, scheduler } from './scheduler.ts';
import { quietLogger } from './quiet-logger.ts';
import { transport } from './transport.ts';

/** What a read is told. */
export type Reader = Pick<Call, 'priority' | 'signal'>;
/** What a write is told. */
export type Writer = Reader & Pick<Call, 'go'>;

/** Who the token is. */
export interface Self {
  readonly userId: string;
  readonly botId: string;
  readonly userName: string;
  readonly teamId: string;
  readonly teamName: string;
  /** The workspace's address, with a slash at its end; '' when Slack does not tell one. */
  readonly url: string;
  /** Installed for a whole organisation instead of one workspace. */
  readonly orgWide: boolean;
}

/** Slack's Web API within its budgets, with outcomes told apart. */
export interface Api {
  /** Reads change nothing, so every failure is Rejected. `leaving` is called when the request leaves. */
  read(method: string, args: Json, reader: Reader, leaving?: () => void): Promise<Json>;
  /** Rejected: known not to have happened. Anything else: it may have. */
  write(method: string, args: Json, writer: Writer): Promise<Json>;
  /** auth.test, once for this connection. */
  self(reader: Reader): Promise<Self>;
  /** auth.test, now. */
  whoAmI(reader: Reader): Promise<Self>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** A look that finds nothing proves nothing until then: a call may take its whole timeout to arrive, and reads lag. */
  readonly settlingTime: Duration;
  /** Methods of `ApiOptions.optional` that the server turned out not to have. They are not sent meanwhile. */
  readonly absent: Pick<ReadonlySet<string>, 'has'>;
  close(): void;
}

/** slack.com answers within 3 s as a rule; what takes longer is not coming. */
const usualTimeout: Duration = seconds(8);
/** How long a method counts as absent after a 404 or 405: a rule of a proxy may have said it, and be mended by then. */
const perhapsAbsent: Duration = minutes(60);
/** Two reads 3 s apart were needed to be sure. */
const usualReadLag: Duration = seconds(4);

export interface ApiOptions {
  readonly apiUrl: string;
  readonly botToken: string;
  /** Methods that a server may lack: see `Api.absent`. */
  readonly optional?: ReadonlySet<string>;
}

export function connectApi({ apiUrl, botToken, optional }: ApiOptions, context: VendorContext): Api {
  const { rateFactor = 1, callTimeout = usualTimeout, readLag = usualReadLag } = context.tuning ?? {};
  const out = transport();
  const limits = scheduler(context.clock, rateFactor);
  const client = new WebClient(botToken, {
    slackApiUrl: apiUrl,
    // The executor owns time: a lost answer must not be sent again by anyone else.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    // The scheduler is the queue; a second one would part go() from the send.
    maxRequestConcurrency: Infinity,
    timeout: callTimeout,
    fetch: out.fetch,
    logger: quietLogger((fields) => context.log('slack.client', fields)),
  });
  let known: Promise<Self> | undefined;
  /** Monotonic, by method. */
  const absentUntil = new Map<string, Duration>();
  const absent = { has: (method: string) => (absentUntil.get(method) ?? 0) > context.clock.monotonic() };

  async function send(method: string, args: Json, reader: Reader, go: () => void): Promise<Json> {
    const channel = text(args['channel']) || text(args['channel_id']) || undefined;
    const want = { method, channel, ...reader };
    refuseAbsent(method);
    await limits.take(want);
    // It may have been found out by another call meanwhile.
    refuseAbsent(method);
    go();
    try {
      return object(await orAborted(client.apiCall(method, { ...args }), reader.signal));
    } catch (error) {
      const missing = optional?.has(method) ? await absence(error, reader) : 0;
      if (missing > 0) {
        absentUntil.set(method, context.clock.monotonic() + missing);
        context.log('slack.method-absent', { method });
        refuseAbsent(method, error);
      }
      const outcome = classify(error, method);
      const limited = outcome instanceof Rejected && outcome.reason === 'RateLimited';
      const wait = waitIn(error) ?? (limited ? defaultPause : undefined);
      if (wait !== undefined) limits.pause(want, wait);
      throw outcome;
    }
  }

  function refuseAbsent(method: string, cause?: unknown): void {
    if (absent.has(method)) throw new Unsupported(`the server has no method ${method}`, { cause });
  }

  /**
   * How long the method counts as absent after this error; 0: it does not. A gateway whose server is away may say 404 to
   * everything: that counts only from one that knows who we are.
   */
  async function absence(error: unknown, reader: Reader): Promise<Duration> {
    const unknown = unknownMethod(error);
    if (unknown !== 'perhaps') return unknown === 'surely' ? Infinity : 0;
    return whoAmI(reader).then(
      () => perhapsAbsent,
      () => 0,
    );
  }

  async function read(method: string, args: Json, reader: Reader, leaving = (): void => undefined): Promise<Json> {
    try {
      return await send(method, args, reader, leaving);
    } catch (error) {
      if (error instanceof Rejected) throw error;
      throw new Rejected('SlackUnreachable', error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  async function whoAmI(reader: Reader): Promise<Self> {
    const body = await read('auth.test', {}, reader);
    return {
      userId: text(body['user_id']),
      botId: text(body['bot_id']),
      userName: text(body['user']),
      teamId: text(body['team_id']),
      teamName: text(body['team']),
      url: addressOf(text(body['url'])),
      orgWide: body['is_enterprise_install'] === true,
    };
  }

  return {
    settlingTime: callTimeout + readLag,
    absent,
    read,
    write: (method, args, writer) => send(method, args, writer, () => writer.go()),
    whoAmI,
    async self(reader) {
      known ??= whoAmI(reader);
      try {
        return await known;
      } catch (error) {
        known = undefined;
        throw error;
      }
    },
    clock: context.clock,
    scheduler: limits,
    close: () => out.close(),
  };
}

function addressOf(said: string): string {
  const url = URL.parse(said);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? new URL('/', url).href : '';
}

/** Milliseconds, for a refusal in the body (`ratelimited` with status 200), which tells no time. */
const defaultPause = 30_000;

/** Ends the waiting, not the call: what was sent may still come to pass. */
async function orAborted<T>(sent: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new Error('stopped while waiting for an answer'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([sent, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The body of a refusal, for its details. */
export function bodyOf(error: unknown): Json {
  return error instanceof Rejected && error.cause instanceof WebAPIPlatformError ? object(error.cause.data) : {};
}

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Ajv, type ErrorObject } from 'ajv';
import { parse } from 'yaml';
import type { ClientTuning } from './integrations/kit/vendor.ts';
import { seconds, type Duration } from './runtime/clock.ts';

/** Everything the process is told at its start. Read once, validated, frozen. */
export interface Config {
  /** Release namespace: the Lease, the counter of numbers, shared Integrations. */
  readonly namespace: string;
  /** Namespaces whose incidents are served. Default: the release namespace alone. */
  readonly namespaces: readonly string[];
  /** This install's name in markers outside; two installs never take each other's things for their own. */
  readonly install: string;
  /** Names this process in the Lease. */
  readonly identity: string;
  /** Loopback or pod address for livez, readyz and metrics. Port 0: any free one. */
  readonly http: { readonly host: string; readonly port: number };
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly lease: { readonly duration: Duration; readonly renewDeadline: Duration; readonly retryPeriod: Duration };
  /** How often an open pull request is looked at. */
  readonly reviewInterval: Duration;
  /** How often what stands outside for an open incident is looked at for what people did to it; longer with many of them. */
  readonly driftInterval: Duration;
  /** How vendors are treated; what is not stated is as each vendor is known to be. */
  readonly tuning: ClientTuning;
  /** What people type in a chat: `/incident`. Names collide between apps, so it is the administrator's choice (`slackCommand`). */
  readonly command: string;
  /** Reconciles at once, of each kind. */
  readonly workers: number;
  /** Silence on a watch of the API server after which it counts as dead, bookmarks included. */
  readonly watchIdle: Duration;
}

/** What the file may say; the environment's word wins. */
const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    namespace: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' },
    namespaces: {
      type: 'array',
      items: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' },
      maxItems: 100,
      uniqueItems: true,
    },
    install: { type: 'string', pattern: '^[a-z0-9-]{1,63}$' },
    identity: { type: 'string', minLength: 1, maxLength: 128 },
    httpHost: { type: 'string', minLength: 1 },
    httpPort: { type: 'integer', minimum: 0, maximum: 65_535 },
    logLevel: { enum: ['debug', 'info', 'warn', 'error'] },
    leaseDurationSeconds: { type: 'number', minimum: 1, maximum: 600 },
    reviewIntervalSeconds: { type: 'number', minimum: 0.2, maximum: 3_600 },
    driftIntervalSeconds: { type: 'number', minimum: 0.2, maximum: 86_400 },
    rateLimits: { enum: ['on', 'off'] },
    callTimeoutSeconds: { type: 'number', minimum: 0.1, maximum: 60 },
    readLagSeconds: { type: 'number', minimum: 0, maximum: 600 },
    slackCommand: { type: 'string', pattern: '^/[a-z0-9_-]{1,31}$' },
    workers: { type: 'integer', minimum: 1, maximum: 64 },
    watchIdleSeconds: { type: 'number', minimum: 1, maximum: 3_600 },
  },
} as const;

type File = Partial<{
  namespace: string;
  namespaces: string[];
  install: string;
  identity: string;
  httpHost: string;
  httpPort: number;
  logLevel: Config['logLevel'];
  leaseDurationSeconds: number;
  reviewIntervalSeconds: number;
  driftIntervalSeconds: number;
  rateLimits: 'on' | 'off';
  callTimeoutSeconds: number;
  readLagSeconds: number;
  slackCommand: string;
  workers: number;
  watchIdleSeconds: number;
}>;

/** One sentence a mistake, each naming where it was said. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the file that `ALLCLEAR_CONFIG` names, lays `ALLCLEAR_*` over it and fills in defaults. @throws ConfigError */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const mistakes: string[] = [];
  const file = fromFile(env['ALLCLEAR_CONFIG'], mistakes);
  const said = { ...file, ...fromEnvironment(env, mistakes) };
  const judge = new Ajv({ allErrors: true }).compile<File>(schema);
  const fits = judge(said);
  if (!fits || mistakes.length > 0)
    throw new ConfigError([...mistakes, ...(judge.errors ?? []).map(sentence)].join('\n'));
  const namespace = said.namespace ?? 'allclear-system';
  const lease = seconds(said.leaseDurationSeconds ?? 15);
  return Object.freeze({
    namespace,
    namespaces: said.namespaces ?? [namespace],
    install: said.install ?? namespace,
    identity: said.identity ?? hostname(),
    http: { host: said.httpHost ?? '127.0.0.1', port: said.httpPort ?? 8080 },
    logLevel: said.logLevel ?? 'info',
    // client-go's proportions: 15 s, 10 s, 2 s.
    lease: { duration: lease, renewDeadline: (lease * 2) / 3, retryPeriod: (lease * 2) / 15 },
    reviewInterval: seconds(said.reviewIntervalSeconds ?? 60),
    driftInterval: seconds(said.driftIntervalSeconds ?? 300),
    tuning: tuningOf(said),
    command: said.slackCommand ?? '/incident',
    workers: said.workers ?? 8,
    // Seen: the first bookmark after two minutes, then one a minute.
    watchIdle: seconds(said.watchIdleSeconds ?? 180),
  });
}

/** `rateLimits: off` is for servers without limits, such as emulators. */
function tuningOf({ rateLimits, callTimeoutSeconds, readLagSeconds }: File): ClientTuning {
  return {
    ...(rateLimits === 'off' ? { rateFactor: Infinity } : {}),
    ...(callTimeoutSeconds === undefined ? {} : { callTimeout: seconds(callTimeoutSeconds) }),
    ...(readLagSeconds === undefined ? {} : { readLag: seconds(readLagSeconds) }),
  };
}

function fromFile(path: string | undefined, mistakes: string[]): object {
  if (!path) return {};
  try {
    const value: unknown = parse(readFileSync(path, 'utf8')) ?? {};
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    mistakes.push(`${path}: it must hold a map of settings.`);
  } catch (error) {
    mistakes.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {};
}

/** `ALLCLEAR_REVIEW_INTERVAL_SECONDS` is `reviewIntervalSeconds`; lists are separated by commas. */
function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  mistakes: string[],
): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const [field, rule] of Object.entries(schema.properties)) {
    const name = `ALLCLEAR_${field.replaceAll(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;
    const text = env[name];
    if (text === undefined || text === '') continue;
    const type = 'type' in rule ? rule.type : 'string';
    if (type === 'array') said[field] = text.split(',').map((part) => part.trim());
    else if (type === 'string') said[field] = text;
    else if (Number.isNaN(Number(text))) mistakes.push(`${name}: "${text}" is no number.`);
    else said[field] = Number(text);
  }
  return said;
}

const namespaceName =
  'this is no name of a namespace. Write lowercase letters, digits and -, at most 63, with a letter or digit first and last.';

/** What a setting that is held by a regular expression may be. */
const shapes: Readonly<Record<string, string>> = {
  namespace: namespaceName,
  namespaces: namespaceName,
  install: 'this is no name of an install. Write lowercase letters, digits and -, at most 63.',
  slackCommand: 'this is no command of Slack. Write / and then lowercase letters, digits, - and _, at most 31.',
};

function sentence({ instancePath, keyword, message, params }: ErrorObject): string {
  const shape = keyword === 'pattern' ? shapes[instancePath.split('/')[1] ?? ''] : undefined;
  if (shape !== undefined) return `${instancePath.slice(1)}: ${shape}`;
  const { additionalProperty, allowedValues } = params;
  if (typeof additionalProperty === 'string')
    return `${additionalProperty}: there is no such setting; known are ${Object.keys(schema.properties).join(', ')}.`;
  const allowed = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : '';
  return `${instancePath.slice(1) || 'configuration'}: ${message ?? 'is wrong'}${allowed}.`;
}

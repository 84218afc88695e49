import { type Json, object, objects, text } from './json.ts';

export interface CommandConfig {
  /** With its slash. */
  readonly command: string;
  readonly description: string;
  readonly usage: string;
  /** `should_escape`: mentions arrive with ids. */
  readonly mentions: boolean;
}

export interface ShortcutConfig {
  readonly callbackId: string;
  readonly name: string;
  readonly type: 'global' | 'message';
}

/** What an app manifest says that matters to people: https://docs.slack.dev/reference/app-manifest */
export interface AppConfig {
  readonly name: string;
  readonly commands: readonly CommandConfig[];
  readonly shortcuts: readonly ShortcutConfig[];
  /** Bot events that are delivered; undefined: all. */
  readonly events: ReadonlySet<string> | undefined;
  /** Bot scopes; undefined: nothing is refused for want of one. */
  readonly scopes: readonly string[] | undefined;
}

/** An app without a manifest: any command is its, and it gets all events. */
export const anyApp: AppConfig = {
  name: 'AllClear',
  commands: [],
  shortcuts: [],
  events: undefined,
  scopes: undefined,
};

/** Reads a manifest, as `apps.manifest.create` would. */
export function appConfig(manifest: Json): AppConfig {
  const features = object(manifest['features']);
  const settings = object(manifest['settings']);
  const scopes = object(object(manifest['oauth_config'])['scopes']);
  return {
    name: text(object(manifest['display_information'])['name']) || anyApp.name,
    commands: objects(features['slash_commands']).map((one) => ({
      command: text(one['command']),
      description: text(one['description']),
      usage: text(one['usage_hint']),
      mentions: one['should_escape'] === true,
    })),
    shortcuts: objects(features['shortcuts']).map((one) => ({
      callbackId: text(one['callback_id']),
      name: text(one['name']),
      type: one['type'] === 'message' ? 'message' : 'global',
    })),
    events: new Set(list(object(settings['event_subscriptions'])['bot_events'])),
    scopes: [...list(scopes['bot']), ...list(scopes['bot_optional'])],
  };
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);

import type { AppsManifestCreateArguments } from '@slack/web-api';

/** What a Slack app needs to be, for what is configured. */
export interface Needs {
  /** As Integration.spec.provider.slack.mode: over sockets that we open, or by signed requests. */
  readonly mode: 'Socket' | 'Http';
  /** Some policy opens private channels. */
  readonly privateChannels: boolean;
  /** Some policy maps Slack user groups to Kubernetes groups. */
  readonly userGroups: boolean;
}

type Manifest = Exclude<AppsManifestCreateArguments['manifest'], string>;
type Scope = NonNullable<NonNullable<NonNullable<Manifest['oauth_config']>['scopes']>['bot']>[number];
type BotEvent = NonNullable<
  NonNullable<NonNullable<Manifest['settings']>['event_subscriptions']>['bot_events']
>[number];

/** Something that is asked of an administrator, and why. */
interface Asked<N> {
  readonly name: N;
  readonly why: string;
  /** Absent: always. */
  readonly only?: 'privateChannels' | 'userGroups';
  /** For what people do in Slack: without an app token or signing secret nothing uses it. */
  readonly frontDoor?: true;
}

/** What people see of the app. A callback id is an API: the manifest that an administrator installed holds it. */
export const surface = {
  declareShortcut: 'ac.shortcut.declare',
  timelineShortcut: 'ac.shortcut.timeline',
} as const;

/** Never an admin or user scope. docs/slack.md holds the same lines. */
const scopes: readonly Asked<Scope>[] = [
  { name: 'commands', why: 'The command and the two shortcuts.', frontDoor: true },
  { name: 'chat:write', why: 'The live status, receipts, notices, and answers that one person alone sees.' },
  { name: 'channels:manage', why: 'Opens a channel for each incident, states its purpose, invites people.' },
  {
    name: 'channels:read',
    why: 'Finds the channels that a policy names, and knows who joins one.',
  },
  {
    name: 'channels:history',
    why: 'Looks for its own message after a lost answer, so that nothing is posted twice; hears !close. Only where the bot is a member.',
  },
  { name: 'pins:write', why: 'Pins the live status.' },
  { name: 'bookmarks:read', why: 'Looks which links are there already.' },
  { name: 'bookmarks:write', why: 'Puts links to tickets and runbooks at the top of the channel.' },
  { name: 'reactions:read', why: 'A reaction adds a message to the timeline.', frontDoor: true },
  { name: 'users:read', why: 'Refuses guests, deactivated and foreign users.' },
  {
    name: 'users:read.email',
    why: 'Finds those who hold a role by their mail address, and tells Kubernetes who acts.',
  },
  { name: 'groups:write', why: 'As channels:manage, for private incident channels.', only: 'privateChannels' },
  { name: 'groups:read', why: 'As channels:read, for private incident channels.', only: 'privateChannels' },
  { name: 'groups:history', why: 'As channels:history, for private incident channels.', only: 'privateChannels' },
  {
    name: 'usergroups:read',
    why: 'Maps Slack user groups to Kubernetes groups (spec.respond.groups).',
    only: 'userGroups',
  },
];

const events: readonly Asked<BotEvent>[] = [
  { name: 'app_home_opened', why: 'Shows open incidents on App Home.' },
  { name: 'message.channels', why: '!close, where no command works: in a thread.' },
  { name: 'member_joined_channel', why: 'Who joins late gets a brief that nobody else sees.' },
  { name: 'reaction_added', why: 'Adds a message to the timeline.' },
  { name: 'user_change', why: 'Forgets what it knew of a person.' },
  { name: 'message.groups', why: 'As message.channels, in private incident channels.', only: 'privateChannels' },
];

const wanted = <N>(all: readonly Asked<N>[], needs: Needs): readonly Asked<N>[] =>
  all.filter(({ only }) => only === undefined || needs[only]);

/** Bot scopes, each with its reason; those that only some installs need are optional. */
export const botScopes = (
  needs: Needs,
): readonly { name: string; why: string; optional: boolean; frontDoor: boolean }[] =>
  wanted(scopes, needs).map(({ name, why, only, frontDoor = false }) => ({
    name,
    why,
    optional: only !== undefined,
    frontDoor,
  }));

export const botEvents = (needs: Needs): readonly { name: string; why: string }[] =>
  wanted(events, needs).map(({ name, why }) => ({ name, why }));

export interface AppNaming {
  /** At most 35 characters. */
  readonly name: string;
  /** `/incident`, or as the controller is configured: command names collide between apps. */
  readonly command: string;
  /** `Http` only: where Slack sends everything. */
  readonly url?: string;
}

/** The manifest of an app that can do what is configured, and nothing else. */
export function manifest(needs: Needs, { name, command, url }: AppNaming): Manifest {
  const asked = wanted(scopes, needs);
  const namesOf = (optional: boolean): Scope[] =>
    asked.filter(({ only }) => (only !== undefined) === optional).map((scope) => scope.name);
  const optional = namesOf(true);
  const there = url === undefined ? {} : { request_url: url };
  return {
    _metadata: { major_version: 2 },
    display_information: {
      name,
      description: 'Declare, run and close incidents',
      background_color: '#1f4d3a',
    },
    features: {
      // Who cannot be told in a channel is told there; nobody writes to it.
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: name, always_online: true },
      shortcuts: [
        {
          type: 'global',
          name: 'Declare an incident',
          callback_id: surface.declareShortcut,
          description: 'Opens the form to declare an incident',
        },
        {
          type: 'message',
          name: 'Add to timeline',
          callback_id: surface.timelineShortcut,
          description: 'Adds this message to the incident’s timeline',
        },
      ],
      slash_commands: [
        {
          command,
          description: 'Declare an incident, or act on this channel’s',
          usage_hint: '[what is wrong] or help',
          // Mentions arrive with ids, so that `@zoe` is one person.
          should_escape: true,
          ...(url === undefined ? {} : { url }),
        },
      ],
    },
    oauth_config: {
      scopes: { bot: namesOf(false), ...(optional.length === 0 ? {} : { bot_optional: optional }) },
    },
    settings: {
      event_subscriptions: { ...there, bot_events: wanted(events, needs).map((event) => event.name) },
      interactivity: { is_enabled: true, ...there },
      org_deploy_enabled: false,
      socket_mode_enabled: needs.mode === 'Socket',
      token_rotation_enabled: false,
    },
  };
}

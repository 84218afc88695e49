import type { ReasonLine } from '../../runtime/reasons.ts';

/** Reasons of Slack's refusals. */
export const slackReasons = {
  MissingScope: {
    means: 'The app lacks a scope that the message names.',
    todo: 'Add it to the app, and install the app again.',
  },
  NotPermitted: {
    means: "The workspace's settings do not let the bot do this.",
    todo: 'Ask a workspace admin.',
  },
  OrgInstallUnsupported: {
    means: 'The token is of an installation for a whole organisation.',
    todo: 'Install the app in one workspace.',
  },
  NotInChannel: {
    means: 'The bot is not in that channel, or it does not exist.',
    todo: 'Invite the bot there, or correct the name.',
  },
  ChannelNotFound: {
    means: 'The channel does not exist, or the bot was removed from a private one.',
    todo: 'Invite the bot again.',
  },
  ChannelArchived: {
    means: 'The channel is archived.',
    todo: 'Unarchive it.',
  },
  ChannelNameTaken: {
    means: 'Other channels have the name and its variants.',
    todo: "Rename one of them, or correct the policy's nameTemplate.",
  },
  InvalidChannelName: {
    means: 'Slack does not take the name.',
    todo: "Correct the policy's nameTemplate.",
  },
  MessageTooLong: {
    means: "The text is over Slack's limit.",
    todo: 'Shorten the text; report it, since texts should be cut before.',
  },
  InvalidBlocks: {
    means: "Slack does not take the message's blocks.",
    todo: "Report it, with the incident's texts.",
  },
  InvalidRequest: {
    means: 'Slack does not understand the request.',
    todo: 'Report it, with the message.',
  },
  MessageNotEditable: {
    means: 'Slack does not let the bot edit its message, for one because the workspace limits how long.',
    todo: 'Lift the limit for the bot, or read the facts in `kubectl describe inc`.',
  },
  MessageNotFound: {
    means: 'The message to pin is gone.',
    todo: 'Nothing; it follows the live status.',
  },
  ThreadNotFound: {
    means: "The thread's first message is gone.",
    todo: 'Nothing; it follows the live status.',
  },
  LineGone: {
    means: 'Somebody deleted a line of the receipts thread.',
    todo: 'Nothing; it is looked at again.',
  },
  BookmarkLimit: {
    means: 'The channel has as many bookmarks as Slack allows.',
    todo: 'Remove some.',
  },
  PinLimit: {
    means: 'The channel has as many pins as Slack allows.',
    todo: 'Remove some.',
  },
  ArchiveBudget: {
    means: 'Many channels were archived within an hour, and the rest waits.',
    todo: 'Wait, or archive it by hand.',
  },
  SlackUnreachable: {
    means: 'Slack cannot be reached.',
    todo: "Look at the network and at Slack's status page; it is tried again by itself.",
  },
  SlackRefused: {
    means: 'Slack refused with a code that is not known here.',
    todo: "Look the code up in Slack's documentation.",
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;

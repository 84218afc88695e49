import type { SlackOptions } from '../../api/integration.gen.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Kind } from '../../capabilities/capabilities.ts';
import { hostOf } from '../kit/host.ts';
import type { Connection, Vendor } from '../kit/vendor.ts';
import { bookmarkPort } from './bookmark.ts';
import { connectApi } from './call.ts';
import { channelPort } from './channel.ts';
import { directory } from './directory.ts';
import { slackDoctor } from './doctor.ts';
import { membersPort } from './members.ts';
import { messagePort } from './message.ts';
import { peopleOf } from './people.ts';
import { pinPort } from './pin.ts';
import { purposePort } from './purpose.ts';
import { threadPort } from './thread.ts';

/**
 * What a part of an incident's channel cannot do without. A server that speaks Slack's API and lacks one of these lacks that
 * part; without any other method it is no use as a Slack.
 */
const needs: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  purpose: ['conversations.setPurpose'],
  pin: ['pins.add'],
  members: ['users.lookupByEmail', 'conversations.invite'],
  bookmark: ['bookmarks.list', 'bookmarks.add', 'bookmarks.edit'],
  thread: ['conversations.replies'],
};
const optional = new Set(Object.values(needs).flat());

export const slack: Vendor<SlackOptions> = {
  name: 'slack',
  title: 'Slack',
  maturity: 'experimental',
  can: { ports: ['channel', 'purpose', 'message', 'pin', 'members', 'bookmark', 'thread'] },
  secretKeys: [['botToken'], ['botToken', 'appToken'], ['botToken', 'signingSecret']],
  // A socket's address comes from the API, and carries a ticket instead of a token.
  hosts: ({ apiUrl }) => [hostOf(apiUrl)],
  doctor: slackDoctor,
  connect({ apiUrl, mode }, secrets, context): Connection {
    const api = connectApi({ apiUrl, botToken: secrets['botToken'] ?? '', optional }, context);
    const conversations = directory(api);
    const people = peopleOf(api);
    return {
      capabilities: {
        channel: channelPort(api, conversations),
        purpose: purposePort(api),
        message: messagePort(api, conversations, people),
        pin: pinPort(api),
        members: membersPort(api, people),
        bookmark: bookmarkPort(api),
        thread: threadPort(api, people),
      },
      reads: { person: (mail, signal) => people.nameOf(mail, { priority: 9, signal }) },
      lacks(kind) {
        const missing = needs[kind]?.find((method) => api.absent.has(method));
        return missing && `its server has no method ${missing}`;
      },
      // Slack delivers by one way or the other, never both.
      interactive: secrets[mode === 'Http' ? 'signingSecret' : 'appToken'] !== undefined,
      async check(signal) {
        const self = await api.whoAmI({ priority: 1, signal });
        if (self.orgWide) {
          throw new Rejected(
            'OrgInstallUnsupported',
            'The token belongs to an installation for a whole organisation: install the app in one workspace',
            { terminal: true },
          );
        }
        return { id: self.teamId, name: self.teamName };
      },
      budget: () => api.scheduler.budget(),
      close: () => api.close(),
    };
  },
};

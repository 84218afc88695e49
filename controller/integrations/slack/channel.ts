import { clockTolerance, type Duration, type Instant, minutes, seconds } from '../../runtime/clock.ts';
import { changedOutside, type Drift, type Landed, type Port, type Seen } from '../../runtime/effect.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { Api, Reader, Self } from './call.ts';
import type { Directory } from './directory.ts';
import { codeOf } from './errors.ts';
import { markerOf, purposeMarker } from './marker.ts';
import { type Conversation, conversation, objects } from './parse.ts';

/** `name`, `name-2` … `name-9`. */
const mostNames = 9;
const longestName = 80;
/** A bug must not archive a workspace. */
const archivesAnHour = 20;

/**
 * A channel of an incident's own. `conversations.create` takes no marker, so a channel counts as ours when our bot made
 * it and its purpose names the incident's uid, or its purpose is empty yet, it is not older than the intent, and
 * nothing in it belongs to another incident.
 */
export function channelPort(api: Api, directory: Directory): Port<Desired['channel']> {
  /** Whose the channels are that this process made: a purpose comes later. */
  const claims = new Map<string, string>();
  let archived: Duration[] = [];

  /** Among all that the bot is in, those of this owner, the one to keep first. */
  async function owned(wanted: Wanted, reader: Reader): Promise<Conversation[]> {
    const self = await api.self(reader);
    const found: Conversation[] = [];
    for (const one of await directory.list(reader)) {
      if (one.creator !== self.userId) continue;
      if (isMarked(one, wanted)) found.push(one);
      else if (one.purpose === '' && (await unmarkedIsOurs(one, wanted, self, reader))) found.push(one);
    }
    return found.toSorted((a, b) => keepFirst(a, b, wanted));
  }

  async function unmarkedIsOurs(one: Conversation, wanted: Wanted, self: Self, reader: Reader): Promise<boolean> {
    const claim = claims.get(one.id);
    if (claim !== undefined) return claim === wanted.uid;
    if (!wanted.names.includes(one.name) || one.created < wanted.since - clockTolerance) return false;
    if (wanted.private !== undefined && wanted.private !== one.private) return false;
    if (one.archived) return false;
    const body = await api.read(
      'conversations.history',
      { channel: one.id, limit: 100, include_all_metadata: true },
      reader,
    );
    const markers = objects(body['messages']).flatMap((message) => markerOf(message, self) ?? []);
    return markers.every(({ key }) => key.startsWith(`${wanted.uid}/`));
  }

  return {
    recover: 'observe',
    settlingTime: api.settlingTime,
    // Slack is known to let two of one name through.
    doubles: true,

    async create(call) {
      const { name, private: isPrivate } = call.desired;
      const wanted: Wanted = { uid: call.owner.uid, since: call.since, names: names(name), private: isPrivate };
      const self = await api.self(call);
      for (const candidate of wanted.names) {
        try {
          const body = await api.write('conversations.create', { name: candidate, is_private: isPrivate }, call);
          const made = conversation(body['channel']);
          claims.set(made.id, call.owner.uid);
          return landed(made, self);
        } catch (error) {
          if (codeOf(error) !== 'name_taken') throw error;
        }
        const [ours] = await owned(wanted, call);
        if (ours) return landed(ours, self);
      }
      throw new Rejected('ChannelNameTaken', `Other channels have the names ${name} to ${name}-${mostNames}`, {
        terminal: true,
      });
    },

    async observe(look) {
      const name = look.desired?.name ?? look.within['name'];
      const self = await api.self(look);
      const wanted: Wanted = {
        uid: look.owner.uid,
        since: look.since,
        names: name === undefined ? [] : names(name),
        private: look.desired?.private,
      };
      const id = look.ref?.['channel'];
      const found = look.only === 'recorded' && id !== undefined ? [] : await owned(wanted, look);
      if (id !== undefined && !found.some((one) => one.id === id)) {
        const recorded = await byId(api, id, look);
        if (recorded) found.push(recorded);
      }
      const kept = found.find((one) => one.id === id) ?? found[0];
      // One that has neither a marker nor the kept one's name may be another incident's, made a moment ago.
      const isTwin = (one: Conversation): boolean =>
        !one.archived && (isMarked(one, wanted) || one.name === kept?.name);
      const seen = found.filter((one) => one === kept || isTwin(one));
      // What is recorded holds the live status by now, also where another one is older.
      return seen
        .toSorted((a, b) => Number(b === kept) - Number(a === kept))
        .map((one): Seen => ({
          ...landed(one, self),
          madeAt: one.created || undefined,
          same:
            look.desired !== undefined &&
            !one.archived &&
            one.private === look.desired.private &&
            wanted.names.includes(one.name),
          drift: driftOf(one, look.within['name'] ?? one.name, self),
        }));
    },

    async release(call, ref) {
      const now = api.clock.monotonic();
      archived = archived.filter((at) => at > now - minutes(60));
      const first = archived[0];
      if (first !== undefined && archived.length >= archivesAnHour) {
        throw new Rejected('ArchiveBudget', `${archivesAnHour} channels were archived within an hour: the rest waits`, {
          retryAfter: Math.max(seconds(1), first + minutes(60) - now),
        });
      }
      archived.push(now);
      try {
        await api.write('conversations.archive', { channel: ref['channel'] }, call);
      } catch (error) {
        if (!['already_archived', 'channel_not_found'].includes(codeOf(error) ?? '')) throw error;
      }
    },

    link: ({ channel, team, home }) =>
      channel && (home ? `${home}archives/${channel}` : team && `https://app.slack.com/client/${team}/${channel}`),
  };
}

interface Wanted {
  readonly uid: string;
  readonly since: Instant;
  readonly names: readonly string[];
  readonly private: boolean | undefined;
}

const isMarked = ({ purpose }: Conversation, wanted: Wanted): boolean => purpose.includes(purposeMarker(wanted));

/** Our marker counts most, then that people can write there, then age; `created` is in whole seconds. */
function keepFirst(a: Conversation, b: Conversation, wanted: Wanted): number {
  return (
    Number(isMarked(b, wanted)) - Number(isMarked(a, wanted)) ||
    Number(a.archived) - Number(b.archived) ||
    a.created - b.created ||
    (a.id < b.id ? -1 : 1)
  );
}

const facts = ({ name, archived }: Conversation): Record<string, string> => ({
  name,
  state: archived ? 'Archived' : 'Open',
});

/** Names to try, the wanted one first; each within Slack's length. */
function names(name: string): string[] {
  const more = Array.from({ length: mostNames - 1 }, (_, n) => `${name.slice(0, longestName - 2)}-${n + 2}`);
  return [name, ...more];
}

/** What people did to a channel that was opened as `name`. All of it is left as it is. */
function driftOf(one: Conversation, name: string, self: Self): Drift | undefined {
  if (one.archived)
    return { reason: 'ChannelArchived', message: `#${one.name} was archived: unarchive it in Slack to go on there.` };
  if (!one.member)
    return {
      reason: 'NotInChannel',
      message: `The bot was removed from #${one.name}: type "/invite @${self.userName}" there to go on.`,
    };
  if (names(name).includes(one.name)) return undefined;
  return { reason: changedOutside, message: `People renamed it to #${one.name}, and it keeps that name.` };
}

async function byId(api: Api, channel: string, reader: Reader): Promise<Conversation | undefined> {
  try {
    const body = await api.read('conversations.info', { channel }, reader);
    return conversation(body['channel']);
  } catch (error) {
    if (codeOf(error) === 'channel_not_found') return undefined;
    throw error;
  }
}

const landed = (one: Conversation, self: Self): Landed => ({
  ref: { channel: one.id, name: one.name, team: self.teamId, ...(self.url ? { home: self.url } : {}) },
  facts: facts(one),
});

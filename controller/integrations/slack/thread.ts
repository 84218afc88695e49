import { peopleInLines } from '../../document/doc.ts';
import { type Duration, minutes } from '../../runtime/clock.ts';
import { type Call, type Landed, type Look, type Port, type Ref, revision } from '../../runtime/effect.ts';
import { Gone, Rejected } from '../../runtime/outcome.ts';
import { joinWithin } from '../../text.ts';
import type { ThreadLine } from '../../capabilities/thread.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { Api } from './call.ts';
import { codeOf } from './errors.ts';
import { cut, defuse } from './mrkdwn.ts';
import { readMessages } from './history.ts';
import { clientMessageId, markerKey, markerOf, metadata } from './marker.ts';
import { longestText } from './message.ts';
import { mrkdwnLine, type IdOf } from './line.ts';
import { text } from './parse.ts';
import type { People } from './people.ts';

/** A line as it stands in Slack. */
interface Line {
  readonly ts: string;
  readonly rev: string;
}

type Wanted = Desired['thread'];

/** Replies are read from this long before the thread's own time, which is Slack's, as theirs is. */
const readBefore = minutes(2);

/**
 * A thread of ours as one resource: one reply a line, told apart by its key, edited in place. What is there is read
 * before anything is sent, so create and update are one, and may be repeated once reads show what was sent before; a
 * line nobody wants any more stays.
 */
export function threadPort(api: Api, people: People): Port<Wanted> {
  /** Lines that this process sent lately: reads may lag behind them. */
  const sent = new Map<string, Line & { until: Duration }>();

  /** Our lines by key, each with all its copies, oldest first. */
  async function standing(
    look: Pick<Look, 'owner' | 'key' | 'priority' | 'signal'>,
    ref: Place,
  ): Promise<Map<string, Line[]>> {
    const self = await api.self(look);
    const prefix = markerKey(look.owner, look.key, '');
    const since = Number(ref.ts) * 1000 - readBefore;
    const found = new Map<string, Line[]>();
    for (const message of await readMessages(api, look, { channel: ref.channel, thread: ref.ts, since })) {
      const marker = markerOf(message, self);
      if (!marker?.key.startsWith(prefix) || marker.install !== look.owner.install) continue;
      const line = marker.key.slice(prefix.length);
      found.set(line, [...(found.get(line) ?? []), { ts: text(message['ts']), rev: marker.rev }]);
    }
    return found;
  }

  async function make(call: Call<Wanted>, ref: Place): Promise<Landed> {
    const found = await standing(call, ref);
    for (const line of call.desired.lines) {
      const key = markerKey(call.owner, call.key, line.key);
      const memory = recall(`${ref.channel}/${ref.ts}/${key}`);
      const [seen, ...copies] = found.get(line.key) ?? [];
      const first = memory ?? seen;
      if (first === undefined && line.amends) continue;
      for (const copy of copies) if (copy.ts !== first?.ts) await remove(call, ref.channel, copy.ts);
      const rev = revision(line.lines);
      if (first?.rev === rev) continue;
      const content = {
        text: cut(defuse(textOf(line, await people.shown(peopleInLines(line.lines), call))), longestText),
        metadata: metadata({ key, rev, install: call.owner.install }),
      };
      const ts = first ? await edit(call, ref, first.ts, content) : await post(call, ref, key, content);
      remember(`${ref.channel}/${ref.ts}/${key}`, { ts, rev });
    }
    return { ref: { channel: ref.channel, ts: ref.ts } };
  }

  async function post(call: Call<Wanted>, ref: Place, key: string, content: object): Promise<string> {
    const body = await api.write(
      'chat.postMessage',
      {
        channel: ref.channel,
        thread_ts: ref.ts,
        ...content,
        unfurl_links: false,
        unfurl_media: false,
        client_msg_id: clientMessageId(key),
      },
      call,
    );
    return text(body['ts']);
  }

  async function edit(call: Call<Wanted>, ref: Place, ts: string, content: object): Promise<string> {
    try {
      await api.write('chat.update', { channel: ref.channel, ts, ...content }, call);
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      // Deleted by hand: the next attempt no longer finds it and posts it again.
      for (const [key, line] of sent) if (line.ts === ts) sent.delete(key);
      throw new Rejected('LineGone', 'A line of the thread was deleted', { cause: error });
    }
    return ts;
  }

  async function remove(call: Call<Wanted>, channel: string, ts: string): Promise<void> {
    try {
      await api.write('chat.delete', { channel, ts }, call);
    } catch (error) {
      if (codeOf(error) !== 'message_not_found') throw error;
    }
  }

  function recall(key: string): Line | undefined {
    const found = sent.get(key);
    return found && found.until > api.clock.monotonic() ? found : undefined;
  }

  function remember(key: string, line: Line): void {
    const now = api.clock.monotonic();
    for (const [old, { until }] of sent) if (until <= now) sent.delete(old);
    sent.set(key, { ...line, until: now + api.settlingTime });
  }

  return {
    recover: 'observe',
    settlingTime: api.settlingTime,
    appends: true,
    create: (call) => make(call, place(call.within)),

    async update(call, ref) {
      try {
        return await make(call, place(ref));
      } catch (error) {
        if (codeOf(error) === 'thread_not_found') throw new Gone('The thread is gone', { cause: error });
        throw error;
      }
    },

    async observe(look) {
      const ref = place(look.ref ?? look.within);
      const found = await standing(look, ref);
      if (found.size === 0) return [];
      const { desired } = look;
      const same = (line: ThreadLine): boolean => {
        const copies = found.get(line.key) ?? [];
        if (copies.length === 0) return line.amends === true;
        return copies.length === 1 && copies[0]?.rev === revision(line.lines);
      };
      return [{ ref: { channel: ref.channel, ts: ref.ts }, same: desired !== undefined && desired.lines.every(same) }];
    },
  };
}

/** A message that is to be edited holds 4,000 characters; what a line has no room for is counted. */
export const textOf = ({ lines }: ThreadLine, idOf: IdOf): string =>
  joinWithin(
    lines.map((line) => mrkdwnLine(line, idOf, 1_500)),
    '\n',
    3_500,
  );

interface Place {
  readonly channel: string;
  readonly ts: string;
}

const place = ({ channel = '', ts = '' }: Ref): Place => ({ channel, ts });

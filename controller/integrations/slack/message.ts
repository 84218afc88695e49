import { peopleIn } from '../../document/doc.ts';
import { clockTolerance } from '../../runtime/clock.ts';
import type { Call, Landed, Look, Port, Ref, Seen } from '../../runtime/effect.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { Api } from './call.ts';
import type { Directory } from './directory.ts';
import { codeOf } from './errors.ts';
import { cut, defuse, defuseAll } from './mrkdwn.ts';
import type { People } from './people.ts';
import { render } from './render.ts';
import { readMessages } from './history.ts';
import { clientMessageId, markerKey, markerOf, metadata } from './marker.ts';
import { text } from './parse.ts';

/** chat.update takes no more; a post takes 40,000, but then it could not be edited. */
export const longestText = 4_000;

/** One message, in a channel or a thread, with its key in the metadata. */
export function messagePort(api: Api, directory: Directory, people: People): Port<Desired['message']> {
  async function channelOf(look: Pick<Look, 'within' | 'priority' | 'signal'>): Promise<string> {
    const { channel, channelName } = look.within;
    if (channel !== undefined) return channel;
    if (channelName !== undefined) return directory.resolve(channelName, look);
    throw new Rejected('InvalidRequest', 'A message without a channel', { terminal: true });
  }

  async function create(call: Call<Desired['message']>): Promise<Landed> {
    const channel = await channelOf(call);
    const { thread, channelName } = call.within;
    try {
      const body = await api.write(
        'chat.postMessage',
        {
          channel,
          ...(await content(call)),
          ...(thread === undefined ? {} : { thread_ts: thread }),
          unfurl_links: false,
          unfurl_media: false,
          client_msg_id: clientMessageId(markerKey(call.owner, call.key)),
        },
        call,
      );
      return { ref: { channel, ts: text(body['ts']) } };
    } catch (error) {
      // Renamed, archived or left since the name was looked up.
      if (channelName !== undefined && error instanceof Rejected) directory.forget(channelName);
      throw error;
    }
  }

  async function content(call: Call<Desired['message']>): Promise<Record<string, unknown>> {
    const rendered = render(call.desired, await people.shown(peopleIn(call.desired), call));
    return {
      text: cut(defuse(rendered.text), longestText),
      blocks: defuseAll(rendered.blocks),
      metadata: metadata({ key: markerKey(call.owner, call.key), rev: call.rev, install: call.owner.install }),
    };
  }

  return {
    recover: 'observe',
    settlingTime: api.settlingTime,
    create,

    async observe(look) {
      const channel = look.ref?.['channel'] ?? (await channelOf(look));
      const key = markerKey(look.owner, look.key);
      const self = await api.self(look);
      const messages = await readMessages(api, look, {
        channel,
        thread: look.within['thread'],
        since: look.since - clockTolerance,
        and: look.ref?.['ts'],
        only: look.only === 'recorded' ? look.ref?.['ts'] : undefined,
      });
      return messages.flatMap((message): Seen[] => {
        const marker = markerOf(message, self);
        const isRecorded = look.only === 'recorded' && text(message['ts']) === look.ref?.['ts'];
        // Ours by its place, whatever an edit made of its marker.
        if (isRecorded) return [{ ref: { channel, ts: text(message['ts']) }, same: marker?.rev === look.rev }];
        if (marker?.key !== key || marker.install !== look.owner.install) return [];
        return [{ ref: { channel, ts: text(message['ts']) }, same: look.rev !== undefined && marker.rev === look.rev }];
      });
    },

    async update(call, ref) {
      const { channel, ts } = place(ref);
      await api.write('chat.update', { channel, ts, ...(await content(call)) }, call);
      return { ref: { channel, ts } };
    },

    async release(call, ref) {
      try {
        await api.write('chat.delete', place(ref), call);
      } catch (error) {
        if (!['message_not_found', 'channel_not_found'].includes(codeOf(error) ?? '')) throw error;
      }
    },
  };
}

const place = ({ channel = '', ts = '' }: Ref): { channel: string; ts: string } => ({ channel, ts });

import { type Call, type Landed, type Port, revision } from '../../runtime/effect.ts';
import { Gone } from '../../runtime/outcome.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { Api } from './call.ts';
import { codeOf } from './errors.ts';
import { cut, unescape } from './mrkdwn.ts';
import { type Json, object, objects, text } from './parse.ts';

const longestTitle = 255;

/** A link at the head of a channel. Bookmarks hold no marker: ours is the one that the bot wrote last, by its link. */
export function bookmarkPort(api: Api): Port<Desired['bookmark']> {
  /** By channel: Slack answers too_many_requests to two at once. */
  const tails = new Map<string, Promise<unknown>>();

  async function alone<T>(channel: string, task: () => Promise<T>): Promise<T> {
    const before = tails.get(channel) ?? Promise.resolve();
    const run = before.then(task, task);
    tails.set(channel, run);
    try {
      return await run;
    } finally {
      if (tails.get(channel) === run) tails.delete(channel);
    }
  }

  return {
    recover: 'observe',
    settlingTime: api.settlingTime,

    async create(call) {
      const { channel = '' } = call.within;
      return alone(channel, async (): Promise<Landed> => {
        const body = await api.write('bookmarks.add', { channel_id: channel, type: 'link', ...content(call) }, call);
        return { ref: { channel, bookmark: text(object(body['bookmark'])['id']) }, facts: factsOf(call.desired.url) };
      });
    },

    async observe(look) {
      const { channel = '' } = look.ref ?? look.within;
      const self = await api.self(look);
      const body = await api.read('bookmarks.list', { channel_id: channel }, look);
      const wanted = look.desired ? revision(sameLink(look.desired.url)) : look.within['link'];
      return objects(body['bookmarks'])
        .filter((one) => {
          if (one['id'] === look.ref?.['bookmark']) return true;
          return one['last_updated_by_user_id'] === self.userId && revision(sameLink(text(one['link']))) === wanted;
        })
        .toSorted((a, b) => Number(a['date_created']) - Number(b['date_created']))
        .map((one) => ({
          ref: { channel, bookmark: text(one['id']) },
          facts: factsOf(text(one['link'])),
          same:
            look.desired !== undefined &&
            unescape(text(one['title'])) === cut(look.desired.title, longestTitle) &&
            revision(sameLink(text(one['link']))) === wanted,
        }));
    },

    async update(call, ref) {
      const { channel = '', bookmark = '' } = ref;
      return alone(channel, async (): Promise<Landed> => {
        try {
          await api.write('bookmarks.edit', { channel_id: channel, bookmark_id: bookmark, ...content(call) }, call);
        } catch (error) {
          if (isGone(error)) throw new Gone('The bookmark is gone', { cause: error });
          throw error;
        }
        return { ref: { channel, bookmark }, facts: factsOf(call.desired.url) };
      });
    },

    async release(call, ref) {
      const { channel = '', bookmark = '' } = ref;
      await alone(channel, async () => {
        try {
          await api.write('bookmarks.remove', { channel_id: channel, bookmark_id: bookmark }, call);
        } catch (error) {
          if (!isGone(error) && codeOf(error) !== 'channel_not_found') throw error;
        }
      });
    },
  };
}

const isGone = (error: unknown): boolean => ['not_found', 'bookmark_not_found'].includes(codeOf(error) ?? '');

/** Slack rewrites links: compared as a browser would read them. */
function sameLink(link: string): string {
  return URL.parse(unescape(link))?.href ?? link;
}

/** Where it leads, as `within` says where it should. */
const factsOf = (link: string): Readonly<Record<string, string>> => ({ link: revision(sameLink(link)) });

const content = ({ desired }: Call<Desired['bookmark']>): Json => ({
  title: cut(desired.title, longestTitle),
  link: desired.url,
});

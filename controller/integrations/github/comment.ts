import { peopleIn } from '../../document/doc.ts';
import { toMarkdown } from '../../document/to-markdown.ts';
import { rfc3339 } from '../../runtime/clock.ts';
import type { Call, Port, Ref } from '../../runtime/effect.ts';
import { Gone, Rejected } from '../../runtime/outcome.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { NamesOf } from '../kit/vendor.ts';
import type { Client } from './client.ts';
import { markerId, readMarker, withMarker } from './marker.ts';
import { type Comment, commentOf } from './shapes.ts';
import { lookBack, numberWithin, unlessGone } from './ticket.ts';

/** A comment on an issue or pull request, found again by the hidden marker in its body. */
export function commentPort(client: Client, names: NamesOf): Port<Desired['comment']> {
  const route = '/repos/{owner}/{repo}/issues/comments/{comment}';
  const read = (comment: string, signal: AbortSignal): Promise<Comment> =>
    client.about('the comment', signal, async () => commentOf(await client.read(`GET ${route}`, { comment }, signal)));
  const refOf = (within: Ref, comment: Comment): Ref => ({
    comment: String(comment.id),
    number: numberWithin(within),
    owner: client.options.owner,
    repo: client.options.repo,
  });

  const body = async (call: Call<Desired['comment']>, tail = ''): Promise<string> => {
    const nameOf = await names(peopleIn(call.desired), call.signal);
    return withMarker(toMarkdown(call.desired, nameOf), markerId(call.owner, call.key), { rev: call.rev, tail });
  };

  return {
    recover: 'observe',
    settlingTime: client.tuning.settlingTime,

    async create(call) {
      const number = numberWithin(call.within);
      const text = await body(call);
      try {
        const made = await client.about(`issue #${number}`, call.signal, async () =>
          commentOf(
            await client.write('POST /repos/{owner}/{repo}/issues/{number}/comments', { number, body: text }, call),
          ),
        );
        return { ref: refOf(call.within, made) };
      } catch (error) {
        // It is the issue that is gone, not this comment, which never was.
        if (error instanceof Gone) throw new Rejected('TicketGone', error.message, { terminal: true });
        throw error;
      }
    },

    async observe(look) {
      const id = markerId(look.owner, look.key);
      const number = numberWithin(look.ref ?? look.within);
      const recorded = look.ref?.['comment'];
      const parameters = { number, since: rfc3339(look.since - lookBack) };
      const listed = await client
        .about(`issue #${number}`, look.signal, () =>
          client.pages('GET /repos/{owner}/{repo}/issues/{number}/comments', parameters, look.signal),
        )
        .catch(unlessGone);
      const found = (listed ?? []).map(commentOf);
      if (listed && recorded !== undefined && !found.some((one) => String(one.id) === recorded)) {
        const one = await read(recorded, look.signal).catch(unlessGone);
        if (one) found.push(one);
      }
      const marked = found.filter((one) => readMarker(one.body, id));
      const me = marked.some((one) => String(one.id) !== recorded) ? await client.me(look.signal) : '';
      return marked
        .filter((one) => String(one.id) === recorded || one.author === me)
        .toSorted((a, b) => a.id - b.id)
        .map((one) => ({
          ref: refOf({ number }, one),
          same: look.rev !== undefined && readMarker(one.body, id)?.rev === look.rev,
        }));
    },

    async update(call, ref) {
      const comment = ref['comment'] ?? '';
      const now = await read(comment, call.signal);
      const wanted = await body(call, readMarker(now.body, markerId(call.owner, call.key))?.tail);
      if (now.body === wanted) return { ref };
      await client.about('the comment', call.signal, async () =>
        commentOf(await client.write(`PATCH ${route}`, { comment, body: wanted }, call)),
      );
      return { ref };
    },

    async release(call, ref) {
      const comment = ref['comment'] ?? '';
      const now = await read(comment, call.signal).catch(unlessGone);
      if (!now || !readMarker(now.body, markerId(call.owner, call.key))) return;
      await client
        .about('the comment', call.signal, () => client.write(`DELETE ${route}`, { comment }, call))
        .catch(unlessGone);
    },

    link: (ref) =>
      client.page(`/${ref['owner']}/${ref['repo']}/issues/${ref['number']}#issuecomment-${ref['comment']}`),
  };
}

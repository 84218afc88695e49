import { rfc3339 } from '../../runtime/clock.ts';
import { changedOutside, type Call, type Landed, type Look, type Port } from '../../runtime/effect.ts';
import { clip, Rejected } from '../../runtime/outcome.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { VendorContext } from '../kit/vendor.ts';
import type { Client, Sender } from './client.ts';
import { Answered, refused } from './errors.ts';
import { markerId, readMarker, withMarker, withoutMarker } from './marker.ts';
import { askReviewers, notYetAsked } from './reviewers.ts';
import { type Pull, pullOf } from './shapes.ts';
import { lookBack, unlessGone } from './ticket.ts';

type Review = Desired['review'];

const mostTitle = 256;
const pulls = '/repos/{owner}/{repo}/pulls';

/**
 * A pull request per key, found again by its branch and the hidden marker in its body.
 * One that a person closed stays closed; its draft state is set once, at creation, and then theirs. The marker says
 * which ending the branch held while it was open; of a merged one that is what was accepted, so it is not edited.
 */
export function reviewPort(client: Client, log: VendorContext['log']): Port<Review> {
  const read = (number: string, signal: AbortSignal): Promise<Pull> =>
    client.about(`pull request #${number}`, signal, async () =>
      pullOf(await client.read(`GET ${pulls}/{number}`, { number }, signal)),
    );
  const list = async (parameters: object, look: Pick<Look, 'signal' | 'since'>): Promise<readonly Pull[]> => {
    const query = { state: 'all', sort: 'created', direction: 'desc', ...parameters };
    const old = (page: readonly unknown[]) => page.map(pullOf).some((one) => one.createdAt < look.since - lookBack);
    const found = await client.repository(() => client.pages(`GET ${pulls}`, query, look.signal, old));
    return found.map(pullOf);
  };
  const head = (branch: string): string => `${client.options.owner}:${branch}`;
  /** Merged into another branch, as when a person chose one, it brings nothing to where it should be. */
  const carries = (pull: Pull, look: Pick<Look<Review>, 'owner' | 'key' | 'desired'>): string | undefined =>
    pull.mergedAt !== undefined && look.desired && look.desired.base !== pull.base
      ? `merged into ${pull.base}`
      : readMarker(pull.body, markerId(look.owner, look.key))?.ending;
  const landed = (
    pull: Pull,
    look: Pick<Look<Review>, 'owner' | 'key' | 'desired'>,
    refusedNames: readonly string[] = [],
  ): Landed => ({
    ref: { pull: String(pull.number), id: `#${pull.number}`, owner: client.options.owner, repo: client.options.repo },
    facts: {
      state: pull.mergedAt !== undefined ? 'Merged' : pull.open ? 'Open' : 'Closed',
      ...(pull.mergedAt === undefined ? {} : { mergedAt: rfc3339(pull.mergedAt) }),
      ...(pull.mergedBy === undefined ? {} : { mergedBy: pull.mergedBy }),
      ...named('carries', carries(pull, look)),
      ...(refusedNames.length === 0 ? {} : { reviewersNotAsked: clip(refusedNames.join(','), 200) }),
    },
    ...(pull.open || pull.mergedAt !== undefined
      ? {}
      : {
          drift: {
            reason: changedOutside,
            message: `People closed pull request #${pull.number} without a merge; reopen it to accept the record.`,
          },
        }),
  });
  const body = (call: Call<Review>, tail = ''): string =>
    withMarker(call.desired.body, markerId(call.owner, call.key), {
      rev: call.rev,
      ending: call.desired.ending,
      tail,
    });
  const change = (call: Sender, number: string, fields: object): Promise<Pull> =>
    client.about(`pull request #${number}`, call.signal, async () =>
      pullOf(await client.write(`PATCH ${pulls}/{number}`, { number, ...fields }, call)),
    );
  const open = async (call: Call<Review>, draft: boolean): Promise<Pull> => {
    const { branch, base, title } = call.desired;
    const fields = { head: branch, base, title: clip(title, mostTitle), body: body(call), draft };
    return pullOf(await client.write(`POST ${pulls}`, fields, call));
  };

  return {
    recover: 'observe',
    settlingTime: client.tuning.settlingTime,

    async create(call) {
      const pull = await open(call, call.desired.draft).catch(async (error: unknown) => {
        if (!(error instanceof Answered) || error.status !== 422) throw refused(error, client.name);
        await explain(error, call, list, head);
        if (!call.desired.draft) throw refused(error, client.name);
        // Not every repository has drafts, and GitHub has no code for saying so.
        return open(call, false).catch((again: unknown) => {
          throw refused(again, client.name);
        });
      });
      return landed(pull, call, await askReviewers(client, call, pull, call.desired.reviewers, log));
    },

    async observe(look) {
      const id = markerId(look.owner, look.key);
      const recorded = look.ref?.['pull'];
      const wanted = look.desired;
      const found = [...(await list(wanted ? { head: head(wanted.branch) } : {}, look))];
      if (recorded !== undefined && !found.some((one) => String(one.number) === recorded)) {
        const one = await read(recorded, look.signal).catch(unlessGone);
        if (one) found.push(one);
      }
      const marked = found.filter((one) => readMarker(one.body, id));
      const me = marked.some((one) => String(one.number) !== recorded) ? await client.me(look.signal) : '';
      const ours = marked
        .filter((one) => String(one.number) === recorded || (one.author === me && one.label === head(one.branch)))
        .toSorted((a, b) => a.number - b.number);
      return Promise.all(
        ours.map(async (one) => {
          // A list does not say who merged.
          const whole = one.mergedAt === undefined ? one : await read(String(one.number), look.signal);
          const same = look.rev !== undefined && readMarker(one.body, id)?.rev === look.rev;
          return { ...landed(whole, look), same };
        }),
      );
    },

    async update(call, ref) {
      const number = ref['pull'] ?? '';
      const now = await read(number, call.signal);
      if (now.mergedAt !== undefined) return landed(now, call);
      const title = clip(call.desired.title, mostTitle);
      const wanted = { title, body: body(call, readMarker(now.body, markerId(call.owner, call.key))?.tail) };
      const same = now.title === wanted.title && now.body === wanted.body;
      const pull = same ? now : await change(call, number, wanted);
      if (!pull.open) return landed(pull, call);
      const missing = await notYetAsked(client, pull, call.desired.reviewers, call.signal);
      return landed(pull, call, await askReviewers(client, call, pull, missing, log));
    },

    async release(call, ref) {
      const number = ref['pull'] ?? '';
      const now = await read(number, call.signal).catch(unlessGone);
      if (!now || !readMarker(now.body, markerId(call.owner, call.key))) return;
      const state = now.open ? { state: 'closed' } : {};
      await change(call, number, { body: withoutMarker(now.body), ...state }).catch(unlessGone);
    },

    link: (ref) => client.page(`/${ref['owner']}/${ref['repo']}/pull/${ref['pull']}`),
  };
}

const named = (fact: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [fact]: value };

/** Why GitHub refused a new pull request, when that can be known without reading its prose. Throws the reason. */
async function explain(
  error: Answered,
  call: Call<Review>,
  list: (parameters: object, look: Pick<Look, 'signal' | 'since'>) => Promise<readonly Pull[]>,
  head: (branch: string) => string,
): Promise<void> {
  const { branch, base } = call.desired;
  const unknown = error.fields.find((one) => one.code === 'invalid' && (one.field === 'head' || one.field === 'base'));
  if (unknown) {
    const name = unknown.field === 'head' ? branch : base;
    // A branch just pushed may take a moment to be seen.
    throw new Rejected('BranchNotFound', `GitHub does not know the branch ${name}`, { retryAfter: 10_000 });
  }
  const [other] = (await list({ head: head(branch), base, state: 'open' }, call)).filter((one) => one.open);
  if (!other) return;
  if (readMarker(other.body, markerId(call.owner, call.key))) {
    throw new Error(`pull request #${other.number} is ours already`);
  }
  const message = `#${other.number} asks to merge ${branch} already and is not ours`;
  throw new Rejected('PullRequestExists', message, { terminal: true });
}

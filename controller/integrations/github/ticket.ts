import { peopleIn } from '../../document/doc.ts';
import { plainTitle } from '../../document/markdown.ts';
import { toMarkdown, type NameOf } from '../../document/to-markdown.ts';
import { minutes, rfc3339 } from '../../runtime/clock.ts';
import {
  changedOutside,
  type Call,
  type Drift,
  type Landed,
  type Look,
  type Port,
  type Ref,
  type Seen,
} from '../../runtime/effect.ts';
import { clip, Gone, Rejected } from '../../runtime/outcome.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { NamesOf } from '../kit/vendor.ts';
import type { Client } from './client.ts';
import { markerId, readMarker, withMarker, withoutMarker } from './marker.ts';
import { type Issue, issueOf } from './shapes.ts';

type Ticket = Desired['ticket'];

/** On every issue of ours: the list of it is how an issue is found again. */
const ourLabel = 'allclear';
const mostTitle = 256;
const mostLabel = 50;
/** A list since some time is asked for from this much earlier: two clocks disagree, and a send may be late. */
export const lookBack = minutes(60);

/** An issue per key. Found again by its label and the hidden marker in its body, never by search, which lags. */
export function ticketPort(client: Client, names: NamesOf): Port<Ticket> {
  const issue = (number: string, signal: AbortSignal): Promise<Issue> =>
    client.about(`issue #${number}`, signal, async () =>
      issueOf(await client.read('GET /repos/{owner}/{repo}/issues/{number}', { number }, signal)),
    );
  const change = async (call: Pick<Call, 'signal' | 'priority' | 'go'>, number: string, fields: object) =>
    client.about(`issue #${number}`, call.signal, async () =>
      issueOf(await client.write('PATCH /repos/{owner}/{repo}/issues/{number}', { number, ...fields }, call)),
    );
  const landed = (found: Issue, id: string): Landed => ({
    ref: refOf(client, found.number),
    facts: factsOf(found),
    drift: driftOf(found, readMarker(found.body, id)?.state),
  });

  const namesIn = ({ desired, signal }: Call<Ticket>): Promise<NameOf> => names(peopleIn(desired.doc), signal);

  return {
    recover: 'observe',
    settlingTime: client.tuning.settlingTime,

    async create(call) {
      const closed = call.desired.state === 'Closed';
      const id = markerId(call.owner, call.key);
      // An issue can only be opened: until it is closed it must not look finished.
      const nameOf = await namesIn(call);
      const fields = content(call, nameOf, closed ? { rev: 'opening', state: 'Open' } : markOf(call), undefined);
      const made = await client.repository(async () =>
        issueOf(await client.write('POST /repos/{owner}/{repo}/issues', fields, call)),
      );
      if (!closed) return landed(made, id);
      try {
        const finished = { ...content(call, nameOf, markOf(call), made), ...stateOf('Closed') };
        return landed(await change(call, String(made.number), finished), id);
      } catch (error) {
        throw new Error(`issue #${made.number} was opened, and closing it failed`, { cause: error });
      }
    },

    async observe(look) {
      const id = markerId(look.owner, look.key);
      const recorded = look.ref?.['number'];
      if (look.only === 'recorded' && recorded !== undefined) {
        // Ours by its number, even if people took our marker out of its text.
        const one = await issue(recorded, look.signal).catch(unlessGone);
        return one ? [{ ...landed(one, id), same: isSame(one, id, look) }] : [];
      }
      const parameters = {
        labels: ourLabel,
        state: 'all',
        sort: 'created',
        direction: 'asc',
        since: rfc3339(look.since - lookBack),
      };
      const listed = await client.repository(() =>
        client.pages('GET /repos/{owner}/{repo}/issues', parameters, look.signal),
      );
      const found = listed.map(issueOf).filter((one) => !one.isPull);
      if (recorded !== undefined && !found.some((one) => String(one.number) === recorded)) {
        const one = await issue(recorded, look.signal).catch(unlessGone);
        if (one) found.push(one);
      }
      const marked = found.filter((one) => readMarker(one.body, id));
      if (marked.length === 0) return [];
      // A person's copy of our issue has our marker as well. Ours is what we wrote, or what was recorded as ours.
      const strangers = marked.some((one) => String(one.number) !== recorded);
      const me = strangers ? await client.me(look.signal) : '';
      return marked
        .filter((one) => String(one.number) === recorded || one.author === me)
        .toSorted((a, b) => a.number - b.number)
        .map((one): Seen => ({ ...landed(one, id), madeAt: one.createdAt, same: isSame(one, id, look) }));
    },

    async update(call, ref) {
      const number = ref['number'] ?? '';
      const now = await issue(number, call.signal);
      const id = markerId(call.owner, call.key);
      // Who closes or reopens it by hand has the last word until the incident itself is resolved or reopened.
      const theirs = readMarker(now.body, id)?.state === call.desired.state;
      const open = theirs ? now.open : call.desired.state === 'Open';
      const wanted = {
        ...content(call, await namesIn(call), markOf(call), now),
        ...(theirs ? {} : stateOf(call.desired.state)),
      };
      const labels = new Set(now.labels);
      const unchanged =
        now.title === wanted.title &&
        now.body === wanted.body &&
        now.open === open &&
        labels.size === wanted.labels.length &&
        wanted.labels.every((label) => labels.has(label));
      return landed(unchanged ? now : await change(call, number, wanted), id);
    },

    async release(call, ref) {
      const number = ref['number'] ?? '';
      const now = await issue(number, call.signal).catch(unlessGone);
      if (!now || !readMarker(now.body, markerId(call.owner, call.key))) return;
      const fields = { body: withoutMarker(now.body), state: 'closed', state_reason: 'not_planned' };
      await change(call, number, fields).catch(unlessGone);
    },

    link: (ref) => client.page(`/${ref['owner']}/${ref['repo']}/issues/${ref['number']}`),
  };
}

/** Title, body and labels as they should be, with what people added kept: their labels, their words below the marker. */
function content(call: Call<Ticket>, nameOf: NameOf, marked: { rev: string; state: string }, now: Issue | undefined) {
  const id = markerId(call.owner, call.key);
  const before = now ? readMarker(now.body, id) : undefined;
  const wanted = [...new Set(call.desired.labels.map(firstOf))];
  const theirs = (now?.labels ?? []).filter((label) => !before?.labels.includes(label));
  return {
    title: clip(plainTitle(call.desired.doc.title), mostTitle),
    body: withMarker(toMarkdown(call.desired.doc, nameOf), id, { ...marked, labels: wanted, tail: before?.tail ?? '' }),
    labels: [...new Set([ourLabel, ...wanted, ...theirs])],
  };
}

/** Counted as GitHub does: an emoji is one. */
const firstOf = (label: string): string => Array.from(label).slice(0, mostLabel).join('');

const markOf = ({ rev, desired }: Call<Ticket>): { rev: string; state: string } => ({ rev, state: desired.state });

/** What people made of its state since we last did. */
function driftOf({ number, open }: Issue, made: string | undefined): Drift | undefined {
  if (made === undefined || made === (open ? 'Open' : 'Closed')) return undefined;
  const message = open
    ? `People reopened #${number}, and it is left open.`
    : `People closed #${number}, and it stays closed; the incident goes on.`;
  return { reason: changedOutside, message };
}

const stateOf = (state: Ticket['state']) =>
  state === 'Closed' ? { state: 'closed', state_reason: 'completed' } : { state: 'open' };

const isSame = (found: Issue, id: string, look: Look<Ticket>): boolean =>
  look.rev !== undefined && readMarker(found.body, id)?.rev === look.rev;

const refOf = (client: Client, number: number): Ref => ({
  number: String(number),
  id: `#${number}`,
  owner: client.options.owner,
  repo: client.options.repo,
});

const factsOf = (found: Issue): Readonly<Record<string, string>> => ({ state: found.open ? 'Open' : 'Closed' });

/** For `catch`: a thing that is gone is undefined; any other failure goes on. */
export function unlessGone(error: unknown): undefined {
  if (error instanceof Gone) return undefined;
  throw error;
}

/** The number of the issue that a comment belongs to. */
export function numberWithin(within: Ref): string {
  const number = within['number'] ?? within['pull'];
  if (number === undefined) throw new Rejected('TicketUnknown', 'the issue to comment on is not known yet');
  return number;
}

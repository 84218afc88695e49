import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/builders/fake-clock.ts';
import { commentConformance } from '../../../test/conformance/comment.ts';
import { reviewConformance } from '../../../test/conformance/review.ts';
import { ticketConformance } from '../../../test/conformance/ticket.ts';
import type { Act, Faults, Refusal } from '../../../test/conformance/trouble.ts';
import { aTitledDoc } from '../../../test/builders/doc.ts';
import { aCall, aLook, failureOf } from '../../../test/conformance/calls.ts';
import { json } from '../../../test/emulators/json.ts';
import { deadAddress, listen, stop } from '../../../test/emulators/listen.ts';
import { type CannedAnswer, type GitHub, startGitHub } from '../../../test/emulators/github.ts';
import { seconds, systemClock } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Ports } from '../../capabilities/capabilities.ts';
import type { Connection, Secrets, VendorContext } from '../kit/vendor.ts';
import { noLimits } from './budget.ts';
import { githubTuned } from './github.ts';

const context: VendorContext = { clock: systemClock, install: 'test', log: () => {} };

const jsonAnswer = (status: number, body: object, headers: Record<string, string> = {}): CannedAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});
const page = (status: number): CannedAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><h1>Unicorn!</h1></html>',
});

const inSeconds = (n: number): string => String(Math.ceil(Date.now() / 1_000) + n);

const refusals: readonly (Refusal & { readonly answer: CannedAnswer })[] = [
  {
    name: '403, resource not accessible',
    is: { reason: 'Forbidden', terminal: true },
    answer: jsonAnswer(403, { message: 'Resource not accessible by integration' }),
  },
  {
    name: '422, validation failed',
    is: { reason: 'ValidationFailed', terminal: true },
    answer: jsonAnswer(422, { message: 'Validation Failed', errors: [{ field: 'title', code: 'missing_field' }] }),
  },
  { name: '403 of a proxy', is: { reason: 'HttpRefused', terminal: false }, answer: page(403) },
  { name: '409', is: { reason: 'Refused', terminal: false }, answer: jsonAnswer(409, { message: 'Conflict' }) },
  {
    name: '301, the repository was renamed',
    is: { reason: 'RepositoryMoved', terminal: true },
    answer: jsonAnswer(301, { message: 'Moved Permanently' }, { location: 'https://api.github.com/repositories/1' }),
  },
];

const doubts: Readonly<Record<string, CannedAnswer>> = {
  '500 with JSON': jsonAnswer(500, { message: 'Server Error' }),
  '502 of a proxy': page(502),
  'HTML with 200': page(200),
  'an empty 200': { status: 200, headers: { 'content-type': 'application/json' }, body: '' },
  'half of a body': { status: 201, headers: { 'content-type': 'application/json' }, body: '{"number": 1, "ti' },
  'another shape': jsonAnswer(201, { ok: true }),
};

/** Where each act of a kind goes. */
type Route = readonly [method: string, path: RegExp];
type Routes = Readonly<Record<Act, Route>>;
const routes: Readonly<Record<'ticket' | 'comment' | 'review', Routes>> = {
  ticket: { create: ['POST', /\/issues$/], update: ['PATCH', /\/issues\/\d+$/], observe: ['GET', /\/issues$/] },
  comment: { create: ['POST', /\/comments$/], update: ['PATCH', /\/comments\/\d+$/], observe: ['GET', /\/comments$/] },
  review: { create: ['POST', /\/pulls$/], update: ['PATCH', /\/pulls\/\d+$/], observe: ['GET', /\/pulls$/] },
};

interface Open {
  readonly gh: GitHub;
  /** An address where nobody listens. */
  readonly nobody: string;
  readonly connect: (secrets: Secrets, apiUrl?: string) => Ports;
  readonly close: () => Promise<void>;
}

async function open(): Promise<Open> {
  const gh = await startGitHub({ owner: 'acme', repo: 'incidents' });
  const connections: Connection[] = [];
  return {
    gh,
    nobody: deadAddress,
    connect(secrets, apiUrl = gh.apiUrl) {
      const vendor = githubTuned({ limits: noLimits, timeout: seconds(30), settlingTime: 0 });
      const connection = vendor.connect({ apiUrl, owner: 'acme', repo: 'incidents' }, secrets, context);
      connections.push(connection);
      return connection.capabilities;
    },
    async close() {
      for (const connection of connections) connection.close();
      await gh.close();
    },
  };
}

const aTicket = { doc: aTitledDoc('T', 'B'), labels: [], state: 'Open' } as const;

function faultsOf({ gh }: Open, kind: keyof typeof routes): Faults {
  return {
    refusals,
    doubts: Object.keys(doubts),
    lose: (act) => gh.loseAnswer(...routes[kind][act]),
    refuse(act, refusal) {
      gh.answerWith(...routes[kind][act], known(refusals.find((one) => one.name === refusal.name)?.answer));
    },
    doubt: (act, how) => gh.answerWith(...routes[kind][act], known(doubts[how])),
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test asks for something that is not there');
  return value;
}

const numberOf = (id: string): number => Number(id.slice(1));

const signIns = {
  'with a token': (gh: GitHub): Secrets => ({ token: gh.token }),
  'as a GitHub App': (gh: GitHub): Secrets => ({ ...gh.app }),
};

for (const [name, secretsOf] of Object.entries(signIns)) {
  ticketConformance(`github ${name}`, async () => {
    const world = await open();
    const { gh } = world;
    const port = known(world.connect(secretsOf(gh)).ticket);
    return {
      ...faultsOf(world, 'ticket'),
      denied: () => known(world.connect({ token: 'wrong' }).ticket),
      unreachable: () => known(world.connect({ token: gh.token }, world.nobody).ticket),
      port,
      within: {},
      tickets: async () =>
        (await gh.issues()).map((issue) => ({
          id: `#${issue.number}`,
          title: issue.title,
          body: issue.body,
          state: issue.state === 'open' ? 'Open' : 'Closed',
          labels: issue.labels,
        })),
      remove: async (id) => gh.removeIssue(numberOf(id)),
      async copy({ title, body, labels }) {
        await gh.as('POST', '/issues', { title, body, labels });
      },
      async edit(id, { state, addLabel, title }) {
        if (addLabel) await gh.as('POST', `/issues/${numberOf(id)}/labels`, { labels: [addLabel] });
        const fields = { ...(title ? { title } : {}), ...(state ? { state: state.toLowerCase() } : {}) };
        await gh.as('PATCH', `/issues/${numberOf(id)}`, fields);
      },
      close: world.close,
    };
  });

  commentConformance(`github ${name}`, async () => {
    const world = await open();
    const { gh } = world;
    const { ticket, comment } = world.connect(secretsOf(gh));
    const port = known(comment);
    const { ref } = await known(ticket).create(aCall(aTicket, { key: 'ticket' }));
    return {
      ...faultsOf(world, 'comment'),
      denied: () => known(world.connect({ token: 'wrong' }).comment),
      unreachable: () => known(world.connect({ token: gh.token }, world.nobody).comment),
      port,
      within: ref,
      nowhere: { ...ref, number: '4711' },
      comments: () => gh.comments(Number(ref['number'])),
      async write(body) {
        await gh.as('POST', `/issues/${ref['number']}/comments`, { body });
      },
      close: world.close,
    };
  });

  reviewConformance(`github ${name}`, async () => {
    const world = await open();
    const { gh } = world;
    const port = known(world.connect(secretsOf(gh)).review);
    return {
      ...faultsOf(world, 'review'),
      denied: () => known(world.connect({ token: 'wrong' }).review),
      unreachable: () => known(world.connect({ token: gh.token }, world.nobody).review),
      port,
      within: {},
      reviewers: ['riley', 'sam'],
      branch: async (branch) => gh.push(branch, { 'a.md': `${branch}\n` }, 'Add a'),
      reviews: async () =>
        (await gh.pulls()).map((pull) => ({
          id: `#${pull.number}`,
          title: pull.title,
          body: pull.body,
          state: pull.merged ? 'Merged' : pull.state === 'open' ? 'Open' : 'Closed',
          draft: pull.draft,
          reviewers: pull.reviewers,
        })),
      merge: (id, options) => gh.mergePull(numberOf(id), options),
      shut: (id) => gh.closePull(numberOf(id)),
      async ask(head, body) {
        await gh.as('POST', '/pulls', { title: 'By hand', head, base: 'main', body });
      },
      close: world.close,
    };
  });
}

describe('github', () => {
  let world: Open;
  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.close());
  let connection: Connection;
  afterEach(() => connection.close());
  const connect = (secrets: Secrets, repo = 'incidents', apiUrl = world.gh.apiUrl): Connection => {
    connection = githubTuned({ limits: noLimits }).connect({ apiUrl, owner: 'acme', repo }, secrets, context);
    return connection;
  };

  const check = async (...args: Parameters<typeof connect>) => connect(...args).check(AbortSignal.timeout(30_000));

  it.each(Object.entries(signIns))('names the repository as its account, %s', async (_name, secretsOf) => {
    const account = await connect(secretsOf(world.gh)).check(AbortSignal.timeout(30_000));
    expect(account).toEqual({ id: expect.stringMatching(/^\d+$/), name: 'acme/incidents' });
  });

  it('tells a wrong token, an unknown repository, a wrong app and an absent server apart', async () => {
    const good = { token: world.gh.token };
    await expect(check({ token: 'wrong' })).rejects.toMatchObject({ reason: 'InvalidToken', terminal: true });
    await expect(check(good, 'other')).rejects.toMatchObject({ reason: 'RepositoryNotFound', terminal: true });
    await expect(check(good, 'incidents', world.nobody)).rejects.toMatchObject({
      reason: 'Unreachable',
      terminal: false,
    });
    const app = { ...world.gh.app };
    await expect(check({ ...app, installationId: '1' })).rejects.toMatchObject({ reason: 'InvalidToken' });
    const failure = await failureOf(check({ ...app, privateKey: 'no key' }));
    expect(failure).toMatchObject({ reason: 'InvalidToken', terminal: true });
    expect(String(failure)).not.toContain('no key');
  });

  it.each([
    ['429 and Retry-After', () => ({ ...page(429), headers: { 'retry-after': '30' } })],
    [
      '403 and a limit that is used up',
      () =>
        jsonAnswer(
          403,
          { message: 'API rate limit exceeded' },
          { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(45) },
        ),
    ],
    [
      '403, a page of HTML and Retry-After',
      () => ({ ...page(403), headers: { 'content-type': 'text/html', 'retry-after': '30' } }),
    ],
    ['403 and nothing left, without a time', () => ({ ...page(403), headers: { 'x-ratelimit-remaining': '0' } })],
    [
      '422, submitted too quickly',
      () =>
        jsonAnswer(422, {
          message: 'Validation Failed',
          errors: [{ code: 'custom', message: 'was submitted too quickly' }],
        }),
    ],
    [
      '403 and a page about limits',
      () =>
        jsonAnswer(403, {
          message: 'slow down',
          documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
        }),
    ],
  ])('stops for a while when GitHub says %s', async (_what, answer) => {
    const { ticket } = connect({ token: world.gh.token }).capabilities;
    world.gh.answerWith('POST', /\/issues$/, answer());
    const before = world.gh.received.length;
    for (let n = 0; n < 2; n += 1) {
      const failure = await failureOf(ticket?.create(aCall(aTicket)));
      expect(failure).toMatchObject({ reason: 'RateLimited', terminal: false });
      expect(failure).toSatisfy(
        ({ retryAfter }: { retryAfter: number }) => retryAfter > 25_000 && retryAfter <= 61_000,
      );
    }
    expect(world.gh.received.length - before).toBe(1);
  });

  const bodies: Readonly<Record<string, CannedAnswer>> = {
    'GitHub’s words': jsonAnswer(0, { message: 'No.' }),
    HTML: page(0),
    nothing: { status: 0, body: '' },
    'half of JSON': { ...jsonAnswer(0, {}), body: '{"message": "N' },
    bytes: { status: 0, headers: { 'content-type': 'application/octet-stream' }, body: 'x' },
    'a type that is none': { status: 0, headers: { 'content-type': ';;/' }, body: 'x' },
  };
  const asks: Readonly<Record<string, Record<string, string>>> = {
    'no time': {},
    'Retry-After': { 'retry-after': '120' },
    'a date': { date: 'Sat, 21 Nov 2026 10:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 10:02:00 GMT' },
    'a limit used up': {
      date: 'Sat, 21 Nov 2026 10:00:00 GMT',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Date.parse('2026-11-21T10:02:00Z') / 1_000),
    },
  };
  const statuses = [302, 400, 401, 402, 403, 404, 408, 409, 410, 413, 418, 422, 429, 451, 499, 500, 502, 503, 504, 520];

  it.each(statuses)('judges %d by itself and its headers, whatever the body is', async (status) => {
    const sure = status !== 408 && status < 500;
    for (const [ask, headers] of Object.entries(asks)) {
      const asksToWait = headers['retry-after'] !== undefined;
      const limited = status === 429 || (status === 403 && ask !== 'no time') || (status === 422 && asksToWait);
      for (const [body, answer] of Object.entries(bodies)) {
        const { ticket } = connect({ token: world.gh.token }).capabilities;
        world.gh.answerWith('POST', /\/issues$/, { ...answer, status, headers: { ...answer.headers, ...headers } });
        const failure = await failureOf(ticket?.create(aCall(aTicket)));
        const is = failure instanceof Rejected ? failure : undefined;
        const before = world.gh.received.length;
        // A time that the server gave holds for the next request, too.
        const next = await failureOf(ticket?.observe?.(aLook(aTicket)));
        connection.close();
        const quoted = /html|Unicorn|"N|bytes/.test(String(failure));
        const held = world.gh.received.length === before && next instanceof Rejected && next.reason === 'RateLimited';
        // The time is told with what a proxy may have said; with any other refusal it only holds the next request.
        const isProxys = body !== 'GitHub’s words' && ![401, 404, 410].includes(status);
        const asked = asksToWait && status >= 400 && sure && isProxys ? 120_000 : undefined;
        const wait = limited ? (ask === 'no time' ? 60_000 : 120_000) : asked;
        const seen = { sure: is !== undefined, limited: is?.reason === 'RateLimited', wait: is?.retryAfter, quoted };
        expect({ ask, body, ...seen }).toEqual({
          ask,
          body,
          sure,
          limited,
          wait,
          quoted: false,
        });
        expect({ ask, body, held }).toEqual({ ask, body, held: limited || (asksToWait && status >= 400) });
      }
    }
  });

  it('signs in again after a page instead of a token, and says what came', async () => {
    const { ticket } = connect({ ...world.gh.app }).capabilities;
    world.gh.answerWith('POST', /\/access_tokens$/, page(201));
    expect(await failureOf(ticket?.create(aCall(aTicket)))).toMatchObject({
      name: 'Rejected',
      reason: 'Unreachable',
      terminal: false,
      message: expect.stringContaining('something other than JSON'),
    });
    await ticket?.create(aCall(aTicket));
  });

  it('ends a request that gets no answer in time, and doubts it', async () => {
    const arrived = Promise.withResolvers<void>();
    const silent = createServer(() => arrived.resolve());
    const apiUrl = await listen(silent);
    const clock = new FakeClock();
    const slow = githubTuned({ limits: noLimits, timeout: seconds(10) });
    connection = slow.connect({ apiUrl, owner: 'acme', repo: 'incidents' }, { token: 'x' }, { ...context, clock });
    const failed = failureOf(connection.capabilities.ticket?.create(aCall(aTicket)));
    await arrived.promise;
    await clock.advance(seconds(10));
    const failure = await failed;
    expect(failure).toMatchObject({ name: 'Error', message: expect.stringContaining('no answer') });
    await stop(silent);
  });

  it.each([
    ['https://api.github.com', 'https://github.com/acme/incidents/issues/12'],
    ['https://github.example.com/api/v3', 'https://github.example.com/acme/incidents/issues/12'],
    ['http://127.0.0.1:4001', 'http://127.0.0.1:4001/acme/incidents/issues/12'],
  ])('links people to pages, not to %s', (apiUrl, url) => {
    const { ticket } = connect({ token: 'x' }, 'incidents', apiUrl).capabilities;
    expect(ticket?.link?.({ number: '12', id: '#12', owner: 'acme', repo: 'incidents' })).toBe(url);
  });

  it('puts no token into an error', async () => {
    const { ticket } = connect({ token: 'ghp_secret' }).capabilities;
    const failure = await failureOf(ticket?.create(aCall(aTicket)));
    expect(inspect(failure, { depth: 10 })).not.toContain('ghp_secret');
  });
});

describe('the emulated GitHub', () => {
  let world: Open;
  beforeEach(async () => {
    world = await open();
  });
  afterEach(() => world.close());

  it('shows people a page of each issue and pull request, and lets them merge', async () => {
    const { gh } = world;
    await gh.push('topic', { 'a.md': 'text\n' }, 'Add a');
    const pull = json(await gh.as('POST', '/pulls', { title: 'P <b>', head: 'topic', base: 'main', body: '<script>' }));
    const url = String(pull['html_url']);
    const text = await (await fetch(url)).text();
    expect(text).toContain('P &lt;b&gt;');
    expect(text).not.toContain('<script>');
    await fetch(`${url}/merge`, { method: 'POST' });
    expect(await gh.pulls()).toMatchObject([{ merged: true }]);
    expect(await gh.repository.read('main', 'a.md')).toBe('text\n');
  });

  it('goes on after 5,000 calls, where emulate stops a token', async () => {
    const { gh } = world;
    const port = known(world.connect({ token: gh.token }).ticket);
    for (let n = 0; n < 51; n += 1) {
      await Promise.all(Array.from({ length: 100 }, async () => port.observe?.(aLook(aTicket))));
    }
    expect(gh.received.filter((one) => one.status !== 200)).toEqual([]);
  }, 120_000);
});

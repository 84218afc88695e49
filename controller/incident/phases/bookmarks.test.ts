import { describe, expect, it } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope } from '../../../test/builders/scope.ts';
import { FakeClock, settle } from '../../../test/builders/fake-clock.ts';
import { random } from '../../../test/builders/hostile.ts';
import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { minutes, seconds } from '../../runtime/clock.ts';
import { revision, type Effect, type Entry, type Port } from '../../runtime/effect.ts';
import { Executor } from '../../runtime/executor.ts';
import { Gone, Rejected } from '../../runtime/outcome.ts';
import { isKept, planAll } from '../../runtime/phase.ts';
import type { IncidentScope } from '../scope.ts';
import { bookmarks } from './bookmarks.ts';

interface Link {
  readonly title: string;
  readonly url: string;
}

type Entries = Record<string, Entry>;
type Bookmark = Effect<'bookmark', Link>;

const channel = anEntry('channel', { integration: 'slack', ref: { channel: 'C1', name: 'inc-00001' } });
const url = (name: string | number): string => `https://example.com/${name}`;
const link = (title: string, address: string | number): Link => ({ title, url: url(address) });

const scopeOf = (links: readonly Link[], entries: Entries, ticketUrl?: string): IncidentScope =>
  aScope({
    spec: { links: [...links] },
    entries: { channel, ...entries },
    reach: { link: ({ kind }) => (kind === 'ticket' ? ticketUrl : undefined) },
  });

const isBookmark = (effect: ProductEffect): effect is Bookmark => effect.kind === 'bookmark';

function wanted(links: readonly Link[], entries: Entries, ticketUrl?: string): readonly Bookmark[] {
  const plan = bookmarks.plan(scopeOf(links, entries, ticketUrl));
  return 'effects' in plan ? plan.effects.filter(isBookmark) : [];
}

/** The entries once everything that is wanted is done. */
function done(links: readonly Link[], entries: Entries = {}, ticketUrl?: string): Entries {
  const made = wanted(links, entries, ticketUrl).map(({ key, place, desired }): [string, Entry] => [
    key,
    anEntry('bookmark', {
      integration: 'slack',
      ...(place?.in ? { within: place.in } : {}),
      ref: entries[key]?.ref ?? { channel: 'C1', bookmark: `made for ${key}` },
      rev: revision(desired),
    }),
  ]);
  return { ...entries, ...Object.fromEntries(made) };
}

const titles = (links: readonly Link[], entries: Entries): Record<string, string> =>
  Object.fromEntries(wanted(links, entries).map(({ key, desired }) => [key, desired.title]));

describe('a link', () => {
  it('keeps the key that the version before gave it, with or without where it leads', () => {
    const key = `bookmark/link/${revision(url('a'))}`;
    for (const within of [{ channel: 'C1' }, { channel: 'C1', link: revision(url('a')) }])
      expect(wanted([link('A', 'a')], { [key]: anEntry('bookmark', { integration: 'slack', within }) })).toMatchObject([
        { key },
      ]);
  });

  it('of another address edits its own bookmark, by its title', () => {
    const before = done([link('Dashboard', 'a'), link('Bridge', 'b')]);
    const after = [link('Bridge', 'b2'), link('Dashboard', 'a2')];
    expect(Object.values(titles(after, before)).toSorted()).toEqual(['Bridge', 'Dashboard']);
    expect(titles(after, before)).toEqual(titles([link('Dashboard', 'a'), link('Bridge', 'b')], before));
  });

  it('does not take the place of one that is wanted', () => {
    const before = done([link('A', 'a'), link('B', 'b')]);
    const effects = wanted([link('C', 'c'), link('A', 'a')], before);
    expect(effects.map(({ key }) => key)).toEqual([
      `bookmark/link/${revision(url('b'))}`,
      `bookmark/link/${revision(url('a'))}`,
    ]);
    expect(effects.map(({ takesOver }) => takesOver)).toEqual([true, undefined]);
  });

  it('gets a key of its own beside one that was edited into another', () => {
    const before = done([link('B', 'b')], done([link('A', 'a')]));
    const both = wanted([link('A', 'a'), link('B', 'b')], before).map(({ key }) => key);
    const first = `bookmark/link/${revision(url('a'))}`;
    expect(both).toEqual([`${first}-2`, first]);
  });

  it('of the same address is one bookmark, however it is written', () => {
    const effects = wanted([link('One', ''), { title: 'Other', url: 'https://EXAMPLE.com' }, link('Last', '')], {});
    expect(effects.map(({ desired }) => desired.title)).toEqual(['Last']);
  });

  it('of a ticket’s address is the ticket’s bookmark', () => {
    const ticket = { 'ticket/github': anEntry('ticket', { integration: 'github', ref: { id: '#1' } }) };
    const alone = wanted([link('A', 'a')], done([link('A', 'a')], ticket), url('a'));
    expect(alone).toMatchObject([
      { key: `bookmark/link/${revision(url('a'))}`, desired: { title: 'GitHub issue #1' } },
    ]);
    const moved = done([link('A', 'a')], ticket, url('ticket'));
    expect(wanted([link('A', 'a')], moved, url('ticket-2')).map(({ key }) => key)).toEqual([
      'bookmark/ticket/github',
      `bookmark/link/${revision(url('a'))}`,
    ]);
  });

  it('waits while the place that it will take is in doubt', () => {
    const [pending] = Object.keys(done([link('A', 'a')]));
    const entries = {
      [pending ?? '']: anEntry('bookmark', {
        integration: 'slack',
        state: 'Pending',
        within: { channel: 'C1', link: revision(url('a')) },
      }),
    };
    expect(bookmarks.plan(scopeOf([link('B', 'b')], entries))).toMatchObject({
      effects: [],
      later: { reason: 'WaitingForBookmark' },
    });
  });

  it('edited 240 times costs no more entries than there are links', () => {
    let entries: Entries = {};
    const links = Array.from({ length: 20 }, (_, i) => link(`Link ${i}`, i));
    for (let round = 0; round < 240; round++) {
      links[round % 20] = link(`Link ${round % 20}`, `${round % 20}/${round}`);
      entries = done(links, entries);
    }
    expect(Object.keys(entries)).toHaveLength(20);
  });

  it('takes the places that hundreds of former edits have left', () => {
    let entries: Entries = {};
    for (let i = 0; i < 256; i++) {
      const [key] = Object.entries(done([link('Old', i)]));
      if (key) entries = { ...entries, [key[0]]: key[1] };
    }
    const now = Array.from({ length: 20 }, (_, i) => link(`New ${i}`, `new/${i}`));
    expect(wanted(now, entries)).toHaveLength(20);
    expect(Object.keys(done(now, entries))).toHaveLength(256);
  });
});

const settling = seconds(12);
const owner = { kind: 'Incident', namespace: 'n', name: 'a', uid: 'u' };

/** A channel's bookmarks as Slack's are: found by their address. Calls can be lost before or after they are carried out. */
class Channel {
  readonly clock = new FakeClock();
  shown: { id: string; title: string; url: string }[] = [];
  entries: Entries = {};
  fate: 'none' | 'lostBefore' | 'lostAfter' | 'refused' | 'busy' = 'none';
  #made = 0;
  #sessions = 0;
  executor = this.start();

  start(): Executor {
    const session = `s${++this.#sessions}`;
    const acquired = this.clock.monotonic();
    return new Executor({
      clock: this.clock,
      leadership: { session, leading: () => true, acquiredAt: () => acquired },
      reach: (_, { kind }) =>
        kind === 'bookmark' ? { port: this.port, epoch: 'e' } : { epoch: '', reason: 'IntegrationGone', message: '' },
      wake: () => {},
      report: () => {},
      random: () => 0,
    });
  }

  readonly port: Port<Link> = {
    recover: 'observe',
    settlingTime: settling,
    create: async (call) => {
      const { desired } = call;
      call.go();
      const id = `b${++this.#made}`;
      this.meet(() => this.shown.push({ id, ...desired }));
      return { ref: { channel: 'C1', bookmark: id }, facts: { link: revision(desired.url) } };
    },
    update: async (call, ref) => {
      const { desired } = call;
      call.go();
      this.meet(() => {
        const one = this.shown.find(({ id }) => id === ref['bookmark']);
        if (!one) throw new Gone('gone');
        Object.assign(one, desired);
      });
      return { ref, facts: { link: revision(desired.url) } };
    },
    observe: async (look) => {
      const at = look.desired ? revision(look.desired.url) : look.within['link'];
      return this.shown
        .filter((one) => one.id === look.ref?.['bookmark'] || revision(one.url) === at)
        .map((one) => ({
          ref: { channel: 'C1', bookmark: one.id },
          facts: { link: revision(one.url) },
          same: one.title === look.desired?.title && one.url === look.desired.url,
        }));
    },
    release: async (_, ref) => {
      this.shown = this.shown.filter(({ id }) => id !== ref['bookmark']);
    },
  };

  meet(carryOut: () => void): void {
    const { fate } = this;
    this.fate = 'none';
    if (fate === 'busy') throw new Rejected('RateLimited', 'later', { retryAfter: seconds(1) });
    if (fate === 'refused') throw new Rejected('NotPermitted', 'no', { terminal: true });
    if (fate === 'lostBefore') throw new Error('lost');
    carryOut();
    if (fate === 'lostAfter') throw new Error('lost');
  }

  async pass(links: readonly Link[], isStored = true): Promise<void> {
    const target = {
      owner,
      identity: { install: 'i', ...owner },
      generation: 1,
      entries: this.entries,
      settled: false,
      closed: false,
    };
    const scope = scopeOf(links, { ...this.executor.view(target) });
    const planned = planAll([bookmarks], scope);
    const effects = planned.flatMap(({ plan }) => ('effects' in plan ? plan.effects : []));
    if (planned.some(({ plan }) => 'failed' in plan)) throw new Error('the plan failed');
    const channelEffect: Effect = { key: 'channel', kind: 'channel', desired: {} };
    const pass = this.executor.pass(
      { ...target, entries: { channel, ...this.entries } },
      [channelEffect, ...effects],
      new Set(),
      (key) => isKept(planned, key),
    );
    if (isStored) {
      const { channel: _, ...own } = structuredClone({ ...pass.entries });
      this.entries = own;
      pass.launch();
    }
    await settle();
  }
}

describe('links that automation edits, with everything going wrong', () => {
  it('stand there once each in the end, and cost no more entries than were wanted at once', async () => {
    for (let seed = 1; seed <= 80; seed++) {
      const draw = random(seed);
      const any = (below: number): number => Math.floor(draw() * below);
      const world = new Channel();
      let links: Link[] = [];
      let most = 0;
      for (let round = 0; round < 60; round++) {
        switch (any(9)) {
          case 0:
            links = Array.from({ length: any(5) }, (_, i) => link(`T${any(6)}`, `${i}-${any(3)}`));
            break;
          case 1:
            links = links.map(({ title }, i) => link(title, `${i}-${any(3)}`));
            break;
          case 2:
            world.fate = (['lostBefore', 'lostAfter', 'refused', 'busy'] as const)[any(4)] ?? 'none';
            break;
          case 3:
            world.executor = world.start();
            break;
          case 4:
            world.clock.tick(seconds(any(40)));
            break;
          default:
        }
        most = Math.max(most, new Set(links.map((one) => one.url)).size);
        await world.pass(links, any(8) > 0);
        expect(Object.keys(world.entries).length).toBeLessThanOrEqual(most);
      }
      for (let i = 0; i < 40; i++) {
        world.fate = 'none';
        world.clock.tick(minutes(3));
        await world.pass(links);
      }
      const byUrl = new Map(links.map((one) => [one.url, one.title]));
      for (const [address, title] of byUrl)
        expect(
          world.shown.filter((one) => one.url === address).map((one) => one.title),
          `seed ${seed}: ${address}`,
        ).toEqual([title]);
    }
  });

  it('are made again where people took away what stood there before', async () => {
    const world = new Channel();
    const settled = async (links: readonly Link[]): Promise<void> => {
      for (let i = 0; i < 8; i++) {
        await world.pass(links);
        world.clock.tick(settling);
      }
    };
    await settled([link('A', 'a')]);
    world.shown = [];
    await settled([link('A', 'b')]);
    expect(world.shown.map((one) => one.url)).toEqual([url('b')]);
    expect(Object.keys(world.entries)).toHaveLength(1);
    // This very link people took away: it is left so.
    world.shown = [];
    await settled([link('New title', 'b')]);
    expect(world.shown).toEqual([]);
    await settled([link('New title', 'c')]);
    expect(world.shown.map((one) => one.url)).toEqual([url('c')]);
    expect(Object.keys(world.entries)).toHaveLength(1);
  });
});

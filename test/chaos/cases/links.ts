import { lookOutside } from '../../world/outside.ts';
import { until } from '../../world/until.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { finding } from '../expect.ts';

const each = ['Dashboard', 'Bridge', 'Runbook'];
const rounds = 8;
/** In this round something goes wrong with the edit of the first bookmark. */
const odd = 4;

const linksOf = (round: number): { title: string; url: string }[] =>
  each.map((title) => ({ title, url: `https://links.example/${title.toLowerCase()}/${round}` }));

interface Mishap {
  readonly name: string;
  /** Begins before that round's edit; resolves once it has happened. */
  begin?(world: World): Promise<unknown>;
}

const mishaps: readonly Mishap[] = [
  { name: 'nothing' },
  {
    name: 'an answer is lost',
    begin: ({ slack }) => slack.fault({ act: 'dropAfter', method: 'bookmarks.edit', nth: 1 }).hit(),
  },
  {
    name: 'the controller dies before the answer',
    async begin(world) {
      const held = world.slack.fault({ act: 'holdAnswer', method: 'bookmarks.edit', nth: 1 });
      await held.hit();
      world.controller.signal('SIGKILL');
      held.release();
    },
  },
  {
    name: 'the controller dies and its edit arrives late',
    async begin(world) {
      const held = world.slack.fault({ act: 'hold', method: 'bookmarks.edit', nth: 1 });
      await held.hit();
      const first = world.controller;
      first.signal('SIGKILL');
      const next = await until('a successor', () => world.controller !== first && world.controller, 20_000);
      await next.logged('leading');
      held.release();
    },
  },
];

/** Automation changes the address of every link again and again: each stands there once, and costs one entry for good. */
const edited = (mishap: Mishap): Case => ({
  name: `links edited again and again: ${mishap.name}`,
  perturbation: 'P15',
  async play(world) {
    const found = finding();
    await world.declare({ links: linksOf(0) });
    const keysOf = async (): Promise<string[]> =>
      Object.keys((await world.incident()).status?.effects ?? {}).filter((key) => key.startsWith('bookmark/link/'));
    const done = (): Promise<unknown> =>
      world.sees(
        'everything done',
        (i) =>
          conditionOf(i, 'Ready')?.reason === 'Converged' && i.status?.observedGeneration === i.metadata.generation,
        undefined,
        60_000,
      );
    await done();
    const before = await keysOf();
    for (let round = 1; round <= rounds; round++) {
      const happened = round === odd ? mishap.begin?.(world) : undefined;
      await world.edit({ links: linksOf(round) });
      await happened;
      // Half of the rounds are overtaken by the next one.
      if (round % 2 === 0) await done();
    }
    await done();
    const shown = (await lookOutside(world)).bookmarks
      .map(({ link }) => link)
      .filter((link) => link.includes('links.example'));
    const wanted = each.map((title) => `https://links.example/${title.toLowerCase()}/${rounds}`);
    found.check('I2', shown.length <= wanted.length, `${shown.length} bookmarks: ${shown.join(', ')}`);
    found.check(
      'I3',
      wanted.every((link) => shown.includes(link)),
      `there are only ${shown.join(', ')}`,
    );
    const after = await keysOf();
    found.check('I8', after.length === before.length, `${before.length} entries of links became ${after.length}`);
    return found.all;
  },
});

export const linkCases: readonly Case[] = mishaps.map(edited);

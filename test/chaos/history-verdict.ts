import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import type { Entry } from '../../controller/runtime/effect.ts';
import { doubled, keyOf, lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { isReady, conditionOf, type World } from '../world/world.ts';
import { judgeRest, judgeSecrets, type Check, type Violation } from './verdict.ts';

const calm = 60_000;

/**
 * For stories of any length: what the timeline says is a chain that ends where the spec is, each entry was told once to
 * whoever should know, and nothing else stands outside. `late`: what was due too long ago may say that it was not sent.
 */
export async function judgeHistory(world: World, { late = false } = {}): Promise<Violation[]> {
  const found: Violation[] = [];
  const check: Check = (invariant, holds, message) => {
    if (!holds) found.push({ invariant, message });
  };
  const final = new Set<Entry['state']>(late ? ['Done', 'Expired'] : ['Done']);
  const ended = (effects: Readonly<Record<string, Entry>> = {}): boolean =>
    Object.values(effects).every(({ state }) => final.has(state));
  try {
    const isDone = (one: Parameters<typeof isReady>[0]): boolean =>
      isReady(one) && (late || conditionOf(one, 'Ready')?.reason === 'Converged') && ended(one.status?.effects);
    await world.sees('everything done', isDone, undefined, calm);
    await until(
      'every update told',
      async () =>
        (await world.objects.list('IncidentUpdate')).every(
          (one) => conditionOf(one, 'Ready')?.status === 'True' && ended(one.status?.effects),
        ),
      calm,
    );
    await until('rest', () => isAtRest(world), calm);
  } catch (error) {
    check('I3', false, String(error).slice(0, 2_000));
  }
  const updates = await world.objects.list('IncidentUpdate');
  await judgeChain(world, updates, check);
  await judgeTold(world, updates, check);
  judgeSecrets(world, check);
  await judgeRest(world, check);
  return found;
}

/** The last receipts follow what they are of by a second or two. */
async function isAtRest(world: World): Promise<boolean> {
  const before = JSON.stringify(await world.objects.versions());
  await new Promise((resolve) => {
    setTimeout(resolve, 1_000);
  });
  return JSON.stringify(await world.objects.versions()) === before;
}

const seq = ({ metadata }: IncidentUpdate): number => Number(/-t(\d+)$/.exec(metadata.name)?.[1] ?? 0);

/** From each severity and state to the next one, and the last is what is asked for. */
async function judgeChain(world: World, updates: readonly IncidentUpdate[], check: Check): Promise<void> {
  const { spec, status } = await world.incident();
  for (const [type, wanted] of [
    ['State', spec.state],
    ['Severity', spec.severity],
  ] as const) {
    const chain = updates.filter((one) => one.spec.type === type).toSorted((a, b) => seq(a) - seq(b));
    const words = chain.map((one) => `${one.spec.from ?? ''}→${one.spec.to ?? ''}`).join(', ');
    const linked = chain.every((one, i) => i === 0 || one.spec.from === chain[i - 1]?.spec.to);
    check('I1', linked, `the timeline of ${type} has a gap: ${words}`);
    const last = chain.at(-1)?.spec.to;
    check(
      'I1',
      last === undefined || last === wanted,
      `the timeline of ${type} ends elsewhere than ${wanted}: ${words}`,
    );
  }
  check(
    'I1',
    status?.applied?.severity === spec.severity && status.applied.state === spec.state,
    'what was applied is not what was asked for',
  );
}

async function judgeTold(world: World, updates: readonly IncidentUpdate[], check: Check): Promise<void> {
  const outside = await lookOutside(world);
  for (const twice of doubled(outside)) check('I2', false, twice);
  const { metadata, spec } = await world.incident();
  check('I3', outside.channels.length === 1, `${outside.channels.length} channels`);
  check('I3', outside.posts.length === 1, `${outside.posts.length} live statuses`);
  check('I3', outside.issues.length === 1, `${outside.issues.length} issues`);
  const words = outside.posts[0]?.text ?? '';
  check('I1', words.includes(spec.state), `the live status says ${words}, not ${spec.state}`);
  const told = new Set(outside.notices.map(keyOf));
  for (const { metadata: one, status } of updates)
    for (const [key, { state }] of Object.entries(status?.effects ?? {})) {
      if (!key.startsWith('notice/')) continue;
      const there = told.delete(`${metadata.uid}/${one.name}/${key}`);
      check('I3', there === (state === 'Done'), `${key} of ${one.name} is ${state} and ${there ? '' : 'not '}there`);
    }
  check('I3', told.size === 0, `notices of nobody: ${[...told].join(', ')}`);
}

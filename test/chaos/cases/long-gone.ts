import { apiVersion } from '../../../controller/api/names.ts';
import { until } from '../../world/until.ts';
import { keyOf, lookOutside } from '../../world/outside.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { judgeHistory } from '../history-verdict.ts';
import type { Trace } from '../trace.ts';
import type { Violation } from '../verdict.ts';

/** Eight hours nobody leads; then somebody does, and what is long past is not told as news. */
export function longGoneCasesOf({ boundaries }: Trace): Case[] {
  return boundaries
    .filter(
      (b) => b.endsWith(':1') && !b.startsWith('accepted:number') && !b.includes(':record') && !b.includes(':review'),
    )
    .filter((b) => !b.includes(':comment/'))
    .map(longGone);
}

const hours = 8;

const longGone = (boundary: string): Case => ({
  name: `eight hours down from ${boundary}`,
  perturbation: 'P19',
  env: { ALLCLEAR_TEST_CRASH: boundary },
  arm(_, keeper, api) {
    keeper.next = () => {
      api.later(hours * 3_600_000);
      return { ALLCLEAR_TEST_CLOCK_SKEW_SECONDS: String(hours * 3_600) };
    };
  },
  async play(world) {
    const first = world.controller;
    let ended = false;
    void first.ended.then(() => (ended = true));
    await world.declare();
    await until('the crash', () => ended, 45_000);
    const told = new Set((await lookOutside(world)).notices.map(keyOf));
    // While nobody looks, people go on.
    await world.kubectl.apply({
      apiVersion,
      kind: 'IncidentUpdate',
      metadata: { namespace: world.namespace, name: 'meanwhile' },
      spec: { incidentRef: { name: 'login' }, type: 'Status', text: 'We look into it.', audience: 'Stakeholders' },
    });
    await until('a successor', () => world.controller !== first);
    const found = await judgeHistory(world, { late: true });
    return [...found, ...(await toldLate(world, told))];
  },
});

/** News of before the eight hours that was told after them, or of which nobody says that it was not. */
async function toldLate(world: World, before: ReadonlySet<string>): Promise<Violation[]> {
  const found: Violation[] = [];
  const { notices, thread } = await lookOutside(world);
  const after = notices.map(keyOf).filter((key) => !before.has(key));
  let kept = 0;
  for (const { metadata, spec, status } of await world.objects.list('IncidentUpdate')) {
    const at = Date.parse(spec.occurredAt ?? metadata.creationTimestamp);
    if (at > Date.now() + 3_600_000) continue;
    for (const key of after)
      if (key.includes(`/${metadata.name}/`))
        found.push({ invariant: 'I2', message: `${key} was sent eight hours late` });
    kept += Object.values(status?.effects ?? {}).filter(({ state }) => state === 'Expired').length;
    const said = conditionOf({ status }, 'NoticesSent');
    const untold = Object.values(status?.effects ?? {}).some(({ state }) => state === 'Expired');
    if (untold && (said?.status !== 'False' || said.reason !== 'Expired'))
      found.push({ invariant: 'I1', message: `${metadata.name} was not told, and its condition says ${said?.reason}` });
  }
  if (kept === 0) found.push({ invariant: 'I3', message: 'nothing was too late: the case shows nothing' });
  if (!thread.some(({ text }) => text.includes('too late')))
    found.push({ invariant: 'I1', message: 'the thread does not say that something was too late' });
  return found;
}

import { apiVersion } from '../../../controller/api/names.ts';
import { until } from '../../world/until.ts';
import type { Case } from '../cases.ts';
import { judgeHistory } from '../history-verdict.ts';
import type { Trace } from '../trace.ts';
import type { Violation } from '../verdict.ts';

/** Eight hours nobody leads; then somebody does, and what is long past is not told as news. */
export function longGoneCasesOf({ boundaries }: Trace): Case[] {
  return boundaries
    .filter((b) => b.endsWith(':1') && !b.startsWith('accepted:number') && !b.includes(':record') && !b.includes(':review'))
    .filter((b) => !b.includes(':comment/'))
    .map(longGone);
}

const hours = 8;

const longGone = (boundary: string): Case => ({
  name: `eight hours down from ${boundary}`,
  perturbation: 'P19',
  env: { ALLCLEAR_TEST_CRASH: boundary },
  arm(_, keeper) {
    keeper.next = () => ({ ALLCLEAR_TEST_CLOCK_SKEW_SECONDS: String(hours * 3_600) });
  },
  async play(world) {
    const first = world.controller;
    await world.declare();
    await first.ended;
    // While nobody looks, people go on.
    await world.kubectl.apply({
      apiVersion,
      kind: 'IncidentUpdate',
      metadata: { namespace: world.namespace, name: 'meanwhile' },
      spec: { incidentRef: { name: 'login' }, type: 'Status', text: 'We look into it.', audience: 'Stakeholders' },
    });
    await until('a successor', () => world.controller !== first);
    const found = await judgeHistory(world, { late: true });
    return [...found, ...(await sentLate(world, boundary))];
  },
});

async function sentLate(world: Parameters<NonNullable<Case['play']>>[0], boundary: string): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { metadata, spec, status } of await world.objects.list('IncidentUpdate')) {
    const entries = Object.entries(status?.effects ?? {}).filter(([key]) => key.startsWith('notice/'));
    // Told before the end, and the successor found it.
    if (boundary.startsWith('accepted:') && spec.from === undefined && spec.type === 'State') continue;
    for (const [key, { state }] of entries)
      if (state === 'Done') {
        const at = Date.parse(spec.occurredAt ?? metadata.creationTimestamp);
        if (at < Date.now() + 3_600_000)
          found.push({ invariant: 'I2', message: `${key} of ${metadata.name} was sent eight hours late` });
      }
  }
  return found;
}

import { gitHubWrites, slackWrites, total } from '../../world/count.ts';
import { until } from '../../world/until.ts';
import type { World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { isStopped } from '../stopped.ts';
import { callOf, isGitHubWrite, type Trace, type Write } from '../trace.ts';
import type { Violation } from '../verdict.ts';
import { nameOf, ruleFor } from '../writes.ts';

/** Where doubt and its read-back can go wrong: each part of the protocol that only a second mishap puts to the test. */
export function doubtCasesOf({ boundaries, writes }: Trace): Case[] {
  return [
    undisturbed,
    ...writes.map(lateAfterCrash),
    ...writes.map(blind),
    ...writes.filter(makesSomething).map(lagging),
    ...boundaries.filter((b) => b.startsWith('intent:')).map(stale),
    ...Array.from({ length: 8 }, (_, n) => unwritten(n + 1)),
    ...boundaries.filter((b) => /^(send|accepted):(ticket|bookmark|notice)\/.*:1$/.test(b)).map(unwanted),
    policyTakenAway,
  ];
}

const makesSomething = ({ to, call }: Write): boolean => to === 'slack' && /create|add|post/.test(call);

const undisturbed: Case = { name: 'undisturbed', perturbation: 'P0' };

/** The sender dies; what it sent arrives after its successor's look. Released by that look, never by time. */
const lateAfterCrash = (write: Write): Case => ({
  name: `late crash ${nameOf(write)}`,
  perturbation: 'P3',
  async arm(world) {
    const held = ruleFor(world, write, 'hold');
    await held.hit();
    world.controller.signal('SIGKILL');
    const before = looks(world, write);
    await until('a look', () => looks(world, write) > before, 20_000).catch(() => undefined);
    held.release();
  },
});

/** The answer is lost, and so are the first looks that would clear it up. */
const blind = (write: Write): Case => ({
  name: `blind ${nameOf(write)}`,
  perturbation: 'P3',
  async arm(world) {
    await ruleFor(world, write, 'dropAfter').hit();
    if (write.to === 'slack') world.slack.fault({ act: 503, methods: slackLooks, times: 2 });
    else world.faults.rule({ act: 503, when: (call) => !isGitHubWrite(call), times: 2 });
  },
});

/** The answer is lost, and reads do not show yet what was made. Shorter than the time that a doubt takes to settle. */
const lagging = (write: Write): Case => ({
  name: `lagging ${nameOf(write)}`,
  perturbation: 'P11',
  // The doubt is of a send of its own: a takeover's is over.
  idle: 3_000,
  arm(world) {
    world.slack.lag = 1_800;
    return ruleFor(world, write, 'dropAfter').hit();
  },
});

/** Somebody else writes into the status between our look at it and our own write. */
const stale = (boundary: string): Case => ({
  name: `stale ${boundary}`,
  perturbation: 'P5',
  env: { ALLCLEAR_TEST_FREEZE: boundary },
  async arm(world) {
    const { pid } = world.controller;
    await until('the stop', () => isStopped(pid), 60_000);
    for (const [kind, name] of await objectsOf(world)) await addCondition(world, kind, name);
    world.controller.signal('SIGCONT');
  },
  async verdict(world) {
    const lost: Violation[] = [];
    for (const [kind, name] of await objectsOf(world)) {
      const { metadata, status } = await world.objects.get(kind, name);
      if (metadata.annotations?.[overwritten] && !status?.conditions?.some(({ type }) => type === overwritten))
        lost.push({ invariant: 'I7', message: `${kind} ${name}: a condition written meanwhile was overwritten` });
    }
    return lost;
  },
});

/** A status write is lost on its way to the API server, and the process with it: nothing may have been sent on its word. */
const unwritten = (nth: number): Case => ({
  name: `unwritten status #${nth}`,
  perturbation: 'P8',
  async arm(world, _, api) {
    const lost = api.rule({
      act: 'hold',
      nth,
      when: ({ verb, resource }) => verb === 'patch' && resource.endsWith('/status') && resource.startsWith('incident'),
    });
    await lost.hit();
    const before = total(slackWrites(world.slack)) + total(gitHubWrites(world.github));
    const sent = (): boolean => total(slackWrites(world.slack)) + total(gitHubWrites(world.github)) > before;
    await until('a send', sent, 1_000).catch(() => undefined);
    world.controller.signal('SIGKILL');
  },
});

/** While nobody leads, the policy drops what may have been sent; later it asks for it again. */
const unwanted = (boundary: string): Case => ({
  name: `unwanted ${boundary}`,
  perturbation: 'P6',
  env: { ALLCLEAR_TEST_CRASH: boundary },
  async arm(world) {
    const first = world.controller;
    await first.ended;
    const restore = await emptyPolicy(world);
    await until('a successor', () => world.controller !== first && world.controller, 20_000);
    await world.controller.logged('leading');
    await until('a decision', async () => !(await pending(world, boundary)), 10_000).catch(() => undefined);
    await restore();
  },
});

/** What is no longer wanted stays as it is: nothing is taken away outside, and nothing made again. */
const policyTakenAway: Case = {
  name: 'policy taken away and put back',
  perturbation: 'P6',
  // Of whom it names nobody is told until it is back.
  rewrites: true,
  async arm(world) {
    await world.sees('the pin', ({ status }) => status?.effects?.['pin']?.state === 'Done');
    await until('the bookmarks', async () => !(await pending(world, 'accepted:bookmark')), 10_000);
    const restore = await emptyPolicy(world);
    await new Promise((resolve) => {
      setTimeout(resolve, 1_500);
    });
    await restore();
  },
  verdict: ({ slack, faults }) => [
    ...slack
      .calls()
      .filter(({ method }) => /\.(delete|remove|archive|kick)$/.test(method))
      .map(({ method }): Violation => ({ invariant: 'I4', message: `${method} took something away` })),
    ...faults.calls
      .filter(({ method }) => method === 'DELETE')
      .map(({ path }): Violation => ({ invariant: 'I4', message: `DELETE ${path} took something away` })),
  ],
};

/** Looks at effects; who we are and who people are is no look. */
const slackLooks: ReadonlySet<string> = new Set([
  'bookmarks.list',
  'conversations.history',
  'conversations.info',
  'conversations.replies',
  'users.conversations',
]);

/** Looks so far at this vendor, and repeats of the call itself: what needs no look is sent again instead. */
const looks = (world: World, { to, call }: Write): number =>
  to === 'slack'
    ? world.slack.calls().filter(({ method }) => slackLooks.has(method) || method === call).length
    : world.faults.calls.filter((one) => gitHubLook.test(callOf(one)) || callOf(one) === call).length;

const gitHubLook = /^GET \/repos\/[^/]+\/[^/]+\/(issues|pulls)/;

const overwritten = 'example.com/overwritten';

async function objectsOf({ objects }: World): Promise<['Incident' | 'IncidentUpdate', string][]> {
  const updates = await objects.list('IncidentUpdate');
  return [
    ['Incident', 'login'],
    ...updates.map(({ metadata }): ['IncidentUpdate', string] => ['IncidentUpdate', metadata.name]),
  ];
}

/** A condition of somebody else's, with an annotation that says that it is there. */
async function addCondition(world: World, kind: 'Incident' | 'IncidentUpdate', name: string): Promise<void> {
  const condition = {
    type: overwritten,
    status: 'True',
    reason: 'Seen',
    message: 'Not ours.',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const patch = (body: object, ...more: string[]): Promise<unknown> =>
    world.kubectl('patch', kind, name, '-n', world.namespace, '--type=merge', '-p', JSON.stringify(body), ...more);
  await patch({ metadata: { annotations: { [overwritten]: 'true' } } });
  // Fenced, as anybody's write should be: others of the harness write into the same list.
  await until('the condition to be taken', async () => {
    const { metadata, status } = await world.objects.get(kind, name);
    const conditions = [...(status?.conditions ?? []), condition];
    await patch(
      { metadata: { resourceVersion: metadata.resourceVersion }, status: { conditions } },
      '--subresource=status',
    );
    return true;
  });
}

/** Empties every list of the usual policy; the returned function puts them back. */
async function emptyPolicy({ objects }: World): Promise<() => Promise<unknown>> {
  const { spec } = await objects.get('ResponsePolicy', 'default');
  const { bookmarks, notices, invitees, tickets = null } = spec;
  await objects.patch('ResponsePolicy', 'default', {
    spec: { bookmarks: [], notices: [], invitees: [], tickets: [] },
  });
  return () => objects.patch('ResponsePolicy', 'default', { spec: { bookmarks, notices, invitees, tickets } });
}

/** Some object's entry of this boundary's effect is still open. */
async function pending({ objects }: World, boundary: string): Promise<boolean> {
  const [, key = ''] = boundary.split(':');
  const all = [...(await objects.list('Incident')), ...(await objects.list('IncidentUpdate'))];
  return all.some(({ status }) =>
    Object.entries(status?.effects ?? {}).some(([name, { state }]) => name.startsWith(key) && state === 'Pending'),
  );
}

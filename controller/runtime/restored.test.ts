import { expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/builders/fake-clock.ts';
import { minutes, type Instant } from './clock.ts';
import { Executor } from './executor.ts';

const uid = { namespace: 'n', name: 'a', uid: 'u1' };

/** Since when the outside is asked for a thing of an object that came back without its status. */
async function askedSince(oldest: (now: Instant) => Instant | undefined): Promise<number | undefined> {
  const clock = new FakeClock();
  const asked: Instant[] = [];
  const executor = new Executor({
    clock,
    leadership: { session: 's', leading: () => true, acquiredAt: () => 0 },
    reach: () => ({
      port: {
        recover: 'observe',
        create: () => Promise.resolve({ ref: {} }),
        observe(look) {
          asked.push(look.since);
          return Promise.resolve([]);
        },
      },
      epoch: '',
    }),
    wake() {},
    report() {},
  });
  const owner = { kind: 'Thing', ...uid };
  const shared = {
    owner,
    identity: { install: 'i', ...uid },
    generation: 1,
    entries: {},
    settled: false,
    closed: false,
  };
  executor.pass(
    { ...shared, restored: true, oldest: oldest(clock.now()) },
    [{ key: 'notice', kind: 'message', desired: {} }],
    new Set(),
  );
  await settle();
  return asked[0] === undefined ? undefined : clock.now() - asked[0];
}

it('what stands outside of a restored object is looked for since it was first made', async () => {
  expect(await askedSince((now) => now - minutes(1_500))).toBe(minutes(1_500));
});

it('and from now on where nothing older is known', async () => {
  expect(await askedSince(() => undefined)).toBe(0);
  expect(await askedSince((now) => now + minutes(5))).toBe(0);
});

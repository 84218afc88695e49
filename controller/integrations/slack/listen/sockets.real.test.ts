import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../../../../test/builders/fake-clock.ts';
import { startSlack, type Slack } from '../../../../test/emulators/slack.ts';
import { slackTiming } from '../../../../test/emulators/slack/timing.ts';
import { until } from '../../../../test/world/until.ts';
import { systemClock } from '../../../runtime/clock.ts';
import type { Delivery, AckResult } from './receiver.ts';
import { sockets } from './sockets.ts';

let slack: Slack;
/** Slack's patience, not ours: it loses none while a process stands still. */
let clock: FakeClock;
let source: ReturnType<typeof sockets>;
let lines: string[];
/** What an app would do. */
let answer: (delivery: Delivery) => Promise<AckResult>;

beforeEach(async () => {
  clock = new FakeClock();
  slack = await startSlack({ clock });
  lines = [];
  answer = async () => ({ acked: true, payload: { text: 'done' } });
  const line = (event: string): void => void lines.push(event);
  source = sockets({
    apiUrl: slack.url,
    appToken: slack.appToken,
    clock: systemClock,
    log: { info: line, warn: line },
    random: () => 0,
  });
});
afterEach(async () => {
  await source.stop();
  await slack.close();
});

const open = (count: number): Promise<unknown> =>
  until(`${count} sockets`, () => slack.delivery.sockets.ids.length === count);
const start = async (): Promise<void> => {
  await source.start((delivery) => answer(delivery));
  await until('both', () => source.open === 2);
};
const ask = () => slack.as('ana').command('/incident', 'list');

describe('two sockets', () => {
  test('answer, and are gone after the end', async () => {
    await start();
    expect(await ask()).toMatchObject({ result: 'acked' });
    expect(source.open).toBe(2);
    await source.stop();
    await open(0);
  });

  test('without an ack nothing is sent, and Slack brings it again', async () => {
    const attempts: unknown[] = [];
    answer = ({ retryNum }) => {
      attempts.push(retryNum);
      return Promise.resolve({ acked: false });
    };
    await start();
    const asked = ask();
    await until('it is there', () => attempts.length === 1);
    await clock.advance(slackTiming.ackWithin);
    expect(await asked).toMatchObject({ result: 'operation_timeout' });
    await until('the repeat', () => attempts.length === 2);
    expect(slack.delivery.refusedAcks).toEqual([]);
  });

  test('dropped: both are there again', async () => {
    await start();
    slack.delivery.sockets.drop();
    await until('both anew', () => source.open === 2 && slack.delivery.sockets.ids.includes('socket-4'));
    expect(await ask()).toMatchObject({ result: 'acked' });
  });

  test.each(['refresh_requested', 'warning'] as const)(
    '%s: the new ones stand before the old ones go, and what the old ones brought is answered over them',
    async (reason) => {
      const slow = Promise.withResolvers<void>();
      answer = async () => {
        await slow.promise;
        return { acked: true, payload: undefined };
      };
      await start();
      const asked = ask();
      await until('it is there', () => slack.delivery.envelopes.length === 1);
      slack.delivery.sockets.disconnect(reason);
      await open(4);
      slow.resolve();
      expect(await asked).toMatchObject({ result: 'acked' });
      await clock.advance(slackTiming.disconnectGrace);
      await open(2);
      expect(await ask()).toMatchObject({ result: 'acked' });
      expect(slack.delivery.refusedAcks).toEqual([]);
    },
  );

  test('switched off at Slack: tried again until it is on, and the process lives', async () => {
    await start();
    slack.delivery.sockets.disabled = 'forbidden_team';
    slack.delivery.sockets.disconnect('link_disabled');
    await until('several attempts', () => lines.filter((event) => event === 'slack.socket-failed').length >= 4);
    slack.delivery.sockets.disabled = undefined;
    await until('both anew', () => source.open === 2);
    expect(await ask()).toMatchObject({ result: 'acked' });
  });

  test.each([
    ['a token that is revoked', { act: 'okFalse', error: 'token_revoked' }],
    ['an answer that is no JSON', { act: 'html200' }],
    ['a lost connection', { act: 'dropBefore' }],
    ['a limit without a time', { act: 429, retryAfter: null }],
    ['an error of the server', { act: 500 }],
  ] as const)('%s while opening does not end the process or leave it deaf', async (_, fault) => {
    const rule = slack.fault({ ...fault, method: 'apps.connections.open' });
    await source.start((delivery) => answer(delivery));
    await rule.hit(3);
    rule.remove();
    await until('both', () => source.open === 2);
    expect(await ask()).toMatchObject({ result: 'acked' });
  });

  test('stopped while it cannot open: it ends', async () => {
    slack.fault({ act: 'hold', method: 'apps.connections.open' });
    await source.start((delivery) => answer(delivery));
    await until('asked', () => slack.calls('apps.connections.open').length === 2);
    const began = performance.now();
    await source.stop();
    // Left to itself, opening is given up after ten seconds only.
    expect(performance.now() - began).toBeLessThan(9_000);
  });
});

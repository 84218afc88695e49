import { App } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { FakeClock, settle } from '../../../../test/builders/fake-clock.ts';
import { HoldingReceiver, kindOf, type Delivery, type AckResult } from './receiver.ts';
import { quietLogger } from '../quiet-logger.ts';

function set(prepare: (app: App) => void): {
  receiver: HoldingReceiver;
  deliver: (body: Record<string, unknown>, more?: Partial<Delivery>) => Promise<AckResult>;
  clock: FakeClock;
  source: string[];
} {
  const clock = new FakeClock();
  const source: string[] = [];
  const log = { warn: (): void => undefined, error: (): void => undefined };
  const receiver = new HoldingReceiver({
    clock,
    log,
    source: {
      start: async () => void source.push('started'),
      stop: async () => void source.push('stopped'),
    },
  });
  const app = new App({
    receiver,
    convoStore: false,
    authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U0', teamId: 'T1' }),
    logger: quietLogger(log.warn),
  });
  app.error(async (error) => {
    throw error;
  });
  prepare(app);
  return { receiver, clock, source, deliver: (body, more) => receiver.deliver({ body, ...more }) };
}

const message = {
  type: 'event_callback',
  team_id: 'T1',
  event: { type: 'message', user: 'U1', text: 'x', channel: 'C1' },
};
const command = { command: '/incident', text: 'x', team_id: 'T1', user_id: 'U1', channel_id: 'C1' };

describe('the ack is held', () => {
  test('of an event until its listener has ended, though Bolt acks it before', async () => {
    const written = Promise.withResolvers<void>();
    const { deliver } = set((app) => app.event('message', () => written.promise));
    let outcome: AckResult | undefined;
    const delivered = deliver(message).then((o) => (outcome = o));
    await settle();
    expect(outcome).toBeUndefined();
    written.resolve();
    await delivered;
    expect(outcome).toEqual({ acked: true, payload: undefined });
  });

  test('and none is sent when a listener throws', async () => {
    const { deliver } = set((app) =>
      app.event('message', () => {
        throw new Error('the API server is away');
      }),
    );
    expect(await deliver(message)).toEqual({ acked: false });
  });

  test('a command is acked with its words; what nobody listens to is acked bare', async () => {
    const { deliver } = set((app) => app.command('/incident', ({ ack }) => ack({ text: 'done' })));
    expect(await deliver(command)).toEqual({ acked: true, payload: { text: 'done' } });
    expect(await deliver({ ...command, command: '/other' })).toEqual({ acked: true, payload: undefined });
    expect(await deliver({ type: 'something_new' })).toEqual({ acked: true, payload: undefined });
  });

  test('a listener learns that it is a repeat', async () => {
    let seen: unknown;
    const { deliver } = set((app) =>
      app.event('message', async ({ context }) => {
        seen = [context.retryNum, context.retryReason];
      }),
    );
    await deliver(message, { retryNum: 2, retryReason: 'timeout' });
    expect(seen).toEqual([2, 'timeout']);
  });
});

describe('the end', () => {
  test('what is in flight is answered before the source goes', async () => {
    const written = Promise.withResolvers<void>();
    const { receiver, deliver, source } = set((app) => app.event('message', () => written.promise));
    await receiver.start();
    const delivered = deliver(message);
    const stopped = receiver.stop();
    await settle();
    expect(source).toEqual(['started']);
    written.resolve();
    expect(await delivered).toMatchObject({ acked: true });
    await stopped;
    expect(source).toEqual(['started', 'stopped']);
    expect(receiver.inFlight).toBe(0);
  });

  test('five seconds at most', async () => {
    const { receiver, deliver, source, clock } = set((app) => app.event('message', () => new Promise(() => {})));
    await receiver.start();
    void deliver(message);
    const stopped = receiver.stop();
    await clock.advance(5_000);
    await stopped;
    expect(source).toEqual(['started', 'stopped']);
  });
});

test('kinds are few, whatever comes', () => {
  expect([message, command, { type: 'block_actions' }, { type: 'evil"} 1' }, {}].map(kindOf)).toEqual([
    'event_callback',
    'command',
    'block_actions',
    'other',
    'other',
  ]);
});

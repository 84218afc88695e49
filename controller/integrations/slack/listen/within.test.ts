import { expect, it } from 'vitest';
import { FakeClock } from '../../../../test/builders/fake-clock.ts';
import { slackTiming } from '../../../../test/emulators/slack/timing.ts';
import { ackMost, TooLate, within } from './within.ts';

it('leaves half a second for the way before Slack gives up', () => {
  expect(ackMost).toBeLessThanOrEqual(slackTiming.ackWithin - 500);
});

it('waits for an answer, and no longer than it may', async () => {
  const clock = new FakeClock();
  expect(await within(clock, ackMost, Promise.resolve('said'))).toBe('said');
  let ended = false;
  const late = within(clock, ackMost, new Promise<never>(() => {})).catch((error: unknown) => {
    ended = true;
    return error;
  });
  await clock.advance(ackMost - 1);
  expect(ended).toBe(false);
  await clock.advance(1);
  expect(await late).toBeInstanceOf(TooLate);
});

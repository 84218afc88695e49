import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../../../test/builders/fake-clock.ts';
import { minutes, seconds } from '../../../runtime/clock.ts';
import { verifier } from './signature.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const sign = (time: string, body: string, key = secret): string =>
  `v0=${createHmac('sha256', key).update(`v0:${time}:${body}`).digest('hex')}`;

function at(clock: FakeClock, offset = 0): string {
  return String(Math.floor((clock.now() + offset) / 1_000));
}

describe('signed requests', () => {
  test('Slack’s own example', () => {
    const timestamp = '1531420618';
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const clock = new FakeClock(Number(timestamp) * 1_000);
    expect(
      verifier(secret, clock).verify(
        'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
        timestamp,
        Buffer.from(body),
      ),
    ).toBe('genuine');
  });

  test('forged, of another secret, over another body or time', () => {
    const clock = new FakeClock();
    const judge = verifier(secret, clock);
    const time = at(clock);
    const body = Buffer.from('text=a');
    expect(judge.verify(sign(time, 'text=a', 'other'), time, body)).toBe('forged');
    expect(judge.verify(sign(time, 'text=b'), time, body)).toBe('forged');
    expect(judge.verify(sign(at(clock, -1_000), 'text=a'), time, body)).toBe('forged');
    expect(judge.verify(sign(time, 'text=a'), time, body)).toBe('genuine');
  });

  test.each(['', 'v0=', 'v1=00', `v0=${'g'.repeat(64)}`, `v0=${'0'.repeat(63)}`])('unsigned: %j', (signature) => {
    const clock = new FakeClock();
    expect(verifier(secret, clock).verify(signature, at(clock), Buffer.from(''))).toBe('unsigned');
  });

  test('five minutes, both ways', () => {
    const clock = new FakeClock();
    const judge = verifier(secret, clock);
    for (const [offset, verdict] of [
      [-minutes(5), 'genuine'],
      [minutes(5), 'genuine'],
      [-minutes(5) - seconds(1), 'stale'],
      [minutes(5) + seconds(1), 'stale'],
    ] as const) {
      const time = at(clock, offset);
      expect(judge.verify(sign(time, ''), time, Buffer.from(''))).toBe(verdict);
    }
    expect(judge.verify(sign('NaN', ''), 'NaN', Buffer.from(''))).toBe('unsigned');
  });

  test('the same one again is a replay, for as long as it would be fresh', async () => {
    const clock = new FakeClock();
    const judge = verifier(secret, clock);
    // A sender's clock may be ahead.
    const time = at(clock, minutes(5));
    const send = (): string => judge.verify(sign(time, 'x'), time, Buffer.from('x'));
    expect([send(), send()]).toEqual(['genuine', 'replayed']);
    await clock.advance(minutes(10) - seconds(1));
    expect(send()).toBe('replayed');
    await clock.advance(seconds(2));
    expect(send()).toBe('stale');
  });

  test('what was not answered as done may come again', () => {
    const clock = new FakeClock();
    const judge = verifier(secret, clock);
    const time = at(clock);
    const signature = sign(time, 'x');
    judge.verify(signature, time, Buffer.from('x'));
    judge.forget(signature);
    expect(judge.verify(signature, time, Buffer.from('x'))).toBe('genuine');
  });
});

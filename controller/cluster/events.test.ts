import { expect, it } from 'vitest';
import { eventName, eventNote } from './events.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

it('names an Event as the API server takes it, wherever the name of its object is cut', () => {
  const names = Array.from({ length: 60 }, (_, i) => 'a'.repeat(170 + i)).flatMap((begin) => [
    `${begin}${'-'.repeat(12)}${'b'.repeat(71)}`.slice(0, 253),
    `${begin}.${'b'.repeat(82)}`.slice(0, 253),
  ]);
  for (const name of ['login', ...names]) {
    const event = eventName(name, '19c0ffee0012a');
    expect(event).toMatch(subdomain);
    expect(event.length).toBeLessThanOrEqual(253);
  }
});

it('cuts a note to 1,024 bytes, as the API server counts them, and no character in two', () => {
  expect(eventNote('x'.repeat(2_000))).toBe('x'.repeat(1_024));
  expect(eventNote('注'.repeat(520))).toBe('注'.repeat(341));
  expect(eventNote('é'.repeat(600))).toBe('é'.repeat(512));
  expect(eventNote(`${'x'.repeat(1_021)}😀`)).toBe('x'.repeat(1_021));
  expect(eventNote(`${'x'.repeat(1_020)}😀😀`)).toBe(`${'x'.repeat(1_020)}😀`);
  expect(eventNote(`${'x'.repeat(1_020)}\uD83D!!`)).toBe(`${'x'.repeat(1_020)}\uFFFD!`);
  expect(eventNote('refused')).toBe('refused');
});

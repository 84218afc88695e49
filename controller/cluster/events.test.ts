import { expect, it } from 'vitest';
import { eventName } from './events.ts';

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

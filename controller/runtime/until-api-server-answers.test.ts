import { expect, it } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { untilApiServerAnswers } from './until-api-server-answers.ts';
import { KubeError, KubeUnreachable } from './kube-errors.ts';

const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('waits through silence and a balancer’s errors, and takes a refusal for an answer', async () => {
  const clock = new FakeClock();
  const answers = [
    new KubeUnreachable('ECONNREFUSED', 'away'),
    new KubeError(503, 'ServiceUnavailable', 'no backend'),
    new KubeError(403, 'Forbidden', 'not for you'),
  ];
  let asked = 0;
  let done = false;
  const raw = (): Promise<never> => Promise.reject(answers[asked++] ?? new Error('asked too often'));
  void untilApiServerAnswers({ raw }, clock).then(() => (done = true));
  await flush();
  clock.tick(1_000);
  await flush();
  expect([asked, done]).toEqual([2, false]);
  clock.tick(1_000);
  await flush();
  expect([asked, done]).toEqual([3, true]);
});

import { until } from '../../world/until.ts';
import type { RuleHandle } from '../../emulators/rules.ts';
import type { ApiAct, ApiProxy } from '../api-proxy.ts';
import type { Case } from '../cases.ts';
import { apiCall, isApiWrite, type ApiWrite, type Trace } from '../trace.ts';
import { pause, proposed } from './moments.ts';

/** Every write of the controller to the API server, each with everything that can happen to it. */
export function apiWriteCasesOf({ apiWrites }: Trace): Case[] {
  return [
    ...apiWrites.flatMap((write) => mishaps.map((act) => faulty(act, write))),
    ...apiWrites.map(crashBeforeAnswer),
    ...apiWrites.map(lateAfterCrash),
    ...[0.3, 0.7].map(conflicts),
    rival,
  ];
}

/** Lost before or after it was stored, refused, or late. */
const mishaps: readonly ApiAct[] = ['dropBefore', 'dropAfter', 409, 429, '500After', 'delay'];

const name = ({ call, nth }: ApiWrite): string => `api ${call} #${nth}`;

const ruleFor = (api: ApiProxy, { call, nth }: ApiWrite, act: ApiAct): RuleHandle =>
  api.rule({ act, nth, ms: 1_500, retryAfter: 1, when: (one) => isApiWrite(one) && apiCall(one) === call });

const faulty = (act: ApiAct, write: ApiWrite): Case => ({
  name: `${act} ${name(write)}`,
  perturbation: 'P8',
  arm: (_, __, api) => ruleFor(api, write, act).hit(),
});

/** It is stored, and the process dies before it knows. */
const crashBeforeAnswer = (write: ApiWrite): Case => ({
  name: `crash answer ${name(write)}`,
  perturbation: 'P1',
  async arm(world, _, api) {
    const held = ruleFor(api, write, 'holdAnswer');
    await held.hit();
    world.controller.signal('SIGKILL');
    held.release();
  },
});

/** The process dies, and what it wrote arrives when its successor has written, too. */
const lateAfterCrash = (write: ApiWrite): Case => ({
  name: `late ${name(write)}`,
  perturbation: 'P9',
  async arm(world, _, api) {
    const held = ruleFor(api, write, 'hold');
    await held.hit();
    const first = world.controller;
    first.signal('SIGKILL');
    const next = await until('a successor', () => world.controller !== first && world.controller, 20_000);
    await next.logged('leading');
    const before = api.calls.length;
    await until('a write of its own', () => api.calls.slice(before).some(isApiWrite), 3_000).catch(() => undefined);
    held.release();
  },
});

/** So many of the status patches are refused as stale, by a seed. */
const conflicts = (probability: number): Case => ({
  name: `conflict storm ${probability * 100} %`,
  perturbation: 'P8',
  arm: (_, __, api) =>
    api
      .rule({ act: 409, probability, seed: 7, when: (one) => isApiWrite(one) && one.resource.endsWith('/status') })
      .hit(3),
});

/** Somebody else writes to the same objects all the time. */
const rival: Case = {
  name: 'conflict storm of a rival',
  perturbation: 'P8',
  async arm(world) {
    for (let i = 0; !(await proposed(world)); i++) {
      const updates = await world.objects.list('IncidentUpdate');
      const annotations = { 'example.com/rival': String(i) };
      const mark = async (kind: 'Incident' | 'IncidentUpdate', of: string): Promise<void> => {
        await world.objects.patch(kind, of, { metadata: { annotations } }).catch(() => undefined);
      };
      await mark('Incident', 'login');
      for (const { metadata } of updates) await mark('IncidentUpdate', metadata.name);
      await pause(15);
    }
  },
};

import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../test/builders/fake-clock.ts';
import { anIncident, anUpdate } from '../test/builders/incident.ts';
import { Caches } from './cluster/caches.ts';
import { minutes, seconds } from './runtime/clock.ts';
import { KubeClient } from './runtime/kube.ts';
import { KubeError } from './runtime/kube-errors.ts';
import { Metrics } from './server/metrics.ts';
import { Work, type Reconcile } from './work.ts';

let clock: FakeClock;
let caches: Caches;
let work: Work;
let failed: string[];
let passes: string[];

beforeEach(() => {
  clock = new FakeClock();
  failed = [];
  passes = [];
  const endpoint = {
    server: 'http://127.0.0.1:1',
    namespace: undefined,
    credentials: async () => ({ headers: {}, tls: {} }),
  };
  const served = { client: new KubeClient({ endpoint }), clock, namespaces: ['default'], idle: minutes(1) };
  caches = new Caches({ ...served, onProblem: () => undefined }, 'allclear-system');
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const log = { ...silent, error: (event: string) => void failed.push(event) };
  work = new Work({ clock, log, metrics: new Metrics(), caches });
});

const noted: Reconcile = async (namespace, name) => {
  passes.push(`${namespace}/${name}`);
  return {};
};

/** Fails once with this, then goes well. */
const failingOnce =
  (error: unknown): Reconcile =>
  async (namespace, name) => {
    await noted(namespace, name);
    if (passes.length === 1) throw error;
    return {};
  };

const key = 'default/mobile-app-login';
const overtaken = new KubeError(409, 'Conflict', 'somebody wrote first');
const gone = new KubeError(404, 'NotFound', 'it is gone');

it('begins with what is cached, and comes again when a pass says so', async () => {
  caches.incidents.observe(anIncident());
  work.run('Incident', async (...at) => ({ ...(await noted(...at)), after: seconds(30) }), 1);
  await clock.advance(0);
  expect(passes).toEqual([key]);
  await clock.advance(seconds(29));
  expect(passes).toEqual([key]);
  await clock.advance(seconds(1));
  expect(passes).toEqual([key, key]);
});

it('an update wakes its incident, and an incident its updates', async () => {
  work.run('Incident', noted, 1);
  const update = anUpdate();
  caches.updates.observe(update);
  await clock.advance(0);
  expect(passes).toEqual([key]);
  work.run('IncidentUpdate', noted, 1);
  await clock.advance(0);
  passes = [];
  caches.incidents.observe(anIncident());
  await clock.advance(0);
  expect(passes.toSorted()).toEqual([key, `default/${update.metadata.name}`].toSorted());
});

it('comes again at once when somebody else wrote first', async () => {
  caches.incidents.observe(anIncident());
  work.run('Incident', failingOnce(overtaken), 1);
  await clock.advance(0);
  expect(passes).toEqual([key, key]);
  expect(failed).toEqual([]);
});

it.each([
  ['an object that is gone', gone, []],
  ['any other failure', new Error('no'), ['reconcile-failed']],
])('comes again later after %s', async (_, error, said) => {
  caches.incidents.observe(anIncident());
  work.run('Incident', failingOnce(error), 1);
  await clock.advance(0);
  expect(passes).toEqual([key]);
  await clock.advance(seconds(1));
  expect(passes).toEqual([key, key]);
  expect(failed).toEqual(said);
});

it('takes in nothing more once it stops', async () => {
  work.run('Incident', noted, 1);
  await work.stop();
  caches.incidents.observe(anIncident());
  await clock.advance(seconds(1));
  expect(passes).toEqual([]);
});

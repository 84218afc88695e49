import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { apiVersion } from '../../controller/api/names.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { integrationObjects } from '../world/integrations.ts';
import { eventsOf, objectsIn } from '../world/objects.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World, type WorldOptions } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 3 });

const env = unhurried;
/** Milliseconds, for a loaded machine. That nothing waited for its two minutes is known from what is said of the end. */
const longest = 100_000;
/** Said when the time of a deletion is over: see cleanup.test.ts, where it is counted. */
const waited = /It was tried/;

type Parts = Parameters<NonNullable<WorldOptions['objects']>>[0];
const onlySlack = (parts: Parts, namespace = parts.namespace): object[] =>
  integrationObjects(namespace, { ...parts, slackUrl: parts.slack.url }).filter((object) =>
    JSON.stringify(object).includes('"name":"slack"'),
  );
const slackWorld = (more: WorldOptions = {}): Promise<World> =>
  startWorld(sharedCluster(), { env, objects: onlySlack, policy: null, ...more });

const isGone = (world: World): Promise<unknown> =>
  until('the end of the object', async () => (await world.objects.list('Incident')).length === 0, longest);

const abandoned = (world: World): Promise<string> =>
  until('the Event', async () => (await eventsOf(world, 'CleanupAbandoned'))[0]);

const farewells = ({ slack }: World): number =>
  slack.calls('chat.postMessage').filter(({ args }) => JSON.stringify(args).includes('was deleted from the cluster'))
    .length;

describe.concurrent('a deleted incident', () => {
  test('goes within seconds when its Integration and Secret are gone, and an Event says what is left', async () => {
    await using world = await slackWorld();
    await world.declare();
    await world.ready();
    await world.objects.remove('Integration', 'slack');
    await world.kubectl('delete', 'secret', 'slack', '-n', world.namespace);
    // Nobody touches the incident: that its Integration left wakes it.
    await world.sees(
      'what is gone',
      (incident) => conditionOf(incident, 'LiveStatusPosted')?.reason === 'IntegrationGone',
    );
    await world.objects.remove('Incident', 'login');
    await isGone(world);
    const said = await abandoned(world);
    expect(said).toContain('Channel #inc-00001 was not told of the deletion. There is no Integration');
    expect(said).not.toMatch(waited);
    expect(farewells(world)).toBe(0);
  });

  test('goes within seconds when its Secret is gone and nobody can connect any more', async () => {
    await using world = await slackWorld();
    await world.declare();
    await world.ready();
    world.controller.signal('SIGKILL');
    await world.kubectl('delete', 'secret', 'slack', '-n', world.namespace);
    await world.objects.remove('Incident', 'login');
    await world.succeed(env);
    await isGone(world);
    const said = await abandoned(world);
    expect(said).toContain(
      'Channel #inc-00001 was not told of the deletion. Integration slack is not ready: SecretNotFound: There is no Secret slack',
    );
    expect(said).not.toMatch(waited);
  });

  test('keeps its farewell for a controller that has not connected to Slack yet', async () => {
    await using world = await slackWorld();
    await world.declare();
    await world.ready();
    world.controller.signal('SIGKILL');
    const away = world.slack.fault({ act: 500, method: 'auth.test' });
    await world.objects.remove('Incident', 'login');
    await world.succeed(env);
    await away.hit();
    await world.sees(
      'that it waits',
      (incident) => conditionOf(incident, 'FarewellSaid')?.reason === 'IntegrationNotReady',
    );
    await sleep(1_000);
    expect(farewells(world)).toBe(0);
    away.remove();
    await isGone(world);
    expect(farewells(world)).toBe(1);
  });
});

describe.concurrent('a namespace that ends', () => {
  test('with 50 incidents is empty within seconds, though nothing can be created in it', async () => {
    const cluster = sharedCluster();
    const namespace = await cluster.newNamespace();
    await using world = await slackWorld({
      env: { ...env, ALLCLEAR_NAMESPACES: namespace },
      objects: (parts) => onlySlack(parts, namespace),
    });
    const names = Array.from({ length: 50 }, (_, n) => `inc-${n}`);
    await cluster.kubectl.apply(
      names.map((name) => ({
        apiVersion,
        kind: 'Incident',
        metadata: { namespace, name },
        spec: { title: name, severity: 'SEV3' },
      })),
    );
    const objects = objectsIn(cluster, namespace);
    const all = () => objects.list('Incident');
    const opened = async (): Promise<boolean> => (await all()).every(({ status }) => status?.channel !== undefined);
    await until('50 channels', opened, 120_000);

    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
    await expect(cluster.kubectl('create', 'configmap', 'late', '-n', namespace, '--from-literal=a=b')).rejects.toThrow(
      'being terminated',
    );
    // As the namespace controller would, which is not there; a real one goes through the kinds in no order of use.
    for (const kind of ['secrets', 'integrations', 'incidents', 'incidentupdates'])
      await cluster.kubectl('delete', kind, '--all', '-n', namespace, '--wait=false');
    await until('an empty namespace', async () => (await all()).length === 0, longest);

    const said = world.controller.log.filter(
      ({ event, reason }) => event === 'event-lost' && reason === 'CleanupAbandoned',
    );
    const told = names.filter((name) => said.some(({ object }) => object === `Incident/${namespace}/${name}`));
    // Each was told of its end in Slack, or the log says what was left: no finalizer went in silence.
    expect(told.length + farewells(world)).toBe(50);
    const words = said.map(({ message }) => String(message)).join('\n');
    expect(words).toContain('was not told of the deletion');
    expect(words).not.toMatch(waited);
    await objects.close();
  });
});

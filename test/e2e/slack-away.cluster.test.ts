import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { startTcpProxy, type TcpProxy } from '../cluster/tcp-proxy.ts';
import { unhurried } from '../world/impatient.ts';
import { channelOf, declareInSlack, socketsOpen, toldTo } from '../world/in-slack.ts';
import { startSlackWorld } from '../world/slack-world.ts';
import { until } from '../world/until.ts';
import type { World } from '../world/world.ts';

/**
 * How long Slack waits: less than the 10 s after which a call to the API server fails by itself, so that whoever waits
 * for a server that says nothing is too late; and longer than Slack does, for a machine that is busy otherwise.
 */
const ackWithin = 8_000;

let world: World;
let wire: TcpProxy;
let folder: string;
beforeAll(async () => {
  const cluster = sharedCluster();
  const { hostname, port } = new URL(cluster.server);
  wire = await startTcpProxy({ host: hostname, port: Number(port) });
  folder = await mkdtemp(join(tmpdir(), 'allclear-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const text = await readFile(cluster.kubeconfig, 'utf8');
  await writeFile(kubeconfig, text.replaceAll(cluster.server, `https://127.0.0.1:${wire.port}`));
  world = await startSlackWorld({ env: { KUBECONFIG: kubeconfig }, slack: { timing: { ackWithin } } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await wire.stop();
  await rm(folder, { recursive: true });
});

const last = (): string => toldTo(world, 'ana').at(-1) ?? '';

describe('the API server is away', () => {
  test('it falls silent in the middle: not saved, press again, before Slack gives up; then it is saved once', async () => {
    const incident = await declareInSlack(world);
    const ana = world.slack.as('ana');
    const channel = channelOf(incident);
    await ana.command('/incident', 'update All is well', { channel });
    wire.block();
    wire.lose();
    const sent = await ana.submit({ 'spec.audience': 'Responders' });
    expect(sent).toMatchObject({
      result: 'errors',
      errors: { 'spec.text': expect.stringMatching(/^Not saved, press again/) },
    });
    const typed = await ana.command('/incident', 'severity SEV1', { channel });
    expect(typed).toMatchObject({ result: 'acked' });
    expect(last()).toMatch(/^Not saved, press again/);
    const asked = await ana.command('/incident', 'status', { channel });
    expect(asked).toMatchObject({ result: 'acked' });
    expect(last()).toContain('Mobile app login errors');
    wire.heal();
    wire.cut();
    await until('saved', async () => {
      const again = await ana.submit({ 'spec.audience': 'Responders' });
      return again.result === 'closed';
    });
    const updates = (await world.objects.list('IncidentUpdate')).filter(({ spec }) => spec.type === 'Status');
    expect(updates.map(({ spec }) => spec.text)).toEqual(['All is well']);
  });

  test('it is known to be away: a command says what works and what does not', async () => {
    const [incident] = await world.objects.list('Incident');
    const ana = world.slack.as('ana');
    wire.block();
    wire.cut();
    await until('it is known', async () => {
      const typed = await ana.command('/incident', 'Payments fail');
      expect(typed).toMatchObject({ result: 'acked' });
      for (const view of world.slack.views('ana')) await ana.close(view);
      return /What works:.*\n.*What does not:/.test(last());
    });
    expect(world.slack.views('ana')).toEqual([]);
    await ana.command('/incident', 'list');
    expect(last()).toMatch(/INC-00001[\s\S]*as|how it stood when it was last heard of/);
    // Nothing was acknowledged, so Slack brings it again, and the thread says so meanwhile.
    await ana.message(incident ? channelOf(incident) : '', '!close Rolled back.');
    await until('the thread says so', () =>
      world.slack.calls('chat.postMessage').some(({ args }) => JSON.stringify(args).includes('Not saved yet')),
    );
    wire.heal();
    wire.cut();
    await until('known to be back', async () => {
      await ana.command('/incident', 'declare Payments fail');
      return world.slack.views('ana').length > 0;
    });
    expect(await ana.submit({})).toMatchObject({ result: 'updated' });
  });

  test('for longer than the Lease: people are answered still; once it is back the process makes room', async () => {
    const ana = world.slack.as('ana');
    wire.block();
    wire.cut();
    await world.controller.logged('lease-lost');
    const typed = await ana.command('/incident', 'list');
    expect(typed).toMatchObject({ result: 'acked' });
    expect(last()).toMatch(/INC-00001[\s\S]*how it stood when it was last heard of/);
    wire.heal();
    wire.cut();
    await world.controller.ended;
    await world.succeed(unhurried);
    await socketsOpen(world);
    expect(await ana.command('/incident', 'list')).toMatchObject({ result: 'acked' });
    expect(last()).not.toContain('last heard of');
  });
});

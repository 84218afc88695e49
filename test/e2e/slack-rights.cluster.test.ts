import { afterEach, describe, expect, test } from 'vitest';
import { channelOf, declareInSlack, toldTo } from '../world/in-slack.ts';
import { startSlackWorld } from '../world/slack-world.ts';
import { until } from '../world/until.ts';
import type { World } from '../world/world.ts';

let world: World;
afterEach(() => world[Symbol.asyncDispose]());

const rule = (verbs: string[], resources: string[]): object => ({ apiGroups: ['allclear.dev'], verbs, resources });
const last = (person: string): string => toldTo(world, person).at(-1) ?? '';

describe('who may respond', () => {
  test('20 members without any mapping: all may declare', async () => {
    const people = Array.from({ length: 20 }, (_, n) => `member${n}`);
    world = await startSlackWorld({ slack: { people } });
    for (const name of people) {
      const person = world.slack.as(name);
      await person.command('/incident', `declare By ${name}`);
      expect(await person.submit({})).toMatchObject({ result: 'updated' });
    }
    const declared = await world.objects.list('Incident');
    expect(new Set(declared.map(({ spec }) => spec.change?.by))).toEqual(
      new Set(people.map((name) => `${name}@example.com`)),
    );
    expect(declared).toHaveLength(people.length);
  });

  test('RBAC: whom the API server lets, as the mapped user and groups', async () => {
    world = await startSlackWorld({
      policy: {
        respond: {
          identity: 'RBAC',
          userTemplate: 'oidc:{name}',
          users: { 'bo@example.com': 'robert' },
          groups: { sre: 'responders' },
        },
      },
    });
    world.slack.setGroups([{ id: 'S1', handle: 'sre', name: 'SRE', people: ['chi'] }]);
    const subjects = [
      ['User', 'oidc:ana', 'all'],
      ['User', 'robert', 'all'],
      ['Group', 'responders', 'declare'],
    ] as const;
    const { namespace } = world;
    const rbac = (kind: string, name: string, more: object): object => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      metadata: { namespace, name },
      ...more,
    });
    await world.kubectl.apply([
      rbac('Role', 'all', { rules: [rule(['create', 'patch'], ['incidents', 'incidentupdates'])] }),
      rbac('Role', 'declare', { rules: [rule(['create'], ['incidents'])] }),
      ...subjects.map(([kind, name, role]) =>
        rbac('RoleBinding', name.replaceAll(/[^a-z]/g, '-'), {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
          subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind, name }],
        }),
      ),
    ]);
    // The authorizer sees each binding a moment later.
    const may = (verb: string, ...as: string[]): Promise<boolean> =>
      world.kubectl('auth', 'can-i', verb, 'incidents.allclear.dev', '-n', namespace, ...as).then(
        () => true,
        () => false,
      );
    await until('the rights are known', async () => {
      const known = await Promise.all([
        may('patch', '--as=oidc:ana'),
        may('patch', '--as=robert'),
        may('create', '--as=oidc:chi', '--as-group=responders'),
      ]);
      return known.every(Boolean);
    });
    const incident = await declareInSlack(world);
    expect(incident.spec.change).toMatchObject({ by: 'oidc:ana', via: expect.stringMatching(/^slack:T/) });
    const channel = channelOf(incident);
    // As a group: to declare, and no more.
    await world.slack.as('chi').command('/incident', 'declare By a group');
    expect(await world.slack.as('chi').submit({})).toMatchObject({ result: 'updated' });
    await world.slack.as('chi').command('/incident', 'severity SEV1', { channel });
    expect(last('chi')).toMatch(/oidc:chi may not patch incidents in namespace/);
    // By the explicit map.
    await world.slack.as('bo').command('/incident', 'severity SEV1', { channel });
    expect((await world.incident(incident.metadata.name)).spec).toMatchObject({
      severity: 'SEV1',
      change: { by: 'robert' },
    });
    // Nobody.
    await world.slack.as('dan').command('/incident', 'declare x');
    expect(await world.slack.as('dan').submit({})).toMatchObject({
      result: 'errors',
      errors: { 'spec.title': expect.stringContaining('oidc:dan may not create incidents') },
    });
    await world.slack.as('dan').message(channel, '!close done');
    await until('the thread says why', () =>
      world.slack.calls('chat.postMessage').some(({ args }) => JSON.stringify(args).includes('oidc:dan may not patch')),
    );
    expect((await world.incident(incident.metadata.name)).spec.state).toBe('Investigating');
  });
});

describe('an alert in triage', () => {
  test('declared from its message by one, and by no second', async () => {
    world = await startSlackWorld({ policy: { triage: { channel: '#stakeholders' } } });
    const name = await world.declare({
      state: 'Triage',
      severity: 'SEV3',
      description: 'Threshold exceeded.',
      roles: {},
    });
    const message = await until('the alert', async () =>
      (await world.slack.messages('#stakeholders')).find(({ blocks }) => JSON.stringify(blocks).includes('ac.declare')),
    );
    const at = { channel: '#stakeholders', ts: message.ts };
    const [ana, bo] = [world.slack.as('ana'), world.slack.as('bo')];
    await ana.click(at, 'ac.declare');
    await bo.click(at, 'ac.declare');
    expect(JSON.stringify(world.slack.views('bo').at(-1)?.content)).toContain('Threshold exceeded.');
    expect(await ana.submit({ 'spec.title': 'Login down', 'spec.severity': 'SEV1' })).toMatchObject({
      result: 'updated',
    });
    expect(await bo.submit({})).toMatchObject({
      result: 'errors',
      errors: { 'spec.title': expect.stringContaining('Already declared by ana@example.com') },
    });
    const declared = await world.sees('a channel', ({ status }) => status?.channel !== undefined, name);
    expect(declared.spec).toMatchObject({ title: 'Login down', severity: 'SEV1', state: 'Investigating' });
    expect(await world.objects.list('Incident')).toHaveLength(1);
  });

  test('dismissed from its message', async () => {
    world = await startSlackWorld({ policy: { triage: { channel: '#stakeholders' } } });
    const name = await world.declare({ state: 'Triage', roles: {} });
    const message = await until('the alert', async () =>
      (await world.slack.messages('#stakeholders')).find(({ blocks }) => JSON.stringify(blocks).includes('ac.close')),
    );
    const ana = world.slack.as('ana');
    await ana.click({ channel: '#stakeholders', ts: message.ts }, 'ac.close');
    expect(await ana.submit({ 'spec.resolution.summary': 'A false alarm.' })).toMatchObject({ result: 'closed' });
    expect((await world.incident(name)).spec).toMatchObject({
      state: 'Resolved',
      resolution: { summary: 'A false alarm.' },
    });
  });
});

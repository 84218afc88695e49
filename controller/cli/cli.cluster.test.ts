import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliResult } from '../../test/builders/io.ts';
import { sharedCluster } from '../../test/cluster/shared.ts';
import { until } from '../../test/world/until.ts';
import { conditionOf, isReady, startWorld, type World } from '../../test/world/world.ts';
import { minutes } from '../runtime/clock.ts';
import { reasonLine } from '../reasons/reasons.ts';

const cluster = sharedCluster();
const { kubectl, newNamespace, kubeconfig } = cluster;
const example = fileURLToPath(new URL('../../incidents/example.yaml', import.meta.url));
const name = 'mobile-app-login';
const folder = mkdtempSync(join(tmpdir(), 'allclear-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** With this kubeconfig, in this namespace, which is the controller's too. */
const cli = (namespace: string, ...args: string[]): Promise<CliResult> =>
  runCli([...args, '-n', namespace, '--kubeconfig', kubeconfig], { env: { ALLCLEAR_NAMESPACE: namespace } });

/** The example, otherwise. */
function changed(from: string, to: string): string {
  const path = join(folder, 'incident.yaml');
  writeFileSync(path, readFileSync(example, 'utf8').replace(from, to));
  return path;
}

describe('validate --server', () => {
  it('lets the API server judge the rules of a change, with the line of each', async () => {
    const namespace = await newNamespace();
    expect(await cli(namespace, 'validate', '--server', example)).toEqual({
      code: 0,
      out: '1 file, no problem',
      err: '',
    });
    // A dry run: nothing was stored, so that the same is still new.
    expect(await kubectl('get', 'inc', '-n', namespace, '-o', 'name')).toBe('');
    await kubectl('apply', '-n', namespace, '-f', example);
    const path = changed('  severity: SEV2', '  severity: SEV3\n  state: Resolved');
    expect(await cli(namespace, 'validate', path)).toEqual({
      code: 0,
      out: '1 file, no problem',
      err: expect.anything(),
    });
    const { code, out } = await cli(namespace, 'validate', '--server', path);
    const lines = readFileSync(path, 'utf8').split('\n');
    const line = (text: string): number => lines.findIndex((each) => each.startsWith(text)) + 1;
    expect(code).toBe(1);
    expect(out).toContain(`${path}:${line('  severity:')}: spec.severity: lowering the severity needs a reason.`);
    expect(out).toContain(`${path}:${line('spec:')}: spec.resolution: an incident is resolved with a resolution.`);
    expect(out).toContain('1 file, 2 problems');
  });

  it('says that the namespace is not there, and that there is no server', async () => {
    const { code, out } = await cli('no-such-namespace', 'validate', '--server', example);
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('"no-such-namespace" not found') });
    const lost = await runCli(['validate', '--server', example, '--kubeconfig', join(folder, 'none')]);
    expect({ code: lost.code, err: lost.err }).toEqual({ code: 1, err: expect.stringContaining(join(folder, 'none')) });
    const dead = join(folder, 'dead');
    writeFileSync(dead, readFileSync(kubeconfig, 'utf8').replace(cluster.server, 'https://127.0.0.1:1'));
    const refused = await runCli(['explain', '1', '--kubeconfig', dead]);
    expect({ code: refused.code, err: refused.err }).toEqual({
      code: 1,
      err: expect.stringMatching(/no answer from the API server.*KUBECONFIG right/),
    });
  });
});

describe('with a controller and its integrations', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(cluster);
  });
  afterAll(() => world[Symbol.asyncDispose]());
  const here = (...args: string[]): Promise<CliResult> => cli(world.namespace, ...args);

  it('plans what then happens: each key that it names, and no other', async () => {
    const { out } = await here('plan', example, '-o', 'json');
    await kubectl('apply', '-n', world.namespace, '-f', example);
    const { status } = await world.sees(
      'receipts',
      (i) => isReady(i) && i.status?.effects?.['receipts']?.state === 'Done',
      name,
    );
    const planned = [...out.matchAll(/"action": "create",\s+"key": "([^"]+)"/g)].map(([, key]) => key ?? '');
    const [update] = await until('the notice', async () => {
      const updates = await world.objects.list('IncidentUpdate');
      return updates.length > 0 && updates.every((u) => conditionOf(u, 'Ready')?.status === 'True') && updates;
    });
    const done = [...Object.keys(status?.effects ?? {}), ...Object.keys(update?.status?.effects ?? {})];
    expect(planned.toSorted()).toEqual(done.toSorted());
  });

  it('finds nothing to change of what stands as it should', async () => {
    await world.ready(name);
    const { code, out } = await until('at rest', async () => {
      const result = await here('plan', example);
      return result.out.includes('No change') ? result : undefined;
    });
    expect(code).toBe(0);
    expect(out).toMatch(/No change: all \d+ effects are as they should be\.\n\nPlan: 0 to create, 0 to edit\./);
  });

  it('plans an edit: what is edited, what is told, and nothing else', async () => {
    const { out } = await here('plan', changed('SEV2', 'SEV1'));
    expect(out).toContain(`Incident ${world.namespace}/${name} (INC-00001): SEV1 (Critical)`);
    expect(out).toContain('~ live-status ');
    expect(out).toContain('~ ticket/github ');
    expect(out).toContain('new update: raised from SEV2 (High) to SEV1 (Critical)');
    expect(out).toContain('+ notice/slack/stakeholders ');
    expect(out).toMatch(/Plan: 2 to create, 3 to edit\./);
    expect(out).not.toContain('+ channel');
    // Nothing was written.
    expect((await world.incident(name)).spec.severity).toBe('SEV2');
    expect(await world.objects.list('IncidentUpdate')).toHaveLength(1);
  });

  it('says that a change would be refused', async () => {
    const path = changed('SEV2', 'SEV4');
    const { code, out, err } = await here('plan', path);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('spec.severity: the API server would refuse it: lowering the severity needs a reason.');
  });

  it('explains by number and by name, in any namespace, with a line for each reason', async () => {
    for (const given of ['INC-00001', 'inc-1', '1', name]) {
      const { code, out } = await here('explain', given);
      expect(code).toBe(0);
      expect(out).toMatch(/^INC-00001: Mobile app login errors\n/);
      expect(out).toContain('✓ channel ');
      expect(out).toContain('Channel #inc-00001 opened');
      expect(out).toContain('RecordCommitted: False, NotResolved.');
      expect(out).toContain('Notice to #stakeholders sent');
      expect(out).not.toContain('\n! ');
    }
    const { out } = await here('explain', name, '-o', 'json');
    const reasons = [...out.matchAll(/"reason": "(\w+)"/g)].map(([, reason]) => reason ?? '');
    expect(reasons.length).toBeGreaterThan(10);
    expect(reasons.filter((reason) => reasonLine(reason) === undefined)).toEqual([]);
  });

  it('tells nothing of another incident that had its name', async () => {
    const incidentRef = { name, uid: '00000000-0000-4000-8000-000000000000' };
    const spec = { incidentRef, type: 'Status', text: 'Of the earlier one', author: 'ana@example.com' };
    const metadata = { namespace: world.namespace, name: 'of-an-earlier-one' };
    await kubectl.apply([{ apiVersion: 'allclear.dev/v1alpha1', kind: 'IncidentUpdate', metadata, spec }]);
    const { out } = await here('explain', name);
    expect(out).toMatch(/^INC-00001: Mobile app login errors\n/);
    expect(out).not.toContain('Of the earlier one');
  });

  it('does with the right to read alone what can be done with it', async () => {
    const viewer = join(folder, 'viewer');
    writeFileSync(viewer, await viewerOf(world.namespace));
    const options = ['-n', world.namespace, '--kubeconfig', viewer];
    const env = { ALLCLEAR_NAMESPACE: world.namespace };
    const planned = await runCli(['plan', changed('SEV2', 'SEV1'), ...options], { env });
    expect({ code: planned.code, err: planned.err }).toEqual({
      code: 0,
      err: 'allclear: you may not write this Incident, so the API server did not judge it',
    });
    expect(planned.out).toContain('Plan: 2 to create, 3 to edit.');
    const validated = await runCli(['validate', '--server', example, ...options]);
    expect(validated).toMatchObject({ code: 0, err: expect.stringContaining('you may not write this Incident') });
    const explained = await runCli(['explain', name, ...options], { env });
    expect(explained.out).toContain('! Whether a controller runs is not known: you may not read Lease');
    const elsewhere = await runCli(['explain', name, '-A', '--kubeconfig', viewer], { env });
    expect(elsewhere).toMatchObject({ code: 1, err: expect.stringContaining('allclear: the API server refused: ') });
  });

  it('reads what a command of a vendor needs, in its namespace', async () => {
    const { code, out, err } = await here('slack', 'manifest', '--private-channels', 'off');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('- command: /incident');
  });

  it('suggests what may be meant, and where it is', async () => {
    // A number that no other namespace of this API server has: the tests share it.
    expect((await here('explain', 'INC-10001')).err).toContain('Did you mean INC-00001?');
    expect((await here('explain', 'mobile-app-logn')).err).toContain(`Did you mean ${name}?`);
    const elsewhere = await newNamespace();
    const { code, err } = await cli(elsewhere, 'explain', name);
    expect(code).toBe(1);
    expect(err).toContain(`there is no incident ${name} in namespace ${elsewhere}, but in `);
    expect(err).toContain(world.namespace);
  });

  it('says that the Lease is too old', async () => {
    const env = { ALLCLEAR_NAMESPACE: world.namespace };
    const args = ['explain', name, '-n', world.namespace, '--kubeconfig', kubeconfig];
    const { out } = await runCli(args, { env, now: Date.now() + minutes(10) });
    expect(out).toMatch(
      /! The controller is not running: \S+ renewed Lease \S+ (9|10) min ago, and it was good for 15 s\./,
    );
  });

  it('says that nobody leads any more, and what has not been acted on', async () => {
    await world.controller.stop();
    await world.edit({ severity: 'SEV1' }, name);
    const { out } = await here('explain', name);
    expect(out).toMatch(/! No controller leads: Lease \S+\/allclear-controller was given back \d+ s ago\./);
    expect(out).toContain('! Its last edit has not been acted on yet: generation 2, seen 1.');
    const later = await runCli(['explain', name, '-n', world.namespace, '--kubeconfig', kubeconfig], {
      env: { ALLCLEAR_NAMESPACE: 'nowhere' },
    });
    expect(later.out).toContain('! No controller has ever led: there is no Lease nowhere/allclear-controller.');
  });
});

/** A kubeconfig of somebody who may read AllClear's kinds in one namespace. */
async function viewerOf(namespace: string): Promise<string> {
  const metadata = { namespace, name: 'viewer' };
  const rbac = 'rbac.authorization.k8s.io';
  await kubectl.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: ['allclear.dev'], resources: ['*'], verbs: ['get', 'list'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'viewer' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  ]);
  const token = (await kubectl('create', 'token', 'viewer', '-n', namespace)).trim();
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'here',
        cluster: { server: cluster.server, 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') },
      },
    ],
    users: [{ name: 'viewer', user: { token } }],
    contexts: [{ name: 'viewer', context: { cluster: 'here', user: 'viewer', namespace } }],
    'current-context': 'viewer',
  });
}

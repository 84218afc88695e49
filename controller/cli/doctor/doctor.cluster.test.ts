import { expect, it } from 'vitest';
import { runCli, type CliResult } from '../../../test/builders/io.ts';
import { startCluster } from '../../../test/cluster/cluster.ts';
import { applyConfig, applyCrds, ownConfig, ownCrds } from '../../../test/cluster/crds.ts';
import { sharedCluster } from '../../../test/cluster/shared.ts';
import { secret } from '../../../test/world/integrations.ts';
import { until } from '../../../test/world/until.ts';
import { conditionOf, startWorld } from '../../../test/world/world.ts';
import type { Finding } from '../../integrations/kit/finding.ts';

const cluster = sharedCluster();

const doctor = (namespace: string, ...args: string[]): Promise<CliResult> =>
  runCli(['doctor', '-n', namespace, '--kubeconfig', cluster.kubeconfig, ...args], {
    env: { ALLCLEAR_NAMESPACE: namespace },
  });
const marked = ({ out }: CliResult, mark: string): string[] =>
  out.split('\n').filter((line) => line.startsWith(`${mark} `));

it('finds a connected install well, then each thing that is broken, and writes nothing', async () => {
  await using world = await startWorld(cluster);
  const { namespace, kubectl, objects } = world;
  await until('Ready Integrations', async () =>
    (await objects.list('Integration')).every((each) => conditionOf(each, 'Ready')?.status === 'True'),
  );
  const before = await objects.versions();
  const well = await doctor(namespace);
  expect(marked(well, '✗')).toEqual([]);
  expect(well.code).toBe(0);
  expect(marked(well, '✓').join('\n')).toMatch(/API server .*v1\./);
  for (const plural of ['incidents', 'incidentupdates', 'responsepolicies', 'integrations'])
    expect(well.out).toContain(`✓ CRD ${plural}.allclear.dev: installed, of this version`);
  for (const policy of ['incidents', 'incidentupdates'])
    expect(well.out).toContain(`✓ Admission policy ${policy}.allclear.dev: installed, of this version, and in force`);
  expect(well.out).toContain(`✓ Controller in ${namespace}: it holds its Lease and renews it`);
  expect(well.out).toContain(`✓ Integration ${namespace}/github: reaches acme/incidents, and may read it`);
  expect(well.out).toContain(`✓ Integration ${namespace}/git push: the credentials may push`);
  expect(well.out).toContain(`✓ Integration ${namespace}/slack token: valid, of workspace Example`);
  for (const vendor of ['Slack', 'GitHub', 'Git'])
    expect(well.out).toContain(
      `- Integration ${namespace}/${vendor.toLowerCase()}: ${vendor}, experimental: not yet tried`,
    );
  expect(well.out).toContain('no problem');
  expect(await objects.versions()).toEqual(before);

  // Broken in three ways: a token that is none, a Secret of another type, a host that the Secret does not allow.
  world.controller.signal('SIGKILL');
  await world.controller.ended;
  await kubectl('delete', 'secret', 'git', '-n', namespace);
  await kubectl.apply([
    secret(namespace, 'slack', world.slack.url, { botToken: 'xoxb-wrong' }),
    secret(namespace, 'github', 'https://elsewhere.example/', { token: world.github.token }),
    { ...secret(namespace, 'git', world.github.gitUrl, { token: 'x' }), type: 'Opaque' },
  ]);
  await objects.removeLease();
  const ill = await doctor(namespace, '--output', 'json');
  expect(ill.code).toBe(1);
  const { ok, findings }: { ok: boolean; findings: Finding[] } = JSON.parse(ill.out);
  expect(ok).toBe(false);
  const bad = findings.filter((each) => each.ok === false);
  expect(bad.map(({ about }) => about).toSorted()).toEqual([
    `Controller in ${namespace}`,
    `Integration ${namespace}/git Secret`,
    `Integration ${namespace}/github Secret`,
    `Integration ${namespace}/slack token`,
  ]);
  for (const { todo } of bad) expect(todo).toMatch(/\w/);
  expect(ill.out).not.toContain('xoxb-wrong');
});

it('names a namespace with Incidents that no controller serves, and so does explain, until one does', async () => {
  await using world = await startWorld(cluster, { objects: () => [], policy: null });
  const { namespace, kubectl } = world;
  const served = await world.declare();
  await world.sees('a number', ({ status }) => status?.number !== undefined);
  const other = await cluster.newNamespace();
  const incident = {
    apiVersion: 'allclear.dev/v1alpha1',
    kind: 'Incident',
    metadata: { namespace: other, name: 'late' },
  };
  await kubectl.apply({ ...incident, spec: { title: 'Nobody looks' } });
  const install = { env: { ALLCLEAR_NAMESPACE: namespace } };
  const told = (name: string, place: string): Promise<CliResult> =>
    runCli(['explain', name, '-n', place, '--kubeconfig', cluster.kubeconfig], install);
  const says = `no controller serves namespace ${other}: `;
  // Other tests' controllers lead beside it, each with a namespace of its own.
  expect((await told('late', other)).out).toMatch(
    new RegExp(`! Nothing is done for it: ${says}.*the one in ${namespace} serves ${namespace}`),
  );
  expect((await told(served, namespace)).out).not.toContain('Nothing is done for it');
  const examined = await runCli(['doctor', '-n', other, '--kubeconfig', cluster.kubeconfig], install);
  expect(examined.code).toBe(1);
  expect(examined.out).toContain(`✗ Incidents in namespace ${other}: nothing is done for 1: ${says}`);
  expect(examined.out).toContain("→ Add it to a controller's ALLCLEAR_NAMESPACES");
  const everywhere = await runCli(['doctor', '-A', '--kubeconfig', cluster.kubeconfig], install);
  expect(everywhere.out).toContain(`✗ Incidents in namespace ${other}: nothing is done for 1: ${says}`);
  expect(marked(await doctor(namespace), '-').join('\n')).toContain('Incidents elsewhere: no controller serves ');

  world.controller.signal('SIGKILL');
  await world.controller.ended;
  await world.succeed({ ALLCLEAR_NAMESPACES: `${namespace},${other}` });
  // At once, before that controller has looked at it.
  expect((await told('late', other)).out).not.toContain('Nothing is done for it');
  const after = await runCli(['doctor', '-n', other, '--kubeconfig', cluster.kubeconfig], install);
  expect(after.out).not.toContain(`Incidents in namespace ${other}`);

  // Whoever has no say over this install finds it served all the same.
  const elsewhere = await runCli(['explain', 'late', '-n', other, '--kubeconfig', cluster.kubeconfig], {
    env: { ALLCLEAR_NAMESPACE: 'nowhere' },
  });
  expect(elsewhere.out).not.toContain('No controller has ever led');
  await world.controller.stop();
  expect((await told('late', other)).out).toContain('! No controller leads: Lease');
});

it('says that CRDs are missing or old, and that nobody answers', async () => {
  const empty = await startCluster({ crds: [] });
  try {
    const options = { env: { ALLCLEAR_NAMESPACE: 'default' } };
    const none = await runCli(['doctor', '--kubeconfig', empty.kubeconfig], options);
    expect(none.code).toBe(1);
    expect(none.out).toContain('✗ CRD incidents.allclear.dev: it is not installed\n  → kubectl apply -f crds/');
    await applyCrds(empty.kubectl, [ownCrds]);
    const other = '[{"op":"replace","path":"/spec/versions/0/schema/openAPIV3Schema/description","value":"Old."}]';
    await empty.kubectl('patch', 'crd', 'incidents.allclear.dev', '--type=json', '-p', other);
    const old = await runCli(['doctor', '--kubeconfig', empty.kubeconfig], options);
    expect(old.out).toContain('✗ CRD incidents.allclear.dev: installed, of another version than this');
    expect(old.out).toContain('✓ CRD integrations.allclear.dev: installed, of this version');
    expect(old.out).toContain('- Integrations in namespace default: there are none');
    expect(old.out).toContain('✗ Admission policy incidents.allclear.dev: it is not installed');
    expect(old.out).toContain('→ kubectl apply -f config/');
    await applyConfig(empty.kubectl, [ownConfig]);
    const [policy, binding] = ['validatingadmissionpolicy', 'validatingadmissionpolicybinding'];
    const patch = (kind: string, name: string, spec: object): Promise<string> =>
      empty.kubectl('patch', kind, `${name}.allclear.dev`, '--type=merge', '-p', JSON.stringify({ spec }));
    await patch(binding, 'incidents', { validationActions: ['Audit'] });
    await patch(policy, 'incidentupdates', { validations: [{ expression: 'true' }] });
    const lax = await runCli(['doctor', '--kubeconfig', empty.kubeconfig], options);
    expect(lax.out).toContain('✗ Admission policy incidents.allclear.dev: its binding does not say Deny');
    expect(lax.out).toContain(
      '✗ Admission policy incidentupdates.allclear.dev: installed, of another version than this',
    );
    await empty.kubectl('delete', binding, 'incidents.allclear.dev');
    const unbound = await runCli(['doctor', '--kubeconfig', empty.kubeconfig], options);
    expect(unbound.out).toContain('✗ Admission policy incidents.allclear.dev: its binding is not installed');
    await empty.killApiServer();
    const gone = await runCli(['doctor', '--kubeconfig', empty.kubeconfig], options);
    expect(gone.code).toBe(1);
    expect(gone.out).toMatch(/^✗ API server https:.*: no answer: .*ECONNREFUSED/);
  } finally {
    await empty.stop();
  }
});

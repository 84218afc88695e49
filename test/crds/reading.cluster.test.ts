import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import type { Incident } from '../../controller/api/incident.gen.ts';
import type { Integration } from '../../controller/api/integration.gen.ts';
import type { ResponsePolicy } from '../../controller/api/response-policy.gen.ts';
import { parse } from 'yaml';
import { sharedCluster } from '../cluster/shared.ts';
import { apiOf, type Api } from './api.ts';

const { kubectl, newNamespace, ...cluster } = sharedCluster();
const example = fileURLToPath(new URL('../../incidents/example.yaml', import.meta.url));
const at = '2026-06-15T21:30:00Z';
let namespace: string;
let api: Api;

beforeAll(async () => {
  namespace = await newNamespace();
  api = apiOf(cluster, namespace);
  await kubectl('apply', '-n', namespace, '-f', example);
});
afterAll(() => api.close());

/** Rows of words, as a person sees them; cells that are empty are not there. */
const rows = (table: string): string[][] =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));

describe('the example', () => {
  it('is stored as it is written, with the defaults filled in', async () => {
    const stored = await kubectl.get<Incident>('inc', 'mobile-app-login', '-n', namespace);
    expect(stored.spec).toEqual({
      ...parse(readFileSync(example, 'utf8')).spec,
      state: 'Investigating',
      mode: 'Live',
      escalation: { level: 0 },
      deletionPolicy: 'Leave',
    });
    expect(stored.spec.title).toBe('Mobile app login errors');
    expect(stored.spec.severity).toBe('SEV2');
  });

  it('changes nothing when applied again', async () => {
    const before = await kubectl.get<Incident>('inc', 'mobile-app-login', '-n', namespace);
    expect(await kubectl('apply', '-n', namespace, '-f', example)).toContain('unchanged');
    const after = await kubectl.get<Incident>('inc', 'mobile-app-login', '-n', namespace);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });
});

describe('kubectl get', () => {
  it('shows the incident in one line, and finds it by its number', async () => {
    const stated = await api.patch(
      'Incident',
      'mobile-app-login',
      {
        status: {
          number: 447,
          id: 'INC-00447',
          applied: { seq: 0, state: 'Investigating', severity: 'SEV2', level: 0, commander: 'matt@streamo.example' },
          conditions: [{ type: 'Ready', status: 'True', reason: 'Converged', message: '', lastTransitionTime: at }],
        },
      },
      'status',
    );
    expect(stated).toMatchObject({ code: 200, message: '' });
    await api.create('Incident', { title: 'another' }, { name: 'another' });

    const found = rows(await kubectl('get', 'inc', '-n', namespace, '--field-selector', 'status.id=INC-00447'));
    expect(found[0]).toEqual(['NAME', 'ID', 'SEV', 'STATE', 'COMMANDER', 'READY', 'AGE']);
    expect(found.slice(1).map((row) => row.slice(0, 6))).toEqual([
      ['mobile-app-login', 'INC-00447', 'SEV2', 'Investigating', 'matt@streamo.example', 'True'],
    ]);
    const wide = rows(await kubectl('get', 'inc', 'mobile-app-login', '-n', namespace, '-o', 'wide'));
    expect(wide[0]?.slice(-4)).toEqual(['MODE', 'CHANNEL', 'REASON', 'TITLE']);
    expect(wide[1]?.at(-1)).toBe('Mobile app login errors');
  });

  it.each([
    ['spec.severity=SEV2', ['mobile-app-login']],
    ['spec.state=Investigating', ['another', 'mobile-app-login']],
    ['spec.state=Resolved', []],
  ])('selects incidents by %s', async (selector, names) => {
    const list = await kubectl('get', 'incidents', '-n', namespace, '--field-selector', selector, '-o', 'name');
    expect(list.split('\n').filter(Boolean)).toEqual(names.map((name) => `incident.allclear.dev/${name}`));
  });

  it('selects updates by their incident, and shows all of them with the category', async () => {
    const incidentRef = { name: 'mobile-app-login' };
    await api.create('IncidentUpdate', { incidentRef, type: 'Severity', from: 'SEV2', to: 'SEV1' }, { name: 'one' });
    await api.create('IncidentUpdate', { incidentRef: { name: 'b' }, type: 'Note', text: 'a' }, { name: 'two' });
    const selector = 'spec.incidentRef.name=mobile-app-login';
    const found = rows(await kubectl('get', 'incup', '-n', namespace, '--field-selector', selector));
    expect(found.slice(1).map((row) => row.slice(0, 5))).toEqual([
      ['one', 'mobile-app-login', 'Severity', 'SEV2', 'SEV1'],
    ]);
    const all = await kubectl('get', 'allclear', '-n', namespace, '-o', 'name');
    expect(all).toContain('incident.allclear.dev/another');
    expect(all).toContain('incidentupdate.allclear.dev/two');
  });
});

describe('kubectl explain', () => {
  it('tells of a field and its values', async () => {
    const text = await kubectl('explain', 'incident.spec.severity');
    expect(text).toContain('SEV1 is worst, SEV4 is least');
    expect(text).toMatch(/ENUM:\n {4}SEV1\n {4}SEV2\n {4}SEV3\n {4}SEV4\n/);
  });

  it.each(['inc.status.effects', 'incup.spec.audience', 'resp.spec.notices.events', 'integ.spec.secretRef'])(
    'tells of %s',
    async (field) => {
      expect(await kubectl('explain', field)).toMatch(/DESCRIPTION:\n {4}\w.{20}/);
    },
  );
});

describe('what is left out', () => {
  it('is filled in as the types promise', async () => {
    await api.create(
      'ResponsePolicy',
      { channel: {}, notices: [{ channel: '#stakeholders' }], record: {} },
      { name: 'default' },
    );
    const policy = await kubectl.get<ResponsePolicy>('resp', 'default', '-n', namespace);
    expect(policy.spec).toEqual({
      priority: 0,
      channel: { nameTemplate: 'inc-{number}', visibility: 'Public' },
      notices: [
        {
          channel: '#stakeholders',
          events: ['Declared', 'Severity', 'State', 'Resolved', 'Update'],
          notAfter: '15m',
        },
      ],
      record: { folder: 'incidents' },
    });

    const vendors = {
      slack: {},
      github: { owner: 'streamo', repo: 'incidents' },
      git: { url: 'https://github.com/streamo/incidents.git' },
    };
    const specs = await Promise.all(
      Object.entries(vendors).map(async ([name, options]) => {
        await api.create(
          'Integration',
          { provider: { [name]: options }, secretRef: { name: 'credentials' } },
          { name },
        );
        return (await kubectl.get<Integration>('integ', name, '-n', namespace)).spec;
      }),
    );
    const same = { secretRef: { name: 'credentials' }, allowedNamespaces: { from: 'Same' } };
    expect(specs).toEqual([
      { ...same, provider: { slack: { apiUrl: 'https://slack.com/api/', mode: 'Socket' } } },
      { ...same, provider: { github: { ...vendors.github, apiUrl: 'https://api.github.com' } } },
      {
        ...same,
        provider: {
          git: { ...vendors.git, branch: 'main', authorName: 'AllClear', authorEmail: 'allclear@allclear.invalid' },
        },
      },
    ]);

    const update = await kubectl.get<IncidentUpdate>('incup', 'one', '-n', namespace);
    expect(update.spec.audience).toBe('Responders');
  });
});

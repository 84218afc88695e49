import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import type { Incident } from '../../controller/api/incident.gen.ts';
import type { KindName } from '../../controller/api/kinds.gen.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { until } from '../world/until.ts';
import { apiOf, type Answer, type Api } from './api.ts';
import { title } from './cases.ts';

const cluster = sharedCluster();
const { kubectl } = cluster;
let namespace: string;

/** May declare, edit and tell, as docs/connect.md has it for people. */
const zoe = 'oidc:zoe@example.com';
/** The same rights, and names that others' names could be the end of. */
const robot = 'system:serviceaccount:default:cto';
const role = 'arn:aws:sts::1:assumed-role/Dev/cto@example.com';
const odd = [
  'oidc:a/cto@example.com',
  'oidc:a#cto@example.com',
  'oidc:a:cto@example.com',
  'a@example.com:cto',
] as const;
/** The issuer's address is the prefix where none is chosen and the claim is not the mail address. */
const byIssuer = 'https://issuer.example/a#zoe#cto';
/** May say what others did. */
const gitops = 'system:serviceaccount:flux-system:kustomize-controller';
/** As the controller: it may write entries of changes, too. */
const controller = 'system:serviceaccount:allclear-system:allclear';
/** In system:masters: the administrator of the cluster. */
const admin = undefined;

type User = string | undefined;
const apis = new Map<User, Api>();
const as = (user: User): Api => {
  const api = apis.get(user);
  if (!api) throw new Error(`${user} has no rights here`);
  return api;
};

const rights: readonly [name: string, verbs: readonly string[], resources: readonly string[], users: string[]][] = [
  [
    'respond',
    ['create', 'update', 'patch', 'delete'],
    ['incidents', 'incidentupdates'],
    [zoe, robot, role, ...odd, byIssuer, gitops, controller],
  ],
  ['vouch', ['vouch'], ['incidents', 'incidentupdates'], [gitops, controller]],
  ['record', ['record'], ['incidentupdates'], [controller]],
  ['status', ['patch'], ['incidents/status', 'incidentupdates/status'], [controller]],
];

beforeAll(async () => {
  namespace = await cluster.newNamespace();
  for (const user of [zoe, robot, role, ...odd, byIssuer, gitops, controller, admin])
    apis.set(user, apiOf(cluster, namespace, user));
  const group = 'rbac.authorization.k8s.io';
  await kubectl.apply(
    rights.flatMap(([name, verbs, resources, users]) => [
      {
        apiVersion: `${group}/v1`,
        kind: 'Role',
        metadata: { name, namespace },
        rules: [{ apiGroups: ['allclear.dev'], resources, verbs }],
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: { name, namespace },
        roleRef: { apiGroup: group, kind: 'Role', name },
        subjects: users.map((user) => ({ apiGroup: group, kind: 'User', name: user })),
      },
    ]),
  );
  // The authorizer sees the bindings, and the API server the policies, a moment later.
  await until('the rights and the policies', async () => {
    const [forged, vouched, recorded] = [
      await as(zoe).create('IncidentUpdate', change),
      await as(gitops).create('IncidentUpdate', note({ author: 'ana' })),
      await as(controller).create('IncidentUpdate', change),
    ];
    return forged.message.includes('ValidatingAdmissionPolicy') && vouched.code === 201 && recorded.code === 201;
  });
});
afterAll(() => Promise.all([...apis.values()].map((api) => api.close())));

const note = (more: object = {}): object => ({
  incidentRef: { name: 'login' },
  type: 'Note',
  text: 'Looking.',
  ...more,
});
const change = { incidentRef: { name: 'login' }, type: 'State', from: 'Investigating', to: 'Resolved' };
const act = (more: object = {}): object => ({ id: 'a', source: 'Kubectl', ...more });

interface Row {
  readonly name: string;
  readonly user: User;
  readonly kind: KindName;
  readonly spec: object;
  readonly annotations?: object;
  /** Then merged into the object by the user; absent: it is the creation that is judged. */
  readonly patch?: object;
  /** Words of the refusal; absent: accepted. */
  readonly refused?: string;
}

const update = (name: string, user: User, spec: object, refused?: string, annotations?: object): Row => ({
  name,
  user,
  kind: 'IncidentUpdate',
  spec,
  ...(annotations ? { annotations } : {}),
  ...(refused === undefined ? {} : { refused }),
});
const incident = (name: string, user: User, by: object, refused?: string, annotations?: object): Row => ({
  ...update(name, user, { title, ...by }, refused, annotations),
  kind: 'Incident',
});
/** An edit of an incident whose last act was ana's, in Slack. */
const edit = (name: string, user: User, patch: object, refused?: string): Row => ({
  name,
  user,
  kind: 'Incident',
  spec: { title, severity: 'SEV2', change: act({ by: 'ana@example.com', source: 'Slack', via: 'slack:T1/U1' }) },
  annotations: { 'allclear.dev/identity': '{"uid":"a"}' },
  patch,
  ...(refused === undefined ? {} : { refused }),
});

const ofAllClear = 'Edit the Incident instead; to tell people something, use type Status or Note.';
const notYou = (field: string, said: string, user: string): string =>
  `${field}: it says ${said}, and the API server knows you as ${user}. Leave ${field} out or write your own name`;
/** As the CRD asks for it. */
const stepBack = { id: 'b', reason: 'One region.' };
const wayOut = 'in a patch set by, source and via of spec.change to null';

const rows: readonly Row[] = [
  ...(['State', 'Severity', 'Escalation', 'Role'] as const).flatMap((type) => [
    update(`an entry of type ${type} by a responder`, zoe, { ...change, type }, ofAllClear),
    update(`an entry of type ${type} by who may vouch only`, gitops, { ...change, type }, ofAllClear),
    update(`an entry of type ${type} by the controller`, controller, { ...change, type, author: 'ana@example.com' }),
  ]),
  update('an entry of type State by the administrator', admin, { ...change, author: 'ana@example.com' }),
  update('a note without an author', zoe, note()),
  update('a note by its author', zoe, note({ author: zoe })),
  update('a note by its author, without the prefix', zoe, note({ author: 'zoe@example.com' })),
  update('a note in the name of another', zoe, note({ author: 'cto' }), notYou('spec.author', 'cto', zoe)),
  update(
    'a note by the end of a name without a prefix before it',
    zoe,
    note({ author: 'e@example.com' }),
    notYou('spec.author', 'e@example.com', zoe),
  ),
  update('a note by the end of a service account', robot, note({ author: 'cto' }), notYou('spec.author', 'cto', robot)),
  update('a note by a service account', robot, note({ author: robot })),
  ...([role, ...odd] as const).map((user) =>
    update(
      `a note by ${user} in the name of its end`,
      user,
      note({ author: user.endsWith(':cto') ? 'cto' : 'cto@example.com' }),
      notYou('spec.author', user.endsWith(':cto') ? 'cto' : 'cto@example.com', user),
    ),
  ),
  update('a note by a role', role, note({ author: role })),
  update('a note by the end behind the first colon', odd[2], note({ author: 'a:cto@example.com' })),
  update('a note by the end behind the issuer', byIssuer, note({ author: 'zoe#cto' })),
  update('a note by less than that', byIssuer, note({ author: 'cto' }), notYou('spec.author', 'cto', byIssuer)),
  update('a note in the name of another, vouched for', gitops, note({ author: 'cto' })),
  update('a note that tells of an act', zoe, note(), 'annotations that begin with allclear.dev/', {
    'allclear.dev/change': 'a',
  }),
  update('a note that came from Slack', zoe, note(), 'annotations that begin with allclear.dev/', {
    'allclear.dev/via': 'slack:T1/U1',
  }),
  update('a note with annotations of their own', zoe, note(), undefined, { 'example.com/a': 'b' }),
  update('an entry of the controller’s that tells of an act', controller, change, undefined, {
    'allclear.dev/change': 'a',
  }),
  {
    ...update('the act taken off an entry', zoe, note(), 'annotations that begin with allclear.dev/', {
      'allclear.dev/change': 'a',
    }),
    patch: { metadata: { annotations: { 'allclear.dev/change': null } } },
  },
  {
    ...update('another title for the declaration', zoe, change, 'annotations that begin with allclear.dev/'),
    patch: { metadata: { annotations: { 'allclear.dev/title': 'Deploy by the CTO' } } },
  },
  {
    ...update('somebody’s Status made a claim', zoe, note(), 'annotations that begin with allclear.dev/'),
    patch: { metadata: { annotations: { 'allclear.dev/claim': 'x' } } },
  },
  {
    ...update('an annotation of their own beside one that tells of an act', zoe, change, undefined, {
      'allclear.dev/change': 'a',
      'example.com/a': 'b',
    }),
    patch: { metadata: { annotations: { 'example.com/a': null, 'example.com/c': 'd' } } },
  },
  {
    ...update('a label on an entry that tells of an act', zoe, { ...change, author: 'ana' }, undefined, {
      'allclear.dev/change': 'a',
    }),
    patch: { metadata: { labels: { a: 'b' } } },
  },

  incident('declared without a change', zoe, {}),
  incident('declared by oneself', zoe, { change: act({ by: 'zoe@example.com' }) }),
  incident(
    'declared in the name of another',
    zoe,
    { change: act({ by: 'cto' }) },
    notYou('spec.change.by', 'cto', zoe),
  ),
  incident(
    'declared by a role in the name of its end',
    role,
    { change: act({ by: 'cto@example.com' }) },
    notYou('spec.change.by', 'cto@example.com', role),
  ),
  incident('declared for another by who may vouch', gitops, {
    change: act({ by: 'cto', source: 'Git', via: 'c0ffee' }),
  }),
  incident('declared as if in Slack', zoe, { change: act({ source: 'Slack' }) }, 'only AllClear says that an act came'),
  incident(
    'declared by way of Slack',
    zoe,
    { change: act({ via: 'slack:T1/U1' }) },
    'only AllClear says that an act came',
  ),
  incident('declared in Slack', controller, { change: act({ by: 'ana', source: 'Slack', via: 'slack:T1/U1' }) }),
  incident('with the identity of another', zoe, {}, 'Leave it out; to restore a backup', {
    'allclear.dev/identity': '{"uid":"a"}',
  }),
  incident('restored', gitops, {}, undefined, { 'allclear.dev/identity': '{"uid":"a"}' }),
  edit('an edit that leaves what ana said', zoe, { spec: { severity: 'SEV1' } }),
  edit('an edit of one’s own', zoe, { spec: { severity: 'SEV1', change: act({ id: 'b', by: zoe, via: null }) } }),
  edit('an edit under ana’s name', zoe, { spec: { severity: 'SEV3', change: stepBack } }, wayOut),
  edit('an edit as if in Slack', zoe, { spec: { severity: 'SEV3', change: { ...stepBack, by: null } } }, wayOut),
  edit('an edit with nothing of the act before', zoe, {
    spec: { severity: 'SEV3', change: { ...stepBack, by: null, source: null, via: null } },
  }),
  edit('a finalizer', zoe, { metadata: { finalizers: ['example.com/a'] } }),
  edit('the identity dropped', zoe, { metadata: { annotations: { 'allclear.dev/identity': null } } }),
  edit(
    'the identity exchanged',
    zoe,
    { metadata: { annotations: { 'allclear.dev/identity': '{"uid":"b"}' } } },
    'AllClear writes it',
  ),
  edit('the identity written by the controller', controller, {
    metadata: { annotations: { 'allclear.dev/identity': '{"uid":"b"}' } },
  }),
];

async function run({ user, kind, spec, annotations = {}, patch }: Row): Promise<Answer> {
  const metadata = { generateName: 'case-', annotations };
  if (patch === undefined) return as(user).create(kind, spec, metadata);
  const made = await as(admin).create(kind, spec, metadata);
  expect(made.code).toBe(201);
  return as(user).patch(kind, made.name, patch);
}

describe('accepted', () => {
  it.each(rows.filter(({ refused }) => refused === undefined))('$kind: $name', async (row) => {
    const { code, message } = await run(row);
    expect({ code, message }).toEqual({ code: row.patch === undefined ? 201 : 200, message: '' });
  });
});

describe('refused', () => {
  it.each(rows.filter(({ refused }) => refused !== undefined))('$kind: $name', async (row) => {
    const { code, message } = await run(row);
    expect(message).toContain(row.refused);
    expect(code).toBe(403);
  });
});

describe('the examples', () => {
  it.each(['incidents/example.yaml', 'docs/examples/update.yaml'])('%s may be applied by a responder', async (file) => {
    const { kind, metadata, spec }: { kind: KindName; metadata: object; spec: object } = parse(
      readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'),
    );
    expect(await as(zoe).create(kind, spec, metadata)).toMatchObject({ code: 201, message: '' });
  });
});

describe('what no policy is asked about', () => {
  it('status, whoever may write it', async () => {
    const { name } = await as(admin).create('Incident', { title, change: act({ by: 'ana' }) });
    const { code } = await as(controller).patch('Incident', name, { status: { observedGeneration: 1 } }, 'status');
    expect(code).toBe(200);
  });

  it('deletion', async () => {
    const { name } = await as(admin).create('IncidentUpdate', { ...change, author: 'ana' });
    expect((await as(zoe).remove('IncidentUpdate', name)).code).toBe(200);
  });
});

const stored = <T>(kind: string, name: string): Promise<T> => kubectl.get<T>(kind, name, '-n', namespace);

/** The policies of a file, in force in this namespace alone: other tests share the API server. */
function hereOnly(file: string): object[] {
  return parseAllDocuments(readFileSync(new URL(`../../config/${file}`, import.meta.url), 'utf8')).map((document) => {
    if (String(document.get('kind')).endsWith('Binding'))
      document.setIn(['spec', 'matchResources'], {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      });
    return document.toJSON();
  });
}

/** What `change` is after zoe's edit of an incident whose last act was ana's. */
async function changeAfter(patch: object): Promise<unknown> {
  const made = await as(admin).create('Incident', {
    title,
    severity: 'SEV2',
    change: act({ by: 'ana', reason: 'Why.' }),
  });
  const before = await stored<Incident>('inc', made.name);
  const { code, message } = await as(zoe).patch('Incident', made.name, patch);
  expect({ code, message }).toEqual({ code: 200, message: '' });
  const { change: after } = (await stored<Incident>('inc', made.name)).spec;
  return { ...after, id: after?.id.replace(before.metadata.resourceVersion, 'N') };
}

describe('with optional/stamp-author.yaml', () => {
  beforeAll(async () => {
    await kubectl.apply(hereOnly('optional/stamp-author.yaml'));
    await until('the stamps', async () => {
      const [entry, declared] = [
        await as(zoe).create('IncidentUpdate', note()),
        await as(zoe).create('Incident', { title }),
      ];
      return (
        (await stored<IncidentUpdate>('incup', entry.name)).spec.author === zoe &&
        (await stored<Incident>('inc', declared.name)).spec.change?.by === zoe
      );
    });
  });

  it('an edit without an act is an act of who wrote it, with nothing left of the one before', async () => {
    expect(await changeAfter({ spec: { severity: 'SEV1' } })).toEqual({ id: 'edit-of-N', source: 'Kubectl', by: zoe });
  });

  it('an act without a name gets one and keeps its words', async () => {
    expect(
      await changeAfter({ spec: { severity: 'SEV3', change: { id: 'b', by: null, reason: 'One region.' } } }),
    ).toEqual({
      id: 'b',
      source: 'Kubectl',
      reason: 'One region.',
      by: zoe,
    });
  });

  it('an act with a name, and a write that leaves the spec as it is, stay as they are', async () => {
    const mine = { id: 'b', by: 'zoe@example.com' };
    expect(await changeAfter({ spec: { severity: 'SEV1', change: mine } })).toMatchObject(mine);
    expect(await changeAfter({ metadata: { labels: { a: 'b' } } })).toMatchObject({ id: 'a', by: 'ana' });
  });

  it('an entry of the controller’s is nobody’s rather than its own', async () => {
    const { name } = await as(controller).create('IncidentUpdate', change);
    expect((await stored<IncidentUpdate>('incup', name)).spec.author).toBeUndefined();
  });

  it('a lower severity still needs a reason', async () => {
    const { name } = await as(admin).create('Incident', { title, severity: 'SEV2' });
    const { causes } = await as(zoe).patch('Incident', name, { spec: { severity: 'SEV3' } });
    expect(causes).toMatchObject([{ field: 'spec.severity', message: expect.stringContaining('needs a reason') }]);
    expect(causes[0]?.message).toContain(wayOut);
  });
});

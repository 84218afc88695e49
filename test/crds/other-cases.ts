import type { KindName } from '../../controller/api/kinds.gen.ts';
import type { Case } from './cases.ts';

const incidentRef = { name: 'mobile-app-login' };
const secretRef = { name: 'credentials' };
const github = { owner: 'streamo', repo: 'incidents' };

const unseen = 'nothing in it can be seen. Write';

const accepted = (kind: KindName, name: string, write: object): Case => ({ name, kind, write });
const refused = (kind: KindName, name: string, write: object, field: string, says: string): Case => ({
  name,
  kind,
  write,
  refused: { field, says },
});

const update = 'IncidentUpdate';
const note = { incidentRef, type: 'Note', text: 'Looking into it.' };

const updateCases: readonly Case[] = [
  accepted(update, 'a note by hand', note),
  accepted(update, 'a status with everything', {
    ...note,
    type: 'Status',
    incidentRef: { ...incidentRef, uid: '2b1f9a5e-5f0b-4a53-9f0a-6f1f6a4d5c11' },
    author: 'zoe@streamo.example',
    occurredAt: '2026-06-15T21:40:00Z',
    audience: 'Stakeholders',
    channels: ['#support', '#störungen'],
    nextDueAt: '2026-06-15T22:10:00Z',
    links: [{ title: 'App load speed', url: 'https://grafana.streamo.example/d/load' }],
  }),
  accepted(update, 'a change of severity', { incidentRef, type: 'Severity', from: 'SEV2', to: 'SEV1' }),
  accepted(update, 'a role that was given up', { incidentRef, type: 'Role', from: 'matt@streamo.example' }),
  accepted(update, 'a correction', { ...note, type: 'Correction', corrects: { name: 'other' } }),
  refused(update, 'a status that says nothing', { incidentRef, type: 'Status' }, 'spec.text', 'Set spec.text'),
  refused(update, 'a change of nothing', { incidentRef, type: 'State' }, 'spec.to', 'Set spec.from and spec.to'),
  refused(
    update,
    'a correction of nothing',
    { ...note, type: 'Correction' },
    'spec.corrects',
    'Set spec.corrects.name',
  ),
  refused(update, 'a note that corrects', { ...note, corrects: { name: 'a' } }, 'spec.corrects', 'nothing else does'),
  refused(
    update,
    'a note that promises the next update',
    { ...note, nextDueAt: '2026-06-15T22:10:00Z' },
    'spec.nextDueAt',
    'Leave out spec.nextDueAt, or use Status',
  ),
  refused(
    update,
    'a time with an offset beyond a day',
    { incidentRef, type: 'State', to: 'Investigating', occurredAt: '2026-06-15T21:16:06+99:99' },
    'spec.occurredAt',
    'no time that can be read. Write the day',
  ),
  refused(
    update,
    'a promise with more behind it',
    { ...note, type: 'Status', nextDueAt: '2026-06-15T22:10:00ZT9' },
    'spec.nextDueAt',
    'no time that can be read. Write the day',
  ),
  refused(update, 'a text that cannot be seen', { ...note, text: '\u200b' }, 'spec.text', unseen),
  refused(update, 'an author who cannot be seen', { ...note, author: '\u3164' }, 'spec.author', unseen),
  refused(
    update,
    'a password in a link',
    { ...note, links: [{ title: 'a', url: 'https://user:password@kibana.example/' }] },
    'spec.links[0].url',
    'Leave out what stands before the @',
  ),
  refused(update, 'an unknown type', { ...note, type: 'Gossip' }, 'spec.type', '"Huddle"'),
  refused(update, 'no incident', { type: 'Note', text: 'a' }, 'spec.incidentRef', 'Required'),
  refused(update, 'a channel without #', { ...note, channels: ['support'] }, 'spec.channels[0]', 'Write # and then'),
  refused(update, 'text of 8,001 characters', { ...note, text: 'x'.repeat(8001) }, 'spec.text', 'more than 8000'),
  ...[{ text: 'Never mind.' }, { audience: 'Public' }, { author: 'a' }, { type: 'Decision' }].map((edit): Case => ({
    name: `an edit of ${Object.keys(edit).join()}`,
    kind: update,
    before: note,
    write: { spec: edit },
    refused: { field: 'spec', says: 'Create a new one of type Correction' },
  })),
  { name: 'an edit that changes nothing', kind: update, before: note, write: { spec: { text: note.text } } },
  { name: 'a new label', kind: update, before: note, write: { metadata: { labels: { a: 'b' } } } },
];

const policy = 'ResponsePolicy';
const notices = (notice: object): object => ({ notices: [{ channel: '#stakeholders', ...notice }] });
const ticket = (name: string): object => ({ integrationRef: { name }, labels: ['incident'] });

const policyCases: readonly Case[] = [
  accepted(policy, 'nothing at all', {}),
  accepted(policy, 'everything', {
    match: { severities: ['SEV1'], services: ['streamo-app'], modes: ['Live'], labels: { team: 'mobile' } },
    priority: 10,
    severities: { SEV1: { label: 'Critical' }, SEV4: { label: 'Low' } },
    channel: { integrationRef: { name: 'slack' }, nameTemplate: 'outage-{number}-streamo', visibility: 'Private' },
    invitees: ['oncall@streamo.example'],
    tickets: [ticket('github'), ticket('jira')],
    ...notices({ integrationRef: { name: 'slack' }, events: ['Declared', 'Resolved'], notAfter: '1h30m' }),
    triage: { integrationRef: { name: 'slack' }, channel: '#monitoring-alerts' },
    respond: {
      identity: 'RBAC',
      userTemplate: 'oidc:{mail}',
      users: { 'zoe@streamo.example': 'zoe' },
      groups: { 'sre-oncall': 'sre' },
    },
    updates: { dueIn: '30m' },
    bookmarks: [{ title: 'Bridge', url: 'https://meet.streamo.example/bridge' }],
    record: {
      integrationRef: { name: 'records' },
      reviewRef: { name: 'github' },
      folder: 'docs/incidents_2',
      reviewers: ['geeta', 'streamo/sre'],
    },
  }),
  refused(
    policy,
    'one integration with two tickets',
    { tickets: [ticket('a'), ticket('a')] },
    'spec.tickets',
    'Name it once',
  ),
  refused(policy, 'a name without number', { channel: { nameTemplate: 'inc' } }, 'spec.channel.nameTemplate', 'number'),
  refused(
    policy,
    'a name in capitals',
    { channel: { nameTemplate: 'INC-{number}' } },
    'spec.channel.nameTemplate',
    'Write {number} once',
  ),
  refused(
    policy,
    'an unknown placeholder',
    { channel: { nameTemplate: '{id}-{number}' } },
    'spec.channel.nameTemplate',
    'Write {number} once',
  ),
  refused(policy, 'a notice to a name without #', notices({ channel: 'a' }), 'spec.notices[0].channel', '2 chars'),
  refused(policy, 'a notice of nothing', notices({ events: [] }), 'spec.notices[0].events', 'at least 1'),
  refused(
    policy,
    'a time without a unit',
    notices({ notAfter: '15' }),
    'spec.notices[0].notAfter',
    'no length of time. Write',
  ),
  refused(
    policy,
    'a folder that climbs',
    { record: { folder: '../x' } },
    'spec.record.folder',
    'no folder in the repository. Write',
  ),
  refused(
    policy,
    'a folder of Git itself',
    { record: { folder: 'a/.git' } },
    'spec.record.folder',
    'no folder in the repository. Write',
  ),
  refused(
    policy,
    'an absolute folder',
    { record: { folder: '/etc' } },
    'spec.record.folder',
    'no folder in the repository. Write',
  ),
  refused(
    policy,
    'a label with a comma',
    { tickets: [{ ...ticket('a'), labels: ['a,b'] }] },
    'spec.tickets[0].labels[0]',
    'Write each label as an item',
  ),
  ...(
    [
      [{ match: { services: [' '] } }, 'spec.match.services[0]'],
      [{ severities: { SEV1: { label: '\u200b' } } }, 'spec.severities.SEV1.label'],
      [{ invitees: ['\ufeff'] }, 'spec.invitees[0]'],
      [{ tickets: [{ ...ticket('a'), labels: [' '] }] }, 'spec.tickets[0].labels[0]'],
      [{ bookmarks: [{ title: '\u202e', url: 'https://a.example' }] }, 'spec.bookmarks[0].title'],
    ] as const
  ).map(([write, field]) => refused(policy, `nothing to see in ${field}`, write, field, unseen)),
  refused(
    policy,
    'a password in a bookmark',
    { bookmarks: [{ title: 'a', url: 'https://user:password@kibana.example/' }] },
    'spec.bookmarks[0].url',
    'Leave out what stands before the @',
  ),
  refused(policy, 'triage without a channel', { triage: {} }, 'spec.triage.channel', 'Required'),
  refused(
    policy,
    'triage in a name without #',
    { triage: { channel: 'ab' } },
    'spec.triage.channel',
    'Write # and then',
  ),
  refused(
    policy,
    'a user name of Kubernetes itself, by template',
    { respond: { userTemplate: 'system:{mail}' } },
    'spec.respond.userTemplate',
    'Give the name that your cluster knows people by',
  ),
  refused(
    policy,
    'a user name of Kubernetes itself, by map',
    { respond: { users: { 'zoe@streamo.example': 'system:admin' } } },
    'spec.respond.users[zoe@streamo.example]',
    'Give the name that your cluster knows people by',
  ),
  refused(
    policy,
    'a group of Kubernetes itself',
    { respond: { groups: { sre: 'system:masters' } } },
    'spec.respond.groups[sre]',
    'Give the name that your cluster knows people by',
  ),
  refused(
    policy,
    'one user name for everybody',
    { respond: { userTemplate: 'oncall' } },
    'spec.respond.userTemplate',
    'Write {mail} or {name} once',
  ),
  refused(policy, 'an unknown identity', { respond: { identity: 'Guest' } }, 'spec.respond.identity', '"RBAC"'),
  refused(
    policy,
    'an update due in no unit',
    { updates: { dueIn: '30' } },
    'spec.updates.dueIn',
    'no length of time. Write',
  ),
  refused(policy, 'an unknown mode', { match: { modes: ['Test'] } }, 'spec.match.modes[0]', '"Drill"'),
];

const integration = 'Integration';
const one = (provider: object): object => ({ provider, secretRef });
const git = (url: string, more: object = {}): object => one({ git: { url, ...more } });

const integrationCases: readonly Case[] = [
  accepted(integration, 'Slack with its defaults', one({ slack: {} })),
  accepted(integration, 'Slack elsewhere', one({ slack: { apiUrl: 'http://127.0.0.1:4003/api/', mode: 'Http' } })),
  accepted(integration, 'GitHub with its defaults', one({ github })),
  accepted(integration, 'a repository of GitHub itself', one({ github: { ...github, repo: '.github' } })),
  accepted(integration, 'Git by https', git('https://github.com/streamo/incidents.git')),
  accepted(integration, 'Git by http, for all', {
    ...git('http://127.0.0.1:8080/incidents.git', {
      branch: 'release/2026.06--x',
      authorEmail: 'allclear@streamo.example',
    }),
    allowedNamespaces: { from: 'All' },
  }),
  accepted(integration, 'Git by ssh', git('ssh://git@github.com:22/streamo/incidents.git')),
  refused(integration, 'no provider', { secretRef }, 'spec.provider', 'Write exactly one under spec.provider'),
  refused(integration, 'no vendor', one({}), 'spec.provider', 'an Integration connects one vendor'),
  refused(integration, 'two vendors', one({ slack: {}, github }), 'spec.provider', 'make another Integration'),
  refused(integration, 'no Secret', { provider: { slack: {} } }, 'spec.secretRef', 'Required'),
  refused(
    integration,
    'an unknown mode',
    one({ slack: { mode: 'http' } }),
    'spec.provider.slack.mode',
    '"Socket", "Http"',
  ),
  refused(
    integration,
    'a password in an address',
    one({ slack: { apiUrl: 'https://a:b@c/' } }),
    'spec.provider.slack.apiUrl',
    'Leave out the user name and password',
  ),
  refused(
    integration,
    'a token in an address',
    one({ github: { ...github, apiUrl: 'https://token@c/' } }),
    'spec.provider.github.apiUrl',
    'credentials belong in the Secret',
  ),
  refused(
    integration,
    'an author who cannot be seen',
    git('https://a/b', { authorName: ' ' }),
    'spec.provider.git.authorName',
    unseen,
  ),
  refused(
    integration,
    'a file as API',
    one({ slack: { apiUrl: 'file:///etc' } }),
    'spec.provider.slack.apiUrl',
    'no address of an API. Write',
  ),
  refused(
    integration,
    'an owner that is a path',
    one({ github: { ...github, owner: 'a/..' } }),
    'spec.provider.github.owner',
    'no name of a user or organisation. Write',
  ),
  refused(
    integration,
    'a repo that climbs',
    one({ github: { ...github, repo: '..' } }),
    'spec.provider.github.repo',
    'no name of a repository. Write',
  ),
  refused(integration, 'no repo', one({ github: { owner: 'a' } }), 'spec.provider.github.repo', 'Required'),
  ...[
    'file:///srv/git',
    'ext::sh -c touch% /tmp/x',
    'git@github.com:a/b.git',
    'ssh://-oProxyCommand=x/y',
    'ssh://-x@host/y',
    '--upload-pack=x',
  ].map((url) =>
    refused(integration, `Git by ${url}`, git(url), 'spec.provider.git.url', 'no address to clone from. Write'),
  ),
  ...['https://user:token@github.com/a/b.git', 'https://token@github.com/a/b', 'ssh://git:password@host/a/b'].map(
    (url) =>
      refused(integration, `Git by ${url}`, git(url), 'spec.provider.git.url', 'credentials belong in the Secret'),
  ),
  ...['-f', 'a..b', 'a b', 'refs/', '.git', '@{1}'].map((branch) =>
    refused(
      integration,
      `the branch ${branch}`,
      git('https://a/b', { branch }),
      'spec.provider.git.branch',
      'no name of a branch that can be used here. Write',
    ),
  ),
  refused(
    integration,
    'a forged author',
    git('https://a/b', { authorName: 'a <b>' }),
    'spec.provider.git.authorName',
    'Git takes a name of one line',
  ),
  refused(
    integration,
    'no mail address',
    git('https://a/b', { authorEmail: 'a@b\nc' }),
    'spec.provider.git.authorEmail',
    'no mail address. Write',
  ),
];

export const otherCases: readonly Case[] = [...updateCases, ...policyCases, ...integrationCases];

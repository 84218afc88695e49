import { describe, expect, test, vi } from 'vitest';
import type { Incident } from '../../controller/api/incident.gen.ts';
import { apiVersion } from '../../controller/api/names.ts';
import { faultsOf } from '../builders/slack-limits.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { integration, integrationObjects, repository, secret } from '../world/integrations.ts';
import { doubled, keyOf, lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 4 });

const env = unhurried;

type Parts = Pick<World, 'namespace' | 'slack' | 'github'>;
const usual = ({ namespace, slack, github }: Parts): object[] =>
  integrationObjects(namespace, { slack, slackUrl: slack.url, github });
const nameOf = (object: object): string => (object as { metadata: { name: string } }).metadata.name;
const kindOf = (object: object): string => (object as { kind: string }).kind;
/** The usual objects with some in place of those of the same kind and name. */
const instead = (parts: Parts, ...other: object[]): object[] => [
  ...usual(parts).filter((o) => !other.some((p) => nameOf(o) === nameOf(p) && kindOf(o) === kindOf(p))),
  ...other,
];
const without = (parts: Parts, kind: string, name: string): object[] =>
  usual(parts).filter((o) => nameOf(o) !== name || kindOf(o) !== kind);

/** The Integration's own word. */
const says = (world: World, name: string, reason: string): Promise<string> =>
  until(`${name}: ${reason}`, async () => {
    const { status } = await world.objects.get('Integration', name);
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    return ready?.status === 'False' && ready.reason === reason && ready.message;
  });

const slackEffects = ['channel', 'live-status', 'purpose', 'pin', 'members', 'receipts'];
const done = (incident: Incident, keys: readonly string[]): boolean =>
  keys.every((key) => incident.status?.effects?.[key]?.state === 'Done');

describe.concurrent('a wrong Integration says so, and the rest goes on:', () => {
  test('GitHub without its Secret; mended, it catches up', async () => {
    await using world = await startWorld(sharedCluster(), {
      env,
      objects: (parts) => without(parts, 'Secret', 'github'),
    });
    expect(await says(world, 'github', 'SecretNotFound')).toContain('There is no Secret github');
    await world.declare();
    const incident = await world.sees('Slack', (i) => done(i, slackEffects));
    expect(conditionOf(await world.ready(), 'Ready')?.status).toBe('True');
    expect(conditionOf(incident, 'TicketsFiled')?.status).toBe('False');
    expect((await lookOutside(world)).issues).toEqual([]);
    const { namespace, github } = world;
    await world.kubectl.apply(secret(namespace, 'github', github.apiUrl, { token: github.token }));
    await world.sees('the ticket', (i) => done(i, ['ticket/github']));
    expect((await lookOutside(world)).issues).toHaveLength(1);
  });

  test('a Secret of another type and one that may not go to that host', async () => {
    await using world = await startWorld(sharedCluster(), {
      env,
      objects: (parts) => {
        const { namespace, github } = parts;
        const opaque = { ...secret(namespace, 'github', github.apiUrl, { token: github.token }), type: 'Opaque' };
        const elsewhere = secret(namespace, 'slack', 'https://slack.com/api/', { botToken: parts.slack.botToken });
        return instead(parts, opaque, elsewhere);
      },
    });
    expect(await says(world, 'github', 'SecretWrongType')).toContain('allclear.dev/credentials');
    expect(await says(world, 'slack', 'HostNotAllowed')).toContain(new URL(world.slack.url).host);
    await world.declare();
    const incident = await world.ready();
    expect(incident.status?.id).toBe('INC-00001');
    // Neither was sent anywhere.
    expect(world.slack.calls()).toEqual([]);
    expect(world.github.received.filter(({ by, path }) => by === 'allclear-bot' && path.startsWith('/repos'))).toEqual(
      [],
    );
  });

  test('a wrong token for Slack', async () => {
    await using world = await startWorld(sharedCluster(), {
      env,
      objects: (parts) => instead(parts, secret(parts.namespace, 'slack', parts.slack.url, { botToken: 'xoxb-wrong' })),
    });
    expect(await says(world, 'slack', 'InvalidToken')).not.toContain('xoxb-wrong');
    await world.declare();
    const incident = await world.sees('the ticket', (i) => done(i, ['ticket/github']));
    expect(conditionOf(incident, 'ChannelReady')).toMatchObject({ status: 'False' });
    expect(conditionOf(await world.ready(), 'Ready')?.reason).toBe('Degraded');
    expect(await lookOutside(world)).toMatchObject({ channels: [], notices: [], issues: [{ state: 'open' }] });
    // What is put right outside is noticed, and everything follows.
    const { namespace, slack } = world;
    await world.kubectl.apply(secret(namespace, 'slack', slack.url, { botToken: slack.botToken }));
    await world.sees('Slack', (i) => done(i, slackEffects));
    expect(doubled(await lookOutside(world))).toEqual([]);
  });

  test('a token for Slack that is revoked while an incident is open', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    await world.declare();
    await world.sees('Slack', (i) => done(i, slackEffects));
    await world.ready();
    world.slack.refuseToken = 'token_revoked';
    await world.edit({ severity: 'SEV1' });
    // As InvalidToken until the Integration itself has been asked, from then on as IntegrationNotReady.
    const failed = await world.sees(
      'a word on the live status',
      (i) => conditionOf(i, 'LiveStatusPosted')?.message.includes('Slack does not take the bot token') ?? false,
    );
    expect(conditionOf(failed, 'LiveStatusPosted')?.status).toBe('False');
    await says(world, 'slack', 'InvalidToken');
    await until('the issue', async () =>
      (await lookOutside(world)).issues[0]?.body.includes('Severity: SEV1 (Critical)'),
    );
    const told = await world.objects.list('IncidentUpdate');
    expect(told.find(({ spec }) => spec.type === 'Severity')).toBeDefined();
  });

  test('a token that GitHub does not take, and a repository that is not there', async () => {
    await using world = await startWorld(sharedCluster(), {
      env,
      objects: (parts) => {
        const { namespace, github } = parts;
        const unknown = github.gitUrl.replace('incidents.git', 'nowhere.git');
        return instead(
          parts,
          secret(namespace, 'github', github.apiUrl, { token: 'ghp_wrong' }),
          integration(namespace, 'git', { git: { url: unknown, authorEmail: 'allclear@example.com' } }),
        );
      },
    });
    await says(world, 'github', 'InvalidToken');
    expect(await says(world, 'git', 'RepositoryNotFound')).toContain('nowhere');
    await world.declare();
    await world.sees('Slack', (i) => done(i, slackEffects));
    await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
    const closed = await world.ready();
    expect(closed.status?.applied?.state).toBe('Resolved');
    expect(conditionOf(closed, 'RecordCommitted')?.status).toBe('False');
    expect((await lookOutside(world)).posts[0]?.text).toContain('Resolved');
  });

  test('a repository of GitHub that does not exist', async () => {
    await using world = await startWorld(sharedCluster(), {
      env,
      objects: (parts) =>
        instead(
          parts,
          integration(parts.namespace, 'github', {
            github: { apiUrl: parts.github.apiUrl, ...repository, repo: 'nowhere' },
          }),
        ),
    });
    expect(await says(world, 'github', 'RepositoryNotFound')).toContain('acme/nowhere');
    await world.declare();
    await world.sees('Slack', (i) => done(i, slackEffects));
    expect(conditionOf(await world.ready(), 'TicketsFiled')?.status).toBe('False');
  });
});

describe.concurrent('bad words and places', () => {
  test('a foreign channel has the name: another one is made, and the foreign one is left alone', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    const { slack } = world;
    await slack.call('dan', 'conversations.create', { name: 'inc-00001' });
    const before = await slack.channel('#inc-00001');
    await world.declare();
    const incident = await world.sees('Slack', (i) => done(i, slackEffects));
    expect(incident.status?.channel?.name).toBe('inc-00001-2');
    expect((await lookOutside(world)).channels).toMatchObject([{ name: 'inc-00001-2' }]);
    expect(await slack.channel('#inc-00001')).toEqual(before);
    expect(await slack.messages('#inc-00001')).toEqual([]);
  });

  test('#general without the bot as member: that notice fails in words, the others go out', async () => {
    const notices = [{ channel: '#general' }, { channel: '#stakeholders' }];
    await using world = await startWorld(sharedCluster(), { env, policy: { notices } });
    await world.declare();
    const update = await until('the failed notice', async () => {
      const [first] = await world.objects.list('IncidentUpdate');
      return first?.status?.effects?.['notice/slack/general']?.state === 'Failed' && first;
    });
    expect(update.status?.effects?.['notice/slack/general']).toMatchObject({ reason: 'NotInChannel' });
    expect(update.status?.effects?.['notice/slack/general']?.message).toContain('/invite @');
    const sent = update.status?.conditions?.find(({ type }) => type === 'NoticesSent');
    expect(sent).toMatchObject({ status: 'False', reason: 'NotInChannel' });
    await world.ready();
    const outside = await until('the receipt', async () => {
      const seen = await lookOutside(world);
      return seen.thread.some(({ text }) => text.includes('Notice to #general failed')) && seen;
    });
    expect(outside.notices).toHaveLength(1);
    // Invited there, the next notice arrives.
    const { id } = await world.slack.channel('#general');
    await world.slack.call('bot', 'conversations.join', { channel: id });
    await world.edit({ severity: 'SEV1' });
    await until('a notice in #general', async () =>
      (await world.slack.messages('#general')).some(({ text }) => text.includes('raised from SEV2')),
    );
  });

  test('texts over every limit of Slack, mentions and markup', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    const loud = '<!channel> @channel @here <@U1> <https://evil.example|bank> *bold* `code` & fixes #1 @casey ';
    const long = loud.repeat(200);
    await world.declare({
      title: loud.repeat(2).slice(0, 150).trim(),
      description: long.slice(0, 8_000),
      customerSummary: long.slice(0, 3_000),
      services: Array.from({ length: 20 }, (_, i) => `service-${i}-${'x'.repeat(50)}`.slice(0, 63)),
      links: Array.from({ length: 20 }, (_, i) => ({ title: loud.slice(0, 60), url: `https://e.example/${i}` })),
    });
    await world.sees('Slack and GitHub', (i) => done(i, [...slackEffects, 'ticket/github']));
    const { namespace } = world;
    await world.kubectl.apply({
      apiVersion,
      kind: 'IncidentUpdate',
      metadata: { namespace, name: 'loud' },
      spec: { incidentRef: { name: 'login' }, type: 'Status', audience: 'Stakeholders', text: long.slice(0, 3_000) },
    });
    await until('the update outside', async () => (await lookOutside(world)).notices.length === 2);
    await world.edit({ state: 'Resolved', resolution: { summary: long.slice(0, 3_000) } });
    await world.sees('the record', (i) => done(i, ['record', 'review']));
    const outside = await lookOutside(world);
    for (const message of [...outside.posts, ...outside.notices]) {
      // Whom Slack knows is mentioned; nothing else may be.
      const blocks = JSON.stringify(message.blocks).replaceAll(/<@U\w+>/g, 'somebody');
      expect(faultsOf({ text: message.text, blocks: JSON.parse(blocks) })).toEqual([]);
      expect(blocks).not.toContain('@example.com');
    }
    for (const { text } of outside.thread) expect(text).not.toMatch(/<!|(?<![\w.])@(channel|here)\b/);
    expect(outside.channels[0]?.purpose).not.toContain('<!');
    expect(outside.channels[0]?.purpose.length).toBeLessThanOrEqual(250);
    for (const { title, body } of outside.issues) expect(`${title}${body}`).not.toMatch(/(?<!\w)@(casey|channel|here)/);
    const refused = world.slack.calls().filter(({ result }) => /^(msg_|invalid_|too_long|no_text)/.test(result ?? ''));
    expect(refused).toEqual([]);
    expect(outside.posts.map(keyOf)).toHaveLength(1);
  });

  test('an unknown field and a wrong word never get past the API server', async () => {
    const { kubectl, newNamespace } = sharedCluster();
    const namespace = await newNamespace();
    const create = (spec: object): Promise<string> =>
      kubectl.apply(
        { apiVersion, kind: 'Incident', metadata: { namespace, name: 'login' }, spec: { title: 'x', ...spec } },
        '--validate=strict',
      );
    await expect(create({ severty: 'SEV1' })).rejects.toThrow(/spec\.severty/);
    await expect(create({ severity: 'SEV9' })).rejects.toThrow(/spec\.severity: Unsupported value: "SEV9".*"SEV1"/s);
    await expect(create({ state: 'Closed' })).rejects.toThrow(/spec\.state: Unsupported value: "Closed"/);
    await expect(create({ title: 'x'.repeat(151) })).rejects.toThrow(/spec\.title: Too long/);
  });
});

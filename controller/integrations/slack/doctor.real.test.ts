import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { aDoctorVisit } from '../../../test/builders/doctor-visit.ts';
import { anIncident } from '../../../test/builders/incident.ts';
import { deadAddress, listen, stop } from '../../../test/emulators/listen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import type { Finding } from '../kit/finding.ts';
import type { Account, Secrets } from '../kit/vendor.ts';
import { botScopes } from './app.ts';
import { slackDoctor } from './doctor.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(stop)));

const { metadata } = anIncident();
const policy = (spec: Partial<ResponsePolicy['spec']>): ResponsePolicy => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'ResponsePolicy',
  metadata: { ...metadata, name: 'default' },
  spec: { priority: 0, ...spec },
});
const everything = botScopes({ mode: 'Socket', privateChannels: true, userGroups: true }).map(({ name }) => name);

interface Answers {
  readonly scopes?: readonly string[];
  readonly date?: string;
  readonly answers?: Readonly<Record<string, object>>;
  readonly account?: Account;
  readonly mode?: 'Socket' | 'Http';
  readonly secrets?: Secrets;
  readonly policies?: readonly ResponsePolicy[];
  readonly calls?: string[];
}

/** Slack as far as the doctor sees it. */
async function visit(parts: Answers = {}): Promise<readonly Finding[]> {
  const { scopes = everything, date, answers = {}, account, mode = 'Socket', policies = [] } = parts;
  const server = createServer((incoming, response) => {
    const method = incoming.url?.slice('/api/'.length) ?? '';
    parts.calls?.push(`${method} ${incoming.headers.authorization}`);
    const usual: Record<string, object> = {
      'auth.test': { ok: true, team: 'Example', team_id: 'T1' },
      'apps.connections.open': { ok: true, url: 'wss://x' },
      'users.conversations': { ok: true, channels: [{ name: 'stakeholders' }] },
    };
    if (date !== undefined) response.setHeader('date', date);
    response.setHeader('x-oauth-scopes', scopes.join(','));
    response.end(JSON.stringify({ ...usual, ...answers }[method] ?? { ok: false, error: 'unknown_method' }));
  });
  servers.push(server);
  const apiUrl = `${await listen(server)}/api/`;
  const { secrets = { botToken: 'xoxb-1', appToken: 'xapp-1' } } = parts;
  return slackDoctor(aDoctorVisit({ apiUrl, mode }, { about: 'S', name: 'slack', secrets, policies, account }));
}

const marks = (findings: readonly Finding[]): Record<string, boolean | undefined> =>
  Object.fromEntries(findings.map(({ about, ok }) => [about, ok]));
const wrongOnes = (findings: readonly Finding[]): readonly Finding[] => findings.filter(({ ok }) => ok === false);

describe('the doctor at Slack', () => {
  it('finds nothing wrong where nothing is, and sends each token only where it belongs', async () => {
    const calls: string[] = [];
    const findings = await visit({ calls, policies: [policy({ triage: { channel: '#stakeholders' } })] });
    expect(marks(findings)).toEqual({
      'S token': true,
      'S scopes': true,
      'Clock against Slack': true,
      'S socket': true,
      'S channels': true,
    });
    expect(calls).toEqual([
      'auth.test Bearer xoxb-1',
      'apps.connections.open Bearer xapp-1',
      'users.conversations Bearer xoxb-1',
    ]);
  });

  it.each<[string, Answers, string, string]>([
    [
      'a revoked token',
      { answers: { 'auth.test': { ok: false, error: 'token_revoked' } } },
      'S token',
      'token_revoked',
    ],
    [
      'a token of another workspace',
      { account: { id: 'T9', name: 'Other' } },
      'S token',
      'is of workspace Example (T1), and everything recorded is in Other (T9)',
    ],
    [
      'an installation for an organisation',
      { answers: { 'auth.test': { ok: true, team: 'E', team_id: 'T1', is_enterprise_install: true } } },
      'S token',
      'a whole organisation',
    ],
    [
      'missing scopes',
      { scopes: everything.filter((scope) => scope !== 'pins:write' && scope !== 'commands') },
      'S scopes',
      'missing: commands, pins:write',
    ],
    [
      'a missing scope for private channels',
      {
        scopes: everything.filter((scope) => scope !== 'groups:write'),
        policies: [policy({ channel: { nameTemplate: 'inc-{number}', visibility: 'Private' } })],
      },
      'S scopes',
      'missing: groups:write',
    ],
    [
      'an app token without its scope',
      { answers: { 'apps.connections.open': { ok: false, error: 'missing_scope' } } },
      'S socket',
      'missing_scope',
    ],
    ['a clock that is off', { date: 'Tue, 03 Feb 2026 10:55:12 GMT' }, 'Clock against Slack', 's apart'],
    [
      'a channel without the bot',
      { policies: [policy({ triage: { channel: '#monitoring-alerts' } })] },
      'S channels',
      'not in #monitoring-alerts',
    ],
  ])('names %s and what to do', async (_, parts, about, says) => {
    const bad = wrongOnes(await visit(parts));
    expect(bad).toMatchObject([{ about, says: expect.stringContaining(says), todo: expect.stringMatching(/\.$/) }]);
  });

  it('asks for no scope that nothing uses', async () => {
    const scopes = everything.filter((scope) => !/^groups|^usergroups|commands|reactions/.test(scope));
    const findings = await visit({ scopes, secrets: { botToken: 'xoxb-1' } });
    expect(wrongOnes(findings)).toEqual([]);
    expect(marks(findings)['S commands and buttons']).toBeUndefined();
  });

  it('does not ask for a socket in mode Http, and says what it cannot know', async () => {
    const calls: string[] = [];
    const secrets = { botToken: 'xoxb-1', signingSecret: 's' };
    const findings = await visit({ mode: 'Http', secrets, calls, answers: { 'users.conversations': { ok: false } } });
    expect(wrongOnes(findings)).toEqual([]);
    expect(calls).toEqual(['auth.test Bearer xoxb-1']);
  });

  it('says that nobody answers', async () => {
    const options = { apiUrl: `${deadAddress}/api/`, mode: 'Socket' } as const;
    const findings = await slackDoctor(aDoctorVisit(options, { secrets: { botToken: 'xoxb-1' } }));
    expect(findings).toMatchObject([{ ok: false, says: expect.stringContaining('no usable answer') }]);
  });

  it('never shows a token', async () => {
    const secrets = { botToken: 'xoxb-secret', appToken: 'xapp-secret' };
    const bad = { ok: false, error: 'invalid_auth' };
    const all = [await visit({ secrets }), await visit({ secrets, answers: { 'auth.test': bad } })];
    expect(JSON.stringify(all)).not.toContain('secret"');
    expect(JSON.stringify(all)).not.toContain('xoxb-secret');
    expect(JSON.stringify(all)).not.toContain('xapp-secret');
  });
});

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli, type CliResult } from '../../../test/builders/io.ts';

const file = (name: string): string => fileURLToPath(new URL(`../../../docs/examples/${name}`, import.meta.url));
const examples = [file('integrations.yaml'), file('policy.yaml')];
const print = (args: readonly string[], stdin?: string): Promise<CliResult> =>
  runCli(['slack', 'manifest', ...args], stdin === undefined ? {} : { stdin });

const slack = (name: string, mode: string): string =>
  `apiVersion: allclear.dev/v1alpha1
kind: Integration
metadata: {name: ${name}}
spec: {provider: {slack: {mode: ${mode}}}, secretRef: {name: slack}}
---
`;
const policy = (spec: string): string =>
  `apiVersion: allclear.dev/v1alpha1
kind: ResponsePolicy
metadata: {name: default}
spec: ${spec}
---
`;

describe('slack manifest', () => {
  it('is listed, with calls of it', async () => {
    expect((await runCli(['slack', '--help'])).out).toContain('  manifest [options] [file...]');
    expect((await print(['--help'])).out).toContain('Examples:\n  allclear slack manifest');
  });

  it('prints what the examples need, with a reason behind each scope', async () => {
    const { code, out, err } = await print(examples);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(`${out}\n`).toMatchFileSnapshot('__snapshots__/example.yaml');
    expect(JSON.parse((await print([...examples, '-o', 'json'])).out)).toEqual(parse(out));
  });

  it('follows the files: private channels, user groups, signed requests', async () => {
    const files =
      slack('slack', 'Http') + policy('{channel: {visibility: Private}, respond: {groups: {sre-oncall: sre}}}');
    const { out } = await print(['-', '--url', 'https://allclear.example.com', '-n', 'payments'], files);
    const made = parse(out);
    expect(made.oauth_config.scopes.bot_optional).toEqual([
      'groups:write',
      'groups:read',
      'groups:history',
      'usergroups:read',
    ]);
    expect(made.settings.socket_mode_enabled).toBe(false);
    expect(made.settings.interactivity.request_url).toBe('https://allclear.example.com/slack/payments/slack');
  });

  it('asks for nothing private where a private channel is another Integration’s', async () => {
    const files =
      slack('slack', 'Socket') +
      slack('secret', 'Socket') +
      policy('{channel: {visibility: Private, integrationRef: {name: secret}}}');
    expect((await print(['-', '--integration', 'slack'], files)).out).not.toContain('groups:');
    expect((await print(['-', '--integration', 'secret'], files)).out).toContain('groups:write');
  });

  it('takes the word of the call over that of the files', async () => {
    const args = ['--mode', 'http', '--url', 'https://a.example/x', '--private-channels', 'on', '--name', 'Ops'];
    const made = parse((await print([...examples, ...args])).out);
    expect(made.settings.socket_mode_enabled).toBe(false);
    expect(made.oauth_config.scopes.bot_optional).toContain('groups:read');
    expect(made.features.bot_user.display_name).toBe('Ops');
    expect(made.features.slash_commands[0].url).toBe('https://a.example/x');
  });

  it.each<[string, string[], string | undefined, number, string]>([
    ['mode http without an address', [...examples, '--mode', 'http'], undefined, 1, 'say where with --url'],
    ['an address that is not https', [...examples, '--mode', 'http', '--url', 'http://a'], undefined, 1, 'https://'],
    ['an address with sockets', [...examples, '--url', 'https://a.example'], undefined, 1, 'is for --mode http'],
    ['several apps', ['-'], slack('a', 'Socket') + slack('b', 'Socket'), 1, 'name one with --integration'],
    ['an Integration that is not there', [...examples, '--integration', 'x'], undefined, 1, 'there is slack'],
    ['an unknown mode', ['--mode', 'rtm'], undefined, 2, 'Allowed choices are socket, http'],
    ['a name that is too long', ['--name', 'x'.repeat(36)], undefined, 2, '1 to 35 characters'],
    ['a file that is wrong', ['-'], slack('slack', 'Rtm'), 1, '"Rtm" is not one of Socket, Http'],
  ])('refuses %s', async (_, args, stdin, code, says) => {
    const refused = await print(args, stdin);
    expect(refused).toMatchObject({ code, out: '', err: expect.stringContaining(says) });
  });
});

import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { botEvents, botScopes, manifest, surface, type Needs } from './app.ts';

const least: Needs = { mode: 'Socket', privateChannels: false, userGroups: false };
const most: Needs = { mode: 'Http', privateChannels: true, userGroups: true };
const usual = { name: 'AllClear', command: '/incident' };
const page = readFileSync(new URL('../../../docs/slack.md', import.meta.url), 'utf8');

/** Rows of the page's table with that heading: name → reason. */
function rowsOf(heading: string): Record<string, string> {
  const part = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = part.matchAll(/^\| *`([\w.:]+)` *\| *(.+?) *\|(?: *(.*?) *\|)?$/gm);
  return Object.fromEntries([...rows].map(([, name = '', why = '']) => [name, why]));
}

describe('the manifest', () => {
  it('asks for no admin or user scope, and for nothing twice', () => {
    for (const needs of [least, most]) {
      const { scopes } = manifest(needs, usual).oauth_config ?? {};
      const all = [...(scopes?.bot ?? []), ...(scopes?.bot_optional ?? [])];
      expect(Object.keys(scopes ?? {}).filter((key) => key.startsWith('user'))).toEqual([]);
      expect(all.filter((scope) => scope.startsWith('admin'))).toEqual([]);
      expect(new Set(all).size).toBe(all.length);
    }
  });

  it('asks for private channels and user groups only where they are configured', () => {
    const made = manifest(least, usual);
    expect(made.oauth_config?.scopes).not.toHaveProperty('bot_optional');
    expect(JSON.stringify(made)).not.toMatch(/group/);
    const more = manifest(most, { ...usual, url: 'https://a.example/slack/events' });
    expect(more.oauth_config?.scopes?.bot_optional).toEqual([
      'groups:write',
      'groups:read',
      'groups:history',
      'usergroups:read',
    ]);
    expect(more.settings?.event_subscriptions?.bot_events).toContain('message.groups');
  });

  it('is of version 2, for one workspace, over sockets or one address', () => {
    const sockets = manifest(least, usual);
    expect(sockets).toMatchObject({
      _metadata: { major_version: 2 },
      settings: { socket_mode_enabled: true, org_deploy_enabled: false, token_rotation_enabled: false },
    });
    expect(JSON.stringify(sockets)).not.toContain('url');
    const url = 'https://a.example/slack/events';
    expect(manifest(most, { ...usual, url })).toMatchObject({
      features: { slash_commands: [{ command: '/incident', url }] },
      settings: {
        socket_mode_enabled: false,
        event_subscriptions: { request_url: url },
        interactivity: { is_enabled: true, request_url: url },
      },
    });
  });

  // https://docs.slack.dev/reference/app-manifest
  it('stays within Slack’s limits', () => {
    const { display_information: shown, features = {} } = manifest(most, usual);
    expect(shown.description?.length).toBeLessThanOrEqual(140);
    for (const { name, description, callback_id: id } of features.shortcuts ?? []) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
      expect(id.length).toBeLessThanOrEqual(255);
    }
    for (const { command, description, usage_hint: hint = '' } of features.slash_commands ?? []) {
      expect(command).toMatch(/^\/[a-z_-]{1,31}$/);
      expect(Math.max(description.length, hint.length)).toBeLessThanOrEqual(1_000);
    }
  });
});

describe('what the front door answers', () => {
  const code = globSync('controller/integrations/slack/listen/**/*.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

  it('is each event that is asked for, and no other', () => {
    const heard = new Set([...code.matchAll(/\bapp\.event\(\s*'(\w+)'/g)].map(([, name]) => name));
    const asked = new Set(botEvents(most).map(({ name }) => name.split('.')[0]));
    expect(asked).toEqual(heard);
  });

  it('is each shortcut', () => {
    for (const name of Object.keys(surface)) expect(code).toContain(`app.shortcut(surface.${name},`);
    expect(manifest(least, usual).features?.shortcuts?.map((each) => each.callback_id)).toEqual(Object.values(surface));
  });
});

describe('docs/slack.md', () => {
  it('gives the same reason for each scope, and for none that is not asked for', () => {
    expect(rowsOf('Scopes')).toEqual(Object.fromEntries(botScopes(most).map(({ name, why }) => [name, why])));
  });

  it('gives the same reason for each event', () => {
    expect(rowsOf('Events')).toEqual(Object.fromEntries(botEvents(most).map(({ name, why }) => [name, why])));
  });
});

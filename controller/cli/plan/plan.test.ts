import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../test/builders/io.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const example = at('incidents/example.yaml');
const policy = ['--policy', at('docs/examples/policy.yaml'), at('docs/examples/integrations.yaml')];
const now = Date.parse('2026-06-15T21:20:00Z');
const incident = (spec: string, metadata = 'name: login'): string =>
  `apiVersion: allclear.dev/v1alpha1\nkind: Incident\nmetadata: {${metadata}}\nspec: {title: Login errors, ${spec}}\n`;
const plan = (stdin: string, ...args: string[]) => runCli(['plan', '--offline', '-', ...args], { now, stdin });

describe('plan without a cluster', () => {
  it('shows everything that a new incident would do, and after what the unknown is known', async () => {
    const { code, out, err } = await runCli(['plan', '--offline', example, ...policy], { now });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(`${out}\n`).toMatchFileSnapshot('__snapshots__/example.txt');
  });

  it('says what is off without any integration', async () => {
    const { code, out } = await runCli(['plan', '--offline', example], { now });
    expect(code).toBe(0);
    await expect(`${out}\n`).toMatchFileSnapshot('__snapshots__/no-integration.txt');
  });

  it('plans the record of what is resolved from the start, and nothing else', async () => {
    const { out } = await plan(incident('state: Resolved, resolution: {summary: Over.}'), ...policy);
    await expect(`${out}\n`).toMatchFileSnapshot('__snapshots__/backfill.txt');
  });

  it('keeps a drill from the outside', async () => {
    const { out } = await plan(incident('mode: Drill'), ...policy);
    expect(out).toContain('mode Drill');
    expect(out).toContain('A drill files no ticket.');
    expect(out).toContain('+ channel ');
    expect(out).not.toContain('+ ticket');
    expect(out).not.toContain('+ notice');
  });

  it('plans a declared update with its incident', async () => {
    const update = [
      'apiVersion: allclear.dev/v1alpha1\nkind: IncidentUpdate\nmetadata: {name: u1}',
      'spec: {incidentRef: {name: login}, type: Status, text: Working on it., audience: Stakeholders, channels: ["#support"]}',
    ].join('\n');
    const { out } = await plan(`${incident('severity: SEV1')}---\n${update}\n`, ...policy);
    expect(out).toContain('+ notice/slack/support       slack   #support: INC-(known after number)');
    expect(out).toContain('+ comment/github             github  Update · 2026-06-15 21:20 UTC Working on it.');
    expect(out.indexOf('new update: declared')).toBeLessThan(out.indexOf('new update: update: Working on it.'));
    const alone = await plan(update, ...policy);
    expect(alone.code).toBe(1);
    expect(alone.err).toContain('IncidentUpdate u1 is of Incident login, which is neither in the files nor in');
  });

  it('uses the policy that the incident names, or says that there is none', async () => {
    const { out } = await plan(incident('policyRef: {name: other}'), ...policy);
    expect(out).toContain('note: There is no ResponsePolicy other; the default rules hold meanwhile.');
  });

  it('prints the same as data', async () => {
    const { out } = await runCli(['plan', '--offline', example, ...policy, '-o', 'json'], { now });
    const data: unknown = JSON.parse(out);
    expect(data).toMatchObject({
      offline: true,
      incidents: [
        {
          name: 'mobile-app-login',
          new: true,
          policy: 'default',
          conditions: expect.arrayContaining([
            {
              condition: 'ChannelReady',
              lines: [{ action: 'create', key: 'channel', integration: 'slack', detail: '#inc-(known after number)' }],
            },
          ]),
          updates: [{ new: true, type: 'State', subject: 'declared SEV2 (High)' }],
        },
      ],
    });
  });

  it.each([
    [incident('severity: SEV9'), [], 'stdin:4: spec.severity: "SEV9" is not one of'],
    ['apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n', [], 'there is no Incident and no IncidentUpdate in -'],
    [incident('mode: Live', 'name: a, namespace: b'), ['-n', 'c'], 'is of namespace b, and --namespace says c'],
  ])('refuses %j', async (text, args, says) => {
    const { code, out, err } = await plan(text, ...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(says);
  });
});

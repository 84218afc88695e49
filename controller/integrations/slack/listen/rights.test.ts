import type { Review } from '../../../act/store.ts';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../../../test/builders/fake-clock.ts';
import { Rights } from './rights.ts';

const zoe = { id: 'U1', teamId: 'T1', name: 'zoë', mail: 'zoe@streamo.example' };
const want = { verb: 'patch', resource: 'incidents', namespace: 'prod', name: 'login' } as const;

function asking(
  allowed: (review: Review) => boolean,
  groups: () => Promise<{ handle: string; users: string[] }[]> = async () => [],
): { rights: Rights; reviews: Review[] } {
  const reviews: Review[] = [];
  const review = async (one: Review): Promise<boolean> => {
    reviews.push(one);
    return allowed(one);
  };
  return { rights: new Rights({ clock: new FakeClock(), api: { groups }, review }), reviews };
}

describe('who may respond', () => {
  test.each([undefined, { identity: 'Member' as const }])(
    'any full member under %o, and nobody is asked',
    async (respond) => {
      const { rights, reviews } = asking(() => false);
      expect(await rights.allow(zoe, respond, want)).toEqual({ by: 'zoe@streamo.example', via: 'slack:T1/U1' });
      expect(reviews).toEqual([]);
    },
  );

  test('RBAC asks the API server as the mapped user', async () => {
    const { rights, reviews } = asking(() => true);
    const respond = { identity: 'RBAC' as const };
    expect(await rights.allow(zoe, respond, want)).toEqual({ by: 'zoe@streamo.example', via: 'slack:T1/U1' });
    await rights.allow(zoe, { ...respond, userTemplate: 'oidc:{name}' }, want);
    await rights.allow(zoe, { ...respond, userTemplate: 'x-{mail}', users: { 'zoe@streamo.example': 'zoe' } }, want);
    expect(reviews.map(({ user }) => user)).toEqual(['zoe@streamo.example', 'oidc:zoe', 'zoe']);
    expect(reviews[0]).toEqual({
      user: 'zoe@streamo.example',
      groups: ['system:authenticated'],
      resourceAttributes: { ...want, group: 'allclear.dev' },
    });
  });

  const Zoe = { ...zoe, mail: 'Zoe@Streamo.Example' };

  test('the map is read without case; an entry as Slack writes it wins', async () => {
    const { rights, reviews } = asking(() => true);
    const rbac = { identity: 'RBAC' as const };
    const by = async (users: Record<string, string>) => (await rights.allow(Zoe, { ...rbac, users }, want)).by;
    expect(await by({ 'zoe@streamo.example': 'zoe' })).toBe('zoe');
    expect(await by({ 'ZOE@STREAMO.EXAMPLE': 'zoe', 'zoe@streamo.example': 'zoe' })).toBe('zoe');
    expect(await by({ 'zoe@streamo.example': 'other', 'Zoe@Streamo.Example': 'zoe' })).toBe('zoe');
    expect(reviews.map(({ user }) => user)).toEqual(['zoe', 'zoe', 'zoe']);
    await expect(by({ 'zoe@streamo.example': 'zoe', 'ZOE@streamo.example': 'other' })).rejects.toThrow(
      'maps zoe@streamo.example to several users (zoe, other)',
    );
  });

  test('the template is tried as Slack writes the address, then in lower case', async () => {
    const respond = { identity: 'RBAC' as const, userTemplate: 'oidc:{mail}' };
    const lower = asking(({ user }) => user === 'oidc:zoe@streamo.example');
    expect(await lower.rights.allow(Zoe, respond, want)).toMatchObject({ by: 'oidc:zoe@streamo.example' });
    expect(lower.reviews).toHaveLength(2);
    const asWritten = asking(() => true);
    expect(await asWritten.rights.allow(Zoe, respond, want)).toMatchObject({ by: 'oidc:Zoe@Streamo.Example' });
    expect(asWritten.reviews).toHaveLength(1);
    await expect(asking(() => false).rights.allow(Zoe, respond, want)).rejects.toThrow(
      'oidc:Zoe@Streamo.Example or oidc:zoe@streamo.example may not patch',
    );
  });

  test('a mail address with $ in it is no pattern', async () => {
    const { rights, reviews } = asking(() => true);
    await rights.allow({ ...zoe, mail: "$&$'@x.example" }, { identity: 'RBAC', userTemplate: 'u:{name}' }, want);
    expect(reviews[0]?.user).toBe("u:$&$'");
  });

  test('no is no, with what is missing', async () => {
    const { rights } = asking(() => false);
    await expect(rights.allow(zoe, { identity: 'RBAC' }, want)).rejects.toThrow(
      'zoe@streamo.example may not patch incidents in namespace prod',
    );
  });

  test('without a mail address, and with names of Kubernetes’ own, nobody is asked', async () => {
    const { rights, reviews } = asking(() => true);
    const { mail: _, ...nobody } = zoe;
    await expect(rights.allow(nobody, { identity: 'RBAC' }, want)).rejects.toThrow('mail address');
    const users = { 'zoe@streamo.example': 'system:admin' };
    await expect(rights.allow(zoe, { identity: 'RBAC', users }, want)).rejects.toThrow('another user');
    expect(reviews).toEqual([]);
  });

  test('user groups are mapped, read once, and never to Kubernetes’ own', async () => {
    let count = 0;
    const { rights, reviews } = asking(
      () => true,
      async () => {
        count += 1;
        return [
          { handle: 'sre', users: ['U1'] },
          { handle: 'admins', users: ['U1'] },
          { handle: 'dev', users: ['U2'] },
        ];
      },
    );
    const respond = {
      identity: 'RBAC' as const,
      groups: { sre: 'responders', admins: 'system:masters', dev: 'developers' },
    };
    await rights.allow(zoe, respond, want);
    await rights.allow(zoe, respond, want);
    expect(reviews.map(({ groups }) => groups)).toEqual([
      ['responders', 'system:authenticated'],
      ['responders', 'system:authenticated'],
    ]);
    expect(count).toBe(1);
  });

  test('groups that cannot be read are none, and a refusal says so', async () => {
    const { rights } = asking(
      () => false,
      () => Promise.reject(new Error('missing_scope')),
    );
    await expect(rights.allow(zoe, { identity: 'RBAC', groups: { sre: 'responders' } }, want)).rejects.toThrow(
      'Slack did not tell which user groups',
    );
  });
});

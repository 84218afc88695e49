import { describe, expect, it } from 'vitest';
import { KubectlError } from './kubectl.ts';
import { sharedCluster } from './shared.ts';

describe('the shared cluster', () => {
  it('gives each test a namespace of its own', async () => {
    const { kubectl, newNamespace } = sharedCluster();
    const [one, other] = await Promise.all([newNamespace(), newNamespace({ team: 'payments' })]);
    await kubectl('create', 'configmap', 'here', '-n', one);

    expect(await kubectl('get', 'configmap', '-n', one, '-o', 'name')).toContain('configmap/here');
    expect(await kubectl('get', 'configmap', '-n', other, '-o', 'name')).toBe('');
    const { metadata } = await kubectl.get<{ metadata: { labels: object } }>('namespace', other);
    expect(metadata.labels).toMatchObject({ team: 'payments' });
  });

  it("throws kubectl's own words", async () => {
    const { kubectl } = sharedCluster();
    const refused = await kubectl('get', 'configmap', 'absent').catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(KubectlError);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('configmaps "absent" not found'),
    });
  });
});

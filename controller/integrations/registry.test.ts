import { expect, it } from 'vitest';
import type { Integration, Provider } from '../api/integration.gen.ts';
import { systemClock } from '../runtime/clock.ts';
import { bind, vendors } from './registry.ts';

const anIntegration = (provider: Provider): Integration => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'Integration',
  metadata: { namespace: 'n', name: 'i', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '' },
  spec: { provider, secretRef: { name: 'i' }, allowedNamespaces: { from: 'Same' } },
});

const providers: Readonly<Record<string, Provider>> = {
  slack: { slack: { apiUrl: 'https://slack.com/api/', mode: 'Socket' } },
  github: { github: { apiUrl: 'https://api.github.com', owner: 'o', repo: 'r' } },
  git: {
    git: { url: 'https://github.com/o/r.git', branch: 'main', authorName: 'AllClear', authorEmail: 'a@example.com' },
  },
};

it.each(vendors)('$name can do what it says before it connects, and nothing else', ({ name, can }) => {
  const bound = bind(anIntegration(providers[name] ?? {}));
  const secrets = Object.fromEntries((bound?.secretKeys[0] ?? []).map((key) => [key, '-']));
  const connection = bound?.connect(secrets, { clock: systemClock, install: 'test', log() {} });
  connection?.close();
  expect(bound?.vendor.name).toBe(name);
  expect(Object.keys(connection?.capabilities ?? {}).toSorted()).toEqual([...can.ports].toSorted());
});

import { afterAll, expect, it } from 'vitest';
import { sharedCluster } from '../../test/cluster/shared.ts';
import { systemClock } from '../runtime/clock.ts';
import type { KubeObject } from '../runtime/kube-object.ts';
import { KubeClient } from '../runtime/kube.ts';
import { recorder } from './events.ts';
import { events } from './resources.ts';

const cluster = sharedCluster();
const credentials = async () => ({ headers: { authorization: `Bearer ${cluster.token}` }, tls: { ca: cluster.ca } });
const client = new KubeClient({
  endpoint: { server: cluster.server, namespace: undefined, credentials },
  fieldManager: 'events-test',
});
afterAll(() => client.close());

interface Event extends KubeObject {
  readonly note: string;
}

it('is taken by the API server, however long its note is and in whatever script', async () => {
  const namespace = await cluster.newNamespace();
  const lost: unknown[] = [];
  const record = recorder(client, systemClock, 'one', (error) => lost.push(error));
  const regarding = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'a', uid: 'u' };
  const notes = ['x', '注', 'é', '😀'].map((character) => character.repeat(1_100));
  for (const note of notes) record(regarding, 'Warning', 'Failed', note);
  const stored = async (): Promise<number[]> => {
    expect(lost).toEqual([]);
    const { items } = await client.list<Event>(events, { namespace });
    return items.map(({ note }) => Buffer.byteLength(note)).toSorted((a, b) => a - b);
  };
  await expect.poll(stored).toEqual([1_023, 1_024, 1_024, 1_024]);
});

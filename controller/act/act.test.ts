import { describe, expect, test } from 'vitest';
import { anIncident } from '../../test/builders/incident.ts';
import type { Change, Incident } from '../api/incident.gen.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import { act, DoneAlready, Overtaken, Refused, type ActDeps, type Operation } from './act.ts';

const change: Change = { id: 'slack-1', source: 'Slack', by: 'ana@example.com' };
const name = 'mobile-app-login';
const namespace = 'default';

/** Holds one incident; a JSON Patch whose tests pass is recorded, and refused where `refuse` says so. */
function holding(
  incident: Incident,
  refuse?: (now: Incident) => { error: Error; later?: Incident },
): ActDeps & { patches: Operation[][]; now: Incident } {
  const held = {
    patches: [] as Operation[][],
    now: incident,
    get: () => Promise.resolve(held.now),
    patch(_namespace: string, _name: string, operations: readonly Operation[]): Promise<Incident> {
      if (!operations.every((operation) => passes(held.now, operation)))
        return Promise.reject(new KubeError(422, 'Invalid', 'the test failed'));
      held.patches.push([...operations]);
      const refusal = refuse?.(held.now);
      if (refusal?.later) held.now = refusal.later;
      return refusal ? Promise.reject(refusal.error) : Promise.resolve(held.now);
    },
  };
  return held;
}

/** As the API server tests: what is absent equals null. (What an operation before it adds is not there yet, here.) */
function passes(now: Incident, operation: Operation): boolean {
  if (operation.op !== 'test') return true;
  let value: unknown = now;
  for (const part of operation.path.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') break;
    value = new Map<string, unknown>(Object.entries(value)).get(part.replaceAll('~1', '/'));
  }
  return JSON.stringify(value ?? null) === JSON.stringify(operation.value);
}

const wants = (seen: Incident, wish: Parameters<typeof act>[1]['wish'], by = change) => ({
  namespace,
  name,
  seen,
  wish,
  change: by,
});

describe('one guarded write', () => {
  test('tests what was seen, replaces it, says who', async () => {
    const seen = anIncident();
    const deps = holding(seen);
    await act(deps, wants(seen, { severity: 'SEV1' }));
    expect(deps.patches).toEqual([
      [
        { op: 'test', path: '/spec/change', value: null },
        { op: 'test', path: '/metadata/uid', value: seen.metadata.uid },
        { op: 'test', path: '/spec/severity', value: 'SEV2' },
        { op: 'add', path: '/spec/severity', value: 'SEV1' },
        { op: 'add', path: '/spec/change', value: change },
      ],
    ]);
  });

  test('what is so already writes nothing', async () => {
    const seen = anIncident({ spec: { severity: 'SEV1' } });
    const deps = holding(seen);
    expect(await act(deps, wants(anIncident(), { severity: 'SEV1' }))).toBe(seen);
    expect(deps.patches).toEqual([]);
  });

  test('told on the timeline already, and taken back since: it is not done again', async () => {
    const seen = anIncident();
    const deps = holding(seen);
    await expect(act(deps, { ...wants(seen, { severity: 'SEV1' }), told: true })).rejects.toBeInstanceOf(DoneAlready);
    expect(deps.patches).toEqual([]);
  });

  test('changed by somebody since it was seen', async () => {
    const now = anIncident({ spec: { severity: 'SEV3', change: { ...change, id: 'x', by: 'bo' } } });
    const deps = holding(now);
    await expect(act(deps, wants(anIncident(), { severity: 'SEV1' }))).rejects.toMatchObject({
      name: 'Overtaken',
      field: 'spec.severity',
      now,
    });
    expect(deps.patches).toEqual([]);
  });

  test('something else was changed since: written all the same', async () => {
    const now = anIncident({ spec: { title: 'Login down', change: { ...change, id: 'x', by: 'bo' } } });
    const deps = holding(now);
    await act(deps, wants(anIncident(), { severity: 'SEV1' }));
    expect(deps.patches).toHaveLength(1);
  });

  test('without a look when nobody changed anything', async () => {
    const seen = anIncident({ spec: { change: { ...change, id: 'x' } } });
    const deps = { ...holding(seen), get: () => Promise.reject(new Error('looked')) };
    await act(deps, wants(seen, { severity: 'SEV1' }));
    expect(deps.patches).toHaveLength(1);
  });

  test('another object of the same name is never written', async () => {
    const now = anIncident({ metadata: { uid: 'another' } });
    const deps = holding(now);
    await expect(act(deps, wants(anIncident(), { severity: 'SEV1' }))).rejects.toMatchObject({ field: 'metadata.uid' });
    await expect(act(deps, wants(anIncident(), { severity: 'SEV2' }))).rejects.toBeInstanceOf(Overtaken);
    expect(deps.patches).toEqual([]);
  });

  test('the same act with other values is told, not done', async () => {
    const now = anIncident({ spec: { severity: 'SEV1', change } });
    const deps = holding(now);
    await expect(
      act(deps, wants(anIncident({ spec: { severity: 'SEV1' } }), { severity: 'SEV4' })),
    ).rejects.toBeInstanceOf(DoneAlready);
    expect(deps.patches).toEqual([]);
  });

  test('a write that landed and was refused the second time is a success', async () => {
    const landed = anIncident({ spec: { severity: 'SEV1', change } });
    const deps = holding(anIncident(), () => ({ error: new KubeError(422, 'Invalid', 'test failed'), later: landed }));
    expect(await act(deps, wants(anIncident(), { severity: 'SEV1' }))).toBe(landed);
  });

  test('overtaken between the look and the write', async () => {
    const later = anIncident({ spec: { severity: 'SEV3' } });
    const deps = holding(anIncident(), () => ({ error: new KubeError(422, 'Invalid', 'test failed'), later }));
    await expect(act(deps, wants(anIncident(), { severity: 'SEV1' }))).rejects.toMatchObject({
      field: 'spec.severity',
    });
  });

  test('refused by a rule, with its causes', async () => {
    const causes = [{ field: 'spec.severity', message: 'needs a reason' }];
    const deps = holding(anIncident(), () => ({ error: new KubeError(422, 'Invalid', 'no', causes) }));
    const refused = act(deps, wants(anIncident(), { severity: 'SEV4' }));
    await expect(refused).rejects.toBeInstanceOf(Refused);
    await expect(refused).rejects.toMatchObject({ causes, message: 'needs a reason' });
  });

  test('any other error is the API server’s own', async () => {
    const error = new KubeError(500, '', 'etcd is away');
    const deps = holding(anIncident(), () => ({ error }));
    await expect(act(deps, wants(anIncident(), { severity: 'SEV1' }))).rejects.toBe(error);
  });
});

const paths = (operations: readonly Operation[] = []): string[] => operations.map(({ op, path }) => `${op} ${path}`);

describe('what goes with it', () => {
  test('reopening takes the resolution away', async () => {
    const seen = anIncident({ spec: { state: 'Resolved', resolution: { summary: 'x' } } });
    const deps = holding(seen);
    await act(deps, wants(seen, { state: 'Investigating' }));
    expect(paths(deps.patches[0])).toContain('remove /spec/resolution');
  });

  test('roles: the first one, one more, and none any more', async () => {
    const none = anIncident();
    const first = holding(none);
    await act(first, wants(none, { roles: { 'a/b': 'ana' } }));
    expect(paths(first.patches[0])).toEqual([
      'test /spec/change',
      'test /metadata/uid',
      'test /spec/roles',
      'add /spec/roles',
      'test /spec/roles/a~1b',
      'add /spec/roles/a~1b',
      'add /spec/change',
    ]);
    const some = anIncident({ spec: { roles: { commander: 'bo' } } });
    const last = holding(some);
    await act(last, wants(some, { roles: { commander: null } }));
    expect(paths(last.patches[0])).toEqual([
      'test /spec/change',
      'test /metadata/uid',
      'test /spec/roles/commander',
      'remove /spec/roles/commander',
      'add /spec/change',
    ]);
  });
});

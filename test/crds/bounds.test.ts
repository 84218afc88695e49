import { describe, expect, it } from 'vitest';
import type { Incident, IncidentSpec } from '../../controller/api/incident.gen.ts';
import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import type { ResponsePolicy, ResponsePolicySpec } from '../../controller/api/response-policy.gen.ts';
import { identityAnnotation } from '../../controller/api/names.ts';
import { incidentDefinition } from '../../controller/incident/definition.ts';
import { minutes, seconds } from '../../controller/runtime/clock.ts';
import { mostConditions } from '../../controller/runtime/conditions.ts';
import { changedOutside, entryBounds, type Landed, type Port } from '../../controller/runtime/effect.ts';
import type { ObjectKey } from '../../controller/runtime/execution.ts';
import { mostRuns } from '../../controller/timeline/series.ts';
import { Executor } from '../../controller/runtime/executor.ts';
import { Gone, Rejected } from '../../controller/runtime/outcome.ts';
import { recordedReason } from '../../controller/runtime/reasons.ts';
import { Reconciler, type Reconciled, type Trouble } from '../../controller/runtime/reconciler.ts';
import { updateDefinition } from '../../controller/update/definition.ts';
import { random } from '../builders/hostile.ts';
import { FakeClock, settle } from '../builders/fake-clock.ts';
import { anIncident, anUpdate } from '../builders/incident.ts';
import { aReach } from '../builders/reach.ts';
import { applyMergePatch } from '../builders/merge-patch.ts';
import { largest, specSchema, statusSchema, violations } from './bounds.ts';

const integration = 'i'.repeat(253);
const long = (length: number): string => '🔥'.repeat(length);

/** The number is the cluster's own. */
const numbers: Port = { recover: 'resend', create: async () => ({ ref: { number: '7' } }) };

/** A vendor without measure: long words, many facts, and every other answer a refusal. */
function vendor(any: () => number): Port {
  const landed = (): Landed => {
    const some = any();
    const place = { channel: `C${some}`, ts: '1', number: '7', name: 'inc', branch: 'b', folder: 'f', commit: 'c' };
    const overlong = { id: long(700), channel: 'C'.repeat(600), name: long(300), branch: long(300), folder: long(510) };
    return {
      ref: { id: long(250), ...place, ...(some < 0.3 ? overlong : {}) },
      facts: {
        state: 'Merged',
        ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`fact${i}`, long(5_000)])),
      },
      ...(some > 0.6 ? { drift: { reason: changedOutside, message: `x${long(3_000)}` } } : {}),
      ...(some > 0.8 ? { refused: { reason: 'PeopleNotInvited', message: `x${long(3_000)}` } } : {}),
    };
  };
  const meet = (): Landed => {
    const fate = any();
    if (fate < 0.1) throw new Rejected(recordedReason('R'.repeat(300)), `x${long(3_000)}`, { terminal: true });
    if (fate < 0.15) throw new Rejected('RateLimited', long(3_000));
    if (fate < 0.2) throw new Error(`x${long(3_000)}`);
    if (fate < 0.25) throw new Gone(long(3_000));
    return landed();
  };
  return {
    recover: 'observe',
    create: async (call) => {
      call.go();
      return meet();
    },
    update: async (call) => {
      call.go();
      return meet();
    },
    observe: async () => (any() < 0.3 ? [] : [{ ...meet(), same: any() < 0.5 }]),
  };
}

/** Plays one incident before an API server in memory; returns every bound of the CRDs that a write would have broken. */
async function play(seed: number): Promise<{ found: string[]; troubles: Trouble[]; incident: Incident }> {
  const any = random(seed);
  const clock = new FakeClock();
  const found: string[] = [];
  const troubles: Trouble[] = [];
  const updates = new Map<string, IncidentUpdate>();
  // As a restore or anybody can write it: some of it is within the bounds of status.
  const identity = { install: 'i', namespace: 'n', name: 'n', uid: 'u'.repeat(seed === 2 ? 64 : 65), backfill: false };
  const annotations = { [identityAnnotation]: JSON.stringify({ ...identity, more: long(9) }) };
  let incident = anIncident({ metadata: { name: 'n'.repeat(200), annotations }, spec: widest(0), status: null });
  let policies = [policyOf(0)];
  const port = vendor(any);
  const executor = new Executor({
    clock,
    leadership: { session: 'session', leading: () => true, acquiredAt: () => 0 },
    reach: (_, { kind }) => ({ port: kind === 'number' ? numbers : port, epoch: 'e' }),
    wake: () => {},
    report: () => {},
    random: () => 0.5,
  });
  const reach = aReach({
    choose: (_, named) => ({ name: named ?? integration }),
    interactive: () => true,
    link: ({ kind, ref }) => `https://v.example/${kind}/${ref?.['ts']}/`.padEnd(any() < 0.5 ? 2_000 : 3_000, 'l'),
  });
  const shared = { clock, install: 'test', policies: () => policies, reach: () => reach };
  const deps = {
    clock,
    executor,
    trouble: (_: ObjectKey, trouble: Trouble) => void troubles.push(trouble),
    leading: () => true,
  };
  const hold = <O extends Reconciled>(kind: string, object: O, patch: object): O => {
    const resourceVersion = String(Number(object.metadata.resourceVersion) + 1);
    const status = applyMergePatch(object.status ?? {}, patch);
    found.push(...violations(statusSchema(kind), status, `${kind}.status`));
    return { ...object, metadata: { ...object.metadata, resourceVersion }, status };
  };
  const incidents = new Reconciler(
    incidentDefinition({
      ...shared,
      reviewInterval: seconds(1),
      driftInterval: () => seconds(30),
      updates: () => [...updates.values()],
      incidents: () => [incident],
      entries: ({ status }) => status?.effects ?? {},
      ensureUpdate: async (draft) => {
        const { name } = draft.metadata;
        const known = updates.get(name);
        found.push(...violations(specSchema('IncidentUpdate'), draft.spec, 'IncidentUpdate.spec'));
        const written: IncidentUpdate = JSON.parse(JSON.stringify(draft));
        const update = known ?? { ...written, metadata: { ...anUpdate().metadata, ...written.metadata } };
        updates.set(name, update);
        return { update, created: !known };
      },
      writeMetadata: async (object, metadata) => {
        incident = { ...object, metadata: { ...object.metadata, ...metadata } };
        return incident;
      },
      event: () => {},
    }),
    {
      ...deps,
      read: () => incident,
      writeStatus: async (object, patch) => {
        incident = hold('Incident', object, patch);
        return incident;
      },
    },
  );
  const told = new Reconciler(
    updateDefinition({
      ...shared,
      incident: () => incident,
      incidents: () => [incident],
      siblings: () => [...updates.values()],
    }),
    {
      ...deps,
      read: (_, name) => updates.get(name),
      writeStatus: async (object, patch) => {
        const written = hold('IncidentUpdate', object, patch);
        updates.set(object.metadata.name, written);
        return written;
      },
    },
  );
  for (let round = 0; round < 9; round++) {
    if (round % 3 === 2) {
      const { metadata } = incident;
      const spec = {
        ...incident.spec,
        ...widest(round),
        state: round > 5 ? ('Resolved' as const) : incident.spec.state,
      };
      incident = { ...incident, metadata: { ...metadata, generation: metadata.generation + 1 }, spec };
      policies = [policyOf(round)];
    }
    await incidents.reconcile('default', incident.metadata.name);
    for (const name of updates.keys()) await told.reconcile('default', name);
    await settle();
    clock.tick(any() < 0.3 ? minutes(6) : seconds(3));
  }
  return { found, troubles, incident };
}

/** Every field of a spec at its bound, other ones each time. */
function widest(round: number): IncidentSpec {
  const spec: IncidentSpec = JSON.parse(
    JSON.stringify(
      largest(specSchema('Incident'), {
        '.state': () => 'Investigating',
        '.policyRef': () => undefined,
        '.duplicateOf': () => undefined,
        '.resolution.channels[]': (i) => `#${i}`.padEnd(81, 'c'),
        '.severity': () => `SEV${(round % 4) + 1}`,
        '.roles': () => ({
          commander: `${'🔥'.repeat(180)}${round}`,
          ...Object.fromEntries(Array.from({ length: 19 }, (_, i) => [`r${i}`, `${i}@e.example`.padStart(200, 'p')])),
        }),
        '.links[].url': (i) => `https://e.example/${i}/${round}/`.padEnd(2_000, 'u'),
      }),
    ),
  );
  return spec;
}

function policyOf(round: number): ResponsePolicy {
  const spec: ResponsePolicySpec = JSON.parse(
    JSON.stringify(
      largest(specSchema('ResponsePolicy'), {
        '.match': () => undefined,
        '.triage': () => undefined,
        '.channel': () => ({ nameTemplate: 'inc-{number}' }),
        '.tickets': () =>
          Array.from({ length: 10 }, (_, i) => ({ integrationRef: { name: `${i}-${round}-`.padEnd(253, 'i') } })),
        '.bookmarks[].url': (i) => `https://p.example/${i}/${round}/`.padEnd(2_000, 'u'),
        '.notices[].notAfter': () => '15m',
        '.notices[].integrationRef': () => undefined,
        '.notices[].events': () => ['Declared', 'Severity', 'State', 'Update', 'Resolved'],
        '.notices[].channel': (i) => `#${i}-${round}`.padEnd(81, 'c'),
        '.updates.dueIn': () => '1h',
        '.record': () => undefined,
      }),
    ),
  );
  return {
    apiVersion: 'allclear.dev/v1alpha1',
    kind: 'ResponsePolicy',
    metadata: { ...anIncident().metadata, name: 'p' },
    spec,
  };
}

describe('what is written into a status', () => {
  it('never breaks a bound of its CRD, whatever people and vendors write', async () => {
    const widths: number[] = [];
    for (let seed = 3; seed <= 5; seed++) {
      const { found, troubles, incident } = await play(seed);
      expect([...new Set(found)], `seed ${seed}`).toEqual([]);
      expect(troubles, `seed ${seed}`).toEqual([]);
      const keys = Object.keys(incident.status?.effects ?? {});
      expect(keys.filter((key) => key.startsWith('ticket/'))).toHaveLength(20);
      widths.push(keys.length);
    }
    // One at least, whose channel was not refused, went so far that there is something at its bound.
    expect(Math.max(...widths)).toBeGreaterThan(60);
  });
});

it('numbers of others in the series end where status does', () => {
  expect(statusSchema('Incident').properties?.['applied']?.properties?.['skipped']?.maxItems).toBe(mostRuns);
});

describe('the runtime', () => {
  it('knows the bounds of entries and conditions', () => {
    for (const kind of ['Incident', 'IncidentUpdate']) {
      const { effects, conditions } = statusSchema(kind).properties ?? {};
      const { within, ref, facts, reason, message } = effects?.additionalProperties?.properties ?? {};
      expect({
        entries: effects?.maxProperties,
        reason: reason?.maxLength,
        message: message?.maxLength,
        parts: within?.maxProperties,
        place: within?.additionalProperties?.maxLength,
        fact: facts?.additionalProperties?.maxLength,
      }).toEqual(entryBounds);
      expect([ref?.maxProperties, facts?.maxProperties]).toEqual([entryBounds.parts, entryBounds.parts]);
      expect(ref?.additionalProperties?.maxLength).toBe(entryBounds.place);
      expect(conditions?.maxItems).toBe(mostConditions);
    }
  });
});

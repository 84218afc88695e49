import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../test/builders/incident.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { claimAnnotation } from '../api/names.ts';
import { withAuthor, withManagers } from './field-managers.ts';

interface Written {
  readonly manager: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fields: object;
}

/** As the API server hands it out. */
const managed = <T extends Incident | IncidentUpdate>(object: T, ...written: readonly Written[]): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: written.map(({ manager, time = '2026-02-03T10:00:00Z', fields, ...more }) => ({
      manager,
      operation: 'Update',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: fields,
      ...more,
    })),
  },
});
const spec = (fields: object): object => ({ 'f:metadata': { 'f:labels': {} }, 'f:spec': fields });
const managersOf = (...written: readonly Written[]) =>
  withManagers(managed(anIncident(), ...written)).metadata.managers;

describe('who owns what is told of an incident', () => {
  test('one for each aspect, and nothing else of managedFields', () => {
    const kept = withManagers(
      managed(
        anIncident(),
        { manager: 'kubectl-create', fields: spec({ '.': {}, 'f:title': {}, 'f:state': {}, 'f:services': {} }) },
        { manager: 'kubectl-edit', fields: spec({ 'f:severity': {}, 'f:escalation': { 'f:level': {} } }) },
        { manager: 'slack', fields: spec({ 'f:roles': { 'f:commander': {} }, 'f:change': { '.': {}, 'f:id': {} } }) },
        { manager: 'allclear-controller', subresource: 'status', fields: { 'f:status': { 'f:number': {} } } },
      ),
    );
    expect(kept.metadata.managers).toEqual({
      title: 'kubectl-create',
      state: 'kubectl-create',
      severity: 'kubectl-edit',
      level: 'kubectl-edit',
      commander: 'slack',
      change: 'slack',
    });
    expect(kept.metadata).not.toHaveProperty('managedFields');
  });

  test('of several the one who wrote the act, then the latest', () => {
    const severity = { 'f:severity': {} };
    const [early, late] = ['2026-02-03T10:00:00Z', '2026-02-03T11:00:00Z'];
    expect(
      managersOf(
        { manager: 'a', time: early, fields: spec(severity) },
        { manager: 'b', time: late, fields: spec(severity) },
      ),
    ).toEqual({ severity: 'b' });
    expect(
      managersOf(
        { manager: 'a', time: early, fields: spec({ ...severity, 'f:change': { 'f:id': {} } }) },
        { manager: 'b', time: late, fields: spec(severity) },
      ),
    ).toEqual({ severity: 'a', change: 'a' });
  });

  test.each([undefined, null, 'x', [null, 7, {}, { manager: '', fieldsV1: { 'f:spec': {} } }]])(
    'unknown where managedFields are %j',
    (managedFields) => {
      const incident = anIncident();
      const odd = { ...incident, metadata: { ...incident.metadata, managedFields } };
      expect(withManagers(odd).metadata.managers).toBeUndefined();
      expect(withAuthor(anUpdate()).spec.author).toBeUndefined();
    },
  );
});

const writtenBy = (manager: string, author?: string) =>
  withAuthor(
    managed(anUpdate({ spec: author === undefined ? {} : { author } }), { manager, fields: spec({ 'f:type': {} }) }),
  );

describe('who wrote an entry', () => {
  test('the field manager, where it names nobody', () => {
    expect(writtenBy('kubectl-create').spec.author).toBe('kubectl-create (field manager)');
    expect(writtenBy('kubectl-create').metadata).not.toHaveProperty('managedFields');
  });

  test('whom it names', () => {
    expect(writtenBy('kubectl-create', 'zoe@example.com').spec.author).toBe('zoe@example.com');
  });

  test('nobody, where the controller tells of what others did', () => {
    expect(writtenBy('allclear-controller').spec.author).toBeUndefined();
  });
});

test('what the controller marks in memory alone is not taken from a stored entry', () => {
  const annotations = { [claimAnnotation]: 'x', 'example.com/a': 'b' };
  const named = anUpdate({ metadata: { annotations }, spec: { author: 'zoe@example.com' } });
  expect(withAuthor(named).metadata.annotations).toEqual({ 'example.com/a': 'b' });
  const nameless = managed(anUpdate({ metadata: { annotations } }), {
    manager: 'kubectl-create',
    fields: spec({ 'f:type': {} }),
  });
  expect(withAuthor(nameless).metadata.annotations).toEqual({ 'example.com/a': 'b' });
});

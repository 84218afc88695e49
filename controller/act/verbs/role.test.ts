import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { aContext } from '../../../test/builders/verb-context.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { role } from './role.ts';

const incident = anIncident({ spec: { roles: { commander: 'bo@example.com' } } });
const writes = (name: string, who: string): Run => ({
  write: { change: { roles: { [name]: who } } },
  says: `${name} is now ${who}.`,
});
const long = 'r'.repeat(41);

describe('role, typed', () => {
  test.each<[string, Run]>([
    ['Scribe <@U1>', writes('scribe', 'ana@example.com')],
    // Known by name alone.
    ['scribe please <@U2>', writes('scribe', 'U2')],
    ['', { form: 'role', filled: {} }],
    ['scribe', { form: 'role', filled: { role: 'scribe' } }],
    ['<@U1>', { form: 'role', filled: { who: 'U1' } }],
    [`${long} <@U1>`, { refused: `A role's name has at most 40 characters, and “${long}” has 41.` }],
  ])('%j', async (line, run) => {
    expect(await typed(role, line, { incident })).toEqual(run);
  });
});

describe('role, sent', () => {
  test.each<[object, Run]>([
    [{ role: 'scribe', who: 'U1', free: '' }, writes('scribe', 'ana@example.com')],
    [
      { role: 'commander', who: '', free: 'free' },
      { write: { change: { roles: { commander: null } } }, says: 'nobody is commander any more.' },
    ],
    [
      { role: '', who: 'U1', free: '' },
      { refused: 'Choose a role.', field: 'role' },
    ],
    [
      { role: 'scribe', who: '', free: '' },
      { refused: 'Choose who takes the role, or that it is free again.', field: 'spec.roles' },
    ],
    [
      { role: 'scribe', who: 'U1', free: 'free' },
      { refused: 'Somebody is chosen: the role is not free then.', field: 'role.free' },
    ],
    // Of a version whose form does not ask whether it is free.
    [
      { role: 'commander', who: '' },
      { write: { change: { roles: { commander: null } } }, says: 'nobody is commander any more.' },
    ],
  ])('%j', async (given, run) => {
    expect(await sent(role, given, { incident })).toEqual(run);
  });

  test('whoever has it already stays as they were written', async () => {
    const held = anIncident({ spec: { roles: { commander: 'Ana@Example.com', scribe: 'Ana@Example.com' } } });
    expect(await sent(role, { role: 'commander', who: 'U1' }, { incident: held })).toEqual(
      writes('commander', 'Ana@Example.com'),
    );
    expect(await sent(role, { role: 'comms', who: 'U1' }, { incident: held })).toEqual(
      writes('comms', 'ana@example.com'),
    );
  });
});

test('the form offers well-known roles, those held, and the one that was typed', () => {
  const at = aContext(role, { incident: anIncident({ spec: { roles: { ops: 'x', ' ': 'y' } } }) });
  expect(role.inputs.role.options(at, { role: 'legal' }).map(({ value }) => value)).toEqual([
    'commander',
    'scribe',
    'comms',
    'ops',
    'legal',
  ]);
});

test('not of an incident that is closed', () => {
  expect(startOf(role, { incident: anIncident({ spec: { state: 'Resolved' } }) })).toContain('is closed');
});

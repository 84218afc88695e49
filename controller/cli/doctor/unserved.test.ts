import { expect, it } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { recordAnnotation } from '../../api/names.ts';
import type { Incident } from '../../api/incident.gen.ts';
import type { Controllers } from '../explain/serving.ts';
import { lines } from './lines.ts';
import { findingsOf } from './unserved.ts';

const controllers: Controllers = { leading: [{ install: 'ops', serves: ['ops', 'db'] }], all: true };
const incident = (namespace: string, annotations: Record<string, string> = {}): Incident => {
  const made = anIncident();
  return { ...made, metadata: { ...made.metadata, namespace, annotations } };
};
const why = (namespace: string): string => `no controller serves namespace ${namespace}: the one in ops serves ops, db`;
const fine = '✓ Incidents: each that you may see is in a namespace that a controller serves';

it.each<[string, readonly Incident[], readonly (string | undefined)[], readonly string[]]>([
  ['none at all', [], ['ops'], [fine]],
  ['those that are served', [incident('ops'), incident('db')], ['ops'], [fine]],
  ['one in a record, which wants nothing', [incident('web', { [recordAnnotation]: 'true' })], ['web'], [fine]],
  [
    'two in a namespace that is examined',
    [incident('web'), incident('ops'), incident('web')],
    ['ops', 'web'],
    [`✗ Incidents in namespace web: nothing is done for 2: ${why('web')}`],
  ],
  [
    'some in each of all namespaces',
    [incident('web'), incident('app')],
    [undefined],
    [
      `✗ Incidents in namespace app: nothing is done for 1: ${why('app')}`,
      `✗ Incidents in namespace web: nothing is done for 1: ${why('web')}`,
    ],
  ],
  [
    'some beside what is examined',
    [incident('web'), incident('app'), incident('web')],
    ['ops'],
    ['- Incidents elsewhere: no controller serves app (1), web (2)'],
  ],
])('finds %s', (_, incidents, places, found) => {
  const printed = findingsOf(incidents, controllers, places).flatMap(lines);
  expect(printed.filter((line) => !line.startsWith('  →'))).toEqual(found);
});

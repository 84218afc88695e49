import { describe, expect, test } from 'vitest';
import { anEntry, anIncident } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import { recordAnnotation } from '../../api/names.ts';
import type { Entry } from '../../runtime/effect.ts';
import { abandonment, farewell, leftBehind } from './farewell.ts';

const opened = anEntry('channel', { integration: 'slack', ref: { channel: 'C1', name: 'inc-00001' } });
const looking = anEntry('channel', { integration: 'slack', state: 'Pending', within: { name: 'inc-00001' } });
const archived: Entry = { ...opened, state: 'Cancelled', reason: 'Released' };
const refused = { ...opened, facts: { releaseRefused: 'Slack forbids it.' } };
const line = (parts: Partial<Entry> = {}) => anEntry('message', { integration: 'slack', ...parts });
const archive = { deletionPolicy: 'Archive' } as const;
const left = 1_000;
const told = 'Channel #inc-00001 was not told of the deletion.';
const notArchived = 'Channel #inc-00001 is not archived.';

/** What is wanted; why the rest is given up. */
const cases: [string, ScopeParts, string, string | undefined][] = [
  ['nothing where there is no channel', {}, 'skip NoChannel', undefined],
  [
    'nothing where a channel was never opened',
    { entries: { channel: line({ state: 'Failed' }) } },
    'skip NoChannel',
    undefined,
  ],
  ['a last line', { entries: { channel: opened }, cleanupLeft: left }, 'farewell by slack', undefined],
  [
    'a last line, once',
    { entries: { channel: opened, farewell: line() }, cleanupLeft: 0 },
    'farewell by slack',
    undefined,
  ],
  [
    'the channel archived',
    { spec: archive, entries: { channel: opened }, cleanupLeft: left },
    'release channel',
    undefined,
  ],
  [
    'nothing more of an archived one',
    { spec: archive, entries: { channel: archived }, cleanupLeft: 0 },
    'release channel',
    undefined,
  ],
  [
    'to know whether there is one',
    { entries: { channel: looking }, cleanupLeft: left },
    'wait WaitingForChannel',
    undefined,
  ],
  [
    'nothing once the time is over',
    { entries: { channel: opened }, cleanupLeft: 0 },
    'skip CleanupAbandoned',
    `${told} It was tried for as long as a deletion waits.`,
  ],
  [
    'nothing where only a person can mend its Integration',
    { entries: { channel: opened }, cleanupLeft: left, reach: { lost: (name, kind) => `${name} lost its ${kind}.` } },
    'skip CleanupAbandoned',
    `${told} slack lost its message.`,
  ],
  [
    'nothing where the archiving was refused',
    { spec: archive, entries: { channel: refused }, cleanupLeft: left },
    'skip CleanupAbandoned',
    `${notArchived} Slack forbids it.`,
  ],
  [
    'nothing where the last line was refused',
    { entries: { channel: opened, farewell: line({ state: 'Failed', message: 'No.' }) }, cleanupLeft: left },
    'skip CleanupAbandoned',
    `${told} No.`,
  ],
  [
    'nothing of a record',
    {
      incident: anIncident({ metadata: { annotations: { [recordAnnotation]: 'true' } } }),
      entries: { channel: opened },
      cleanupLeft: left,
    },
    'skip CleanupAbandoned',
    `${told} It is marked as a record, and for a record nothing is done.`,
  ],
];

describe('a deleted incident', () => {
  test.each(cases)('wants %s', (_, parts, expected, why) => {
    const scope = aScope(parts);
    expect(outlineOf(farewell.plan(scope))).toBe(expected);
    expect(abandonment(scope)).toBe(why);
  });

  test('is planned again when its time is over, and not for ever', () => {
    expect(farewell.plan(aScope({ entries: { channel: opened }, cleanupLeft: left }))).toMatchObject({ after: left });
    const over = farewell.plan(aScope({ entries: { channel: opened, farewell: line() }, cleanupLeft: 0 }));
    expect(over).not.toHaveProperty('after');
  });

  test.each<[string, Record<string, Entry>, object, string | undefined]>([
    ['nothing without a channel', {}, {}, undefined],
    [
      'one that may be there',
      { channel: looking },
      {},
      'A channel #inc-00001 may have been opened; if it was, it stays as it is.',
    ],
    ['one that was not told', { channel: opened }, {}, told],
    ['nothing once it was told', { channel: opened, farewell: line() }, {}, undefined],
    ['one that is not archived', { channel: opened }, archive, notArchived],
    ['nothing once it is archived', { channel: archived }, archive, undefined],
  ])('leaves behind %s', (_, entries, spec, expected) => {
    expect(leftBehind(aScope({ entries, spec }))).toBe(expected);
  });
});

import { expect, it } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { refusal } from '../../runtime/decide.ts';
import { revision, type Port } from '../../runtime/effect.ts';
import type { PortLookup } from '../../runtime/execution.ts';
import { judgeEffects, type Intended, type Standing } from './judge.ts';

const desired = { people: ['ana@example.com', 'bo@example.com'] };
const wanted: ProductEffect = { key: 'members', kind: 'members', integration: 'slack', desired };

/** What `plan` says of people of whom one could not be invited, with the Integration as it is now. */
function judged(reach: PortLookup): Intended | undefined {
  const rev = revision(desired);
  const words = { refusedReason: 'PeopleNotInvited', refusedMessage: 'bo@example.com (user_is_restricted)' };
  const facts = { refused: refusal(rev, 'e'), ...words };
  const entry = anEntry('members', { integration: 'slack', rev, ref: { channel: 'C1' }, facts });
  const standing: Standing = { entries: { members: entry }, intended: new Map(), frozen: false };
  judgeEffects(standing, [{ condition: 'MembersInvited', plan: { effects: [wanted] } }], () => reach, 0);
  return standing.intended.get('members');
}

const unused = (): never => {
  throw new Error('plan calls no port');
};
const port: Port = { recover: 'resend', create: unused, update: unused };

it('says what of it was refused, while it would be tried again', () => {
  expect(judged({ port, epoch: 'e' })).toMatchObject({
    action: 'held',
    reason: 'PeopleNotInvited',
    message: 'bo@example.com (user_is_restricted)',
  });
});

it('says that its Integration is gone rather than what was refused before', () => {
  const gone = { reason: 'IntegrationGone', message: 'There is no Integration slack.' } as const;
  expect(judged({ epoch: '', ...gone })).toMatchObject({ action: 'held', ...gone });
});

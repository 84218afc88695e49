import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { Entry } from '../../runtime/effect.ts';
import { seconds } from '../../runtime/clock.ts';
import type { Phase } from '../../runtime/phase.ts';
import { receipts as render } from '../render/receipts.ts';
import { refOf, waitingFor, type IncidentScope } from '../scope.ts';
import { heldUp } from './held.ts';
import { channelLacks, whyNoChannel } from './channel.ts';

/** What was done, and what was not, in a thread under the live status. Receipts have no receipts. */
export const receipts: Phase<IncidentScope, ProductEffect> = {
  condition: 'ReceiptsPosted',
  plan(scope) {
    const off = whyNoChannel(scope) ?? channelLacks(scope, 'thread');
    if (off) return { skip: off };
    const channel = refOf(scope, 'channel')?.channel;
    const ts = refOf(scope, 'live-status')?.ts;
    const integration = scope.entries['channel']?.integration;
    if (!channel || !ts || !integration)
      return { wait: waitingFor('WaitingForLiveStatus', 'Receipts are replies to the live status.') };
    if (!scope.entries['receipts'] && isFresh(scope))
      return {
        wait: waitingFor('GatheringReceipts', 'The first receipt is posted with the outcomes of the first seconds.'),
        after: gathering,
      };
    return {
      effects: [
        {
          key: 'receipts',
          kind: 'thread',
          integration,
          place: { in: { channel, ts }, parent: 'live-status' },
          desired: { lines: render({ ...scope, held: heldUp(scope) }) },
          priority: 5,
        },
      ],
    };
  },
};

/** One reply with all outcomes costs less quota than one edited four times. */
const gathering = seconds(2);

const isFresh = ({ entries, now }: IncidentScope): boolean => {
  const live = entries['live-status'];
  const open = Object.values(entries).some((entry: Entry) => entry.state === 'Pending');
  if (live === undefined || !open) return false;
  const age = now - Date.parse(live.at);
  // Written by a process whose clock was ahead of ours, it could seem fresh for as long as the two differ.
  return age >= 0 && age < gathering;
};

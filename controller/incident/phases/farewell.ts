import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { refusedRelease, type Entry } from '../../runtime/effect.ts';
import type { Phase } from '../../runtime/phase.ts';
import { isArchived } from '../../timeline/identity.ts';
import { channelWord } from '../../capabilities/channel.ts';
import { waitingFor, type IncidentScope } from '../scope.ts';

type Leaving = Pick<IncidentScope, 'incident' | 'entries'>;
type Deadline = Pick<IncidentScope, 'reach' | 'cleanupLeft'>;

/**
 * A deleted Incident leaves a last line in its channel, or archives it. No all clear, no ticket closed. It waits for what
 * time can mend as long as `cleanupLeft` says, and for what only a person can mend not at all.
 */
export const farewell: Phase<IncidentScope, ProductEffect> = {
  condition: 'FarewellSaid',
  plan(scope) {
    const channel = scope.entries['channel'];
    const abandoned = abandonment(scope);
    if (abandoned !== undefined) return { skip: { reason: 'CleanupAbandoned', message: abandoned } };
    const { cleanupLeft = 0 } = scope;
    // Over, and still there: somebody else's finalizer keeps it, and nothing is left for us to do.
    const after = cleanupLeft > 0 ? { after: cleanupLeft } : {};
    switch (dutyOf(scope)) {
      case 'none':
        return { skip: { reason: 'NoChannel', message: 'There is no channel to take leave of.' } };
      case 'find':
        return { wait: waitingFor('WaitingForChannel', 'It is not known yet whether a channel was opened.'), ...after };
      case 'archive':
        return { release: ['channel'], ...after };
      case 'tell': {
        const text = `The Incident ${scope.named?.id ?? scope.incident.metadata.name} was deleted from the cluster. Nothing is updated here any more; nothing was resolved or closed by that.`;
        return {
          effects: [
            {
              key: 'farewell',
              kind: 'message',
              integration: channel?.integration ?? '',
              place: { in: { channel: channel?.ref?.['channel'] ?? '' } },
              desired: { title: '', line: text, parts: [{ line: [text] }] },
              final: true,
              priority: 5,
            },
          ],
          ...after,
        };
      }
    }
  },
};

/** What deletion does with the channel, done or not: nothing, look whether there is one, archive it, or post a last line. */
function dutyOf({ incident, entries }: Leaving): 'none' | 'find' | 'archive' | 'tell' {
  const channel = entries['channel'];
  if (channel?.integration === undefined) return 'none';
  if (channel.state === 'Pending') return 'find';
  if (channel.state === 'Cancelled' && channel.reason === 'Released') return 'archive';
  if (channel.state !== 'Done' || channel.ref?.['channel'] === undefined) return 'none';
  return incident.spec.deletionPolicy === 'Archive' ? 'archive' : 'tell';
}

/** What stays undone outside if the finalizer goes now, in a sentence; undefined: nothing. */
export function leftBehind(leaving: Leaving): string | undefined {
  const { channel, farewell: line } = leaving.entries;
  if (!channel) return undefined;
  const thing = channelWord(channel);
  switch (dutyOf(leaving)) {
    case 'none':
      return undefined;
    case 'find':
      return `${nameOf(channel)} may have been opened; if it was, it stays as it is.`;
    case 'archive':
      return channel.state === 'Cancelled' ? undefined : `${thing} is not archived.`;
    case 'tell':
      return line?.state === 'Done' ? undefined : `${thing} was not told of the deletion.`;
  }
}

/** Why the rest of the cleanup is given up, with what is left behind; undefined: it is not. */
export function abandonment(scope: Leaving & Deadline): string | undefined {
  const left = leftBehind(scope);
  const { channel, farewell: line } = scope.entries;
  if (left === undefined || channel?.integration === undefined) return undefined;
  if (isArchived(scope.incident)) return `${left} It is marked as a record, and for a record nothing is done.`;
  const lost = scope.reach.lost(channel.integration, dutyOf(scope) === 'tell' ? 'message' : 'channel');
  if (lost !== undefined) return `${left} ${lost}`;
  const refused = dutyOf(scope) === 'archive' ? refusedRelease(channel) : undefined;
  if (refused !== undefined) return `${left} ${refused}`;
  if (line?.state === 'Failed') return `${left} ${line.message ?? line.reason ?? 'It was refused.'}`;
  if (scope.cleanupLeft === undefined || scope.cleanupLeft > 0) return undefined;
  const said = scope.incident.status?.conditions?.find(({ type }) => type === 'FarewellSaid');
  return `${left} It was tried for as long as a deletion waits. ${said?.message ?? ''}`.trimEnd();
}

const nameOf = ({ within }: Entry): string =>
  within?.['name'] === undefined ? 'A channel' : `A channel #${within['name']}`;

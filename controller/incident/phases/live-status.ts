import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { Phase } from '../../runtime/phase.ts';
import { watched, whenGone } from '../policy/drift.ts';
import { nextDue } from '../policy/next-due.ts';
import { liveStatus as render } from '../render/live-status.ts';
import { purpose } from '../render/purpose.ts';
import { priorityOf, refOf, waitingFor, type IncidentScope } from '../scope.ts';
import { heldUp } from './held.ts';
import { channelLacks, whyNoChannel } from './channel.ts';

/** The one message that always says how it stands: posted, pinned, edited in place. The channel's purpose holds our marker. */
export const liveStatus: Phase<IncidentScope, ProductEffect> = {
  condition: 'LiveStatusPosted',
  plan(scope) {
    const off = whyNoChannel(scope) ?? channelLacks(scope, 'message');
    if (off) return { skip: off };
    const channel = refOf(scope, 'channel')?.channel;
    const integration = scope.entries['channel']?.integration;
    if (!channel || !integration || !scope.named)
      return { wait: waitingFor('WaitingForChannel', 'The live status is posted once the channel is open.') };
    const within = { channel };
    const shared = {
      integration,
      place: { in: within, parent: 'channel' },
      priority: priorityOf(scope.incident),
    } as const;
    const due = nextDue(scope);
    const view = {
      ...scope,
      interactive: scope.reach.interactive(integration),
      held: heldUp(scope),
      ...(due === undefined ? {} : { nextDue: due }),
    };
    const effects: ProductEffect[] = [
      {
        ...shared,
        key: 'live-status',
        kind: 'message',
        desired: render(view),
        drift: { changed: 'enforce', ...watched(scope), ...whenGone(scope, 'liveStatus') },
      },
    ];
    const without = [scope.reach.lacks(integration, 'purpose'), scope.reach.lacks(integration, 'pin')];
    if (without[0] === undefined) {
      const text = purpose(scope.incident, scope.named);
      effects.push({ ...shared, key: 'purpose', kind: 'purpose', desired: { text }, part: true });
    }
    const ts = refOf(scope, 'live-status')?.ts;
    const pinned = {
      place: { in: { channel, ts: ts ?? '' }, parent: 'live-status' },
      desired: {},
      part: true,
      drift: watched(scope),
    } as const;
    if (ts && without[1] === undefined) effects.push({ ...shared, ...pinned, key: 'pin', kind: 'pin' });
    return { effects, without: without.filter((lack) => lack !== undefined) };
  },
};

import type { Kind, ProductEffect } from '../../capabilities/capabilities.ts';
import type { Phase, Reason } from '../../runtime/phase.ts';
import { undeclaredReason } from '../policy/declared.ts';
import { watched, whenGone } from '../policy/drift.ts';
import { channelName } from '../render/channel-name.ts';
import { integrationFor, notSupported, priorityOf, unchosen, waitingFor, type IncidentScope } from '../scope.ts';

/** The incident's own conversation. */
export const channel: Phase<IncidentScope, ProductEffect> = {
  condition: 'ChannelReady',
  plan(scope) {
    const off = whyNoChannel(scope);
    if (off) return { skip: off };
    const { incident, named } = scope;
    const found = integrationFor(scope, 'channel');
    if (!('name' in found)) return unchosen(found);
    if (!named) return { wait: waitingFor('WaitingForNumber', 'The channel is named after the incident’s number.') };
    const name = channelName(scope.policy.spec.channel?.nameTemplate, incident, named);
    const isPrivate = scope.policy.spec.channel?.visibility === 'Private';
    return {
      effects: [
        {
          key: 'channel',
          kind: 'channel',
          integration: found.name,
          // An unwanted channel that has no marker yet can only be found by its name.
          place: { in: { name } },
          desired: { name, private: isPrivate },
          priority: priorityOf(incident),
          milestone: `Opened channel #${name}.`,
          drift: { ...watched(scope), ...whenGone(scope, 'channel') },
        },
      ],
    };
  },
};

/** Why this incident has no channel; undefined when it should have one. */
export function whyNoChannel(scope: IncidentScope): Reason | undefined {
  if (scope.backfill) return { reason: 'Quiet', message: 'A Backfill or a record opens no channel.' };
  const undeclared = undeclaredReason(scope);
  if (undeclared) return undeclared;
  const found = integrationFor(scope, 'channel');
  return 'none' in found ? found.none : undefined;
}

/** Why this part of the channel is left off, known before the channel is open. undefined: it can be, or nobody is chosen yet. */
export function channelLacks(scope: IncidentScope, kind: Kind): Reason | undefined {
  const found = integrationFor(scope, 'channel');
  const lack = 'name' in found ? scope.reach.lacks(found.name, kind) : undefined;
  return lack === undefined ? undefined : notSupported(lack);
}

import type { ProductEffect } from '../../integrations/capabilities.ts';
import type { Phase } from '../../runtime/phase.ts';
import { refOf, type IncidentScope } from '../scope.ts';

/** A deleted Incident leaves a last line in its channel, or archives it. No all clear, no ticket closed. */
export const farewell: Phase<IncidentScope, ProductEffect> = {
  condition: 'FarewellSaid',
  plan(scope) {
    const channel = refOf(scope, 'channel')?.['channel'];
    const integration = scope.entries['channel']?.integration;
    if (!channel || !integration)
      return { skip: { reason: 'NoChannel', message: 'There is no channel to take leave of.' } };
    if (scope.incident.spec.deletionPolicy === 'Archive') return { release: ['channel'] };
    const text = `The Incident ${scope.named?.id ?? scope.incident.metadata.name} was deleted from the cluster. Nothing is updated here any more; nothing was resolved or closed by that.`;
    return {
      effects: [
        {
          key: 'farewell',
          kind: 'message',
          integration,
          within: { channel },
          desired: { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] },
          priority: 5,
        },
      ],
    };
  },
};

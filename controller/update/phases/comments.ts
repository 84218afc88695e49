import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { isForTickets, isOfTriage } from '../../timeline/entries.ts';
import { notSupported, priorityOf } from '../../incident/scope.ts';
import { unusable } from '../../runtime/effect.ts';
import type { Phase } from '../../runtime/phase.ts';
import { comment } from '../render/comment.ts';
import type { UpdateScope } from '../scope.ts';

/** The updates that belong on tickets, as comments. */
export const comments: Phase<UpdateScope, ProductEffect> = {
  condition: 'CommentsAdded',
  plan(scope) {
    const { update, about, silent } = scope;
    if (silent) return { skip: silent };
    if (!isForTickets(update) || isOfTriage(update, scope.siblings))
      return { skip: { reason: 'NotForTickets', message: 'Updates of this kind are not repeated on tickets.' } };
    const keepPrefix = 'comment/';
    if (!about) return { wait: { reason: 'WaitingForNumber', message: 'The incident has no number yet.' }, keepPrefix };
    if (scope.early) return { wait: scope.early, keepPrefix };
    const all = Object.entries(about.incident.status?.effects ?? {}).filter(([key]) => key.startsWith('ticket/'));
    if (all.some(([, { state }]) => state === 'Pending'))
      return { wait: { reason: 'WaitingForTicket', message: 'A ticket is being filed.' }, keepPrefix };
    const filed = all.filter(([, entry]) => entry.state === 'Done' && !unusable(entry));
    if (filed.length === 0) return { skip: { reason: 'NoTicket', message: 'The incident has no ticket.' } };
    const lacks = filed.map(([, { integration = '' }]) => scope.reach.lacks(integration, 'comment'));
    const without = lacks.filter((lack) => lack !== undefined);
    if (without.length === filed.length) return { skip: notSupported(without.join(' ')) };
    const desired = comment(update, {
      incident: about.incident,
      named: about.named,
      updates: scope.siblings,
      severities: scope.policy.spec.severities ?? {},
    });
    return {
      without,
      effects: filed
        .filter((_, n) => lacks[n] === undefined)
        .map(([, { integration = '', ref = {} }]) => ({
          key: `${keepPrefix}${integration}`,
          kind: 'comment',
          integration,
          place: { in: ref },
          desired,
          final: true,
          priority: priorityOf(about.incident),
        })),
    };
  },
};

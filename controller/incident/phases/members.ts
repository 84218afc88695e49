import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { uniqueMails } from '../../mail.ts';
import { refusedPart, revision } from '../../runtime/effect.ts';
import type { Phase } from '../../runtime/phase.ts';
import { priorityOf, refOf, waitingFor, type IncidentScope } from '../scope.ts';
import { channelLacks, whyNoChannel } from './channel.ts';

/** Who holds a role, and whom the policy invites. People known by name only are shown and not invited. */
export const members: Phase<IncidentScope, ProductEffect> = {
  condition: 'MembersInvited',
  plan(scope) {
    const off = whyNoChannel(scope) ?? channelLacks(scope, 'members');
    if (off) return { skip: off };
    const people = invited(scope);
    if (people.length === 0)
      return { skip: { reason: 'NobodyToInvite', message: 'No role holder and no invitee has a mail address.' } };
    const channel = refOf(scope, 'channel');
    const integration = scope.entries['channel']?.integration;
    if (!channel?.['channel'] || !integration)
      return { wait: waitingFor('WaitingForChannel', 'People are invited once the channel is open.') };
    const without = leftOut(scope, people);
    if (without !== undefined) return { effects: [], without: [without] };
    const within = { channel: channel['channel'] };
    return {
      effects: [
        {
          key: 'members',
          kind: 'members',
          integration,
          place: { in: within, parent: 'channel' },
          desired: { people },
          priority: priorityOf(scope.incident),
        },
      ],
    };
  },
};

/** Who was asked for and could not be invited, once the incident is closed: from then on nobody asks again, so that it settles. */
function leftOut({ applied, entries }: IncidentScope, people: readonly string[]): string | undefined {
  const entry = entries['members'];
  const refused = refusedPart(entry);
  if (applied.state !== 'Resolved' || !refused || entry?.rev !== revision({ people })) return undefined;
  return `Not invited, and left so since it is closed: ${refused.message}`;
}

/** Somebody is still to be invited: what the record tells of it will change. */
export function isInviting(scope: IncidentScope): boolean {
  const plan = members.plan(scope);
  if (!('effects' in plan)) return false;
  return plan.effects.some(({ key, desired }) => {
    const entry = scope.entries[key];
    return !entry || (entry.state === 'Done' && entry.rev !== revision(desired));
  });
}

function invited({ incident, policy }: IncidentScope): string[] {
  const all = [...Object.values(incident.spec.roles ?? {}), ...(policy.spec.invitees ?? [])];
  return uniqueMails(all.filter((person) => person.includes('@'))).toSorted();
}

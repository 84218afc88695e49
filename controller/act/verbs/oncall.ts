import type { Answer, Line } from '../answer.ts';
import { idOf, openIncidents, policyOf } from '../incidents.ts';
import type { VerbContext } from '../verb-context.ts';
import type { Read } from '../verb.ts';

/** Who can be asked, of what is known: holders of roles and those whom the policy invites. */
export const oncall: Read = {
  name: 'oncall',
  usage: 'oncall',
  help: 'who can be asked',
  on: 'here',
  answer,
};

function answer({ incident, served, policy: usual }: VerbContext): Answer {
  const roles = Object.entries(incident?.spec.roles ?? {}).map(([role, who]): Line => [
    '• ',
    { said: role, most: 40 },
    ': ',
    { said: who, most: 200 },
  ]);
  const [first] = openIncidents(served);
  const policy = !incident && first ? policyOf(served, first) : usual;
  const invited = (policy.spec.invitees ?? []).map((who): Line => ['• ', { said: who, most: 200 }]);
  return {
    lines: [
      ...(incident
        ? [
            [
              { strong: { said: idOf(incident), most: 100 } },
              `: ${roles.length > 0 ? 'who has a role' : 'nobody has a role yet'}`,
            ],
            ...roles,
          ]
        : []),
      invited.length > 0 ? [{ strong: 'Invited to every such incident' }] : ['The policy names nobody to invite.'],
      ...invited,
    ],
  };
}

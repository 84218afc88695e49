import type { Answer, Line } from '../answer.ts';
import { idOf, policyOf, publicIncidents } from '../incidents.ts';
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

async function answer({ incident, served, policy: usual }: VerbContext): Promise<Answer> {
  const roles = Object.entries(incident?.spec.roles ?? {}).map(([role, who]): Line => [
    '• ',
    { said: role, most: 40 },
    ': ',
    { said: who, most: 200 },
  ]);
  const [first] = incident ? [] : await publicIncidents(served);
  const policy = first ? policyOf(served, first) : usual;
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

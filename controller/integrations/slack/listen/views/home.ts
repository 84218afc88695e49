import type { Incident } from '../../../../api/incident.gen.ts';
import { lineOf } from '../../../../act/verbs/list.ts';
import type { Policy } from '../../../../incident/policy/policy.ts';
import type { Block } from '../../blocks.ts';
import { lineText } from '../answer.ts';
import { context, plain, section, type HomeView } from './parts.ts';

export const homeActions = { declare: 'ac.home.declare' } as const;

/** Slack shows 100 blocks; more than this is read nowhere. */
const most = 40;

/** App Home: what is open, and the way to declare. */
export function homeView(
  open: readonly Incident[],
  policy: (incident: Incident) => Policy,
  { command, connected }: { command: string; connected: boolean },
): HomeView {
  const lines = open.slice(0, most).map((incident): Block => section(lineText(lineOf(incident, policy(incident)))));
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: plain('Incidents', 150) },
      {
        type: 'actions',
        block_id: 'ac.home',
        elements: [
          {
            type: 'button',
            action_id: homeActions.declare,
            text: plain('Declare Incident'),
            style: 'danger',
            value: 'declare',
          },
        ],
      },
      ...(connected
        ? []
        : [
            context(
              'The Kubernetes API server does not answer: this is how it stood when it was last heard of, and nothing can be changed.',
            ),
          ]),
      { type: 'divider' },
      ...(lines.length > 0 ? lines : [section('No incident is open.')]),
      ...(open.length > most ? [context(`… and ${open.length - most} more: \`${command} list\``)] : []),
      context(`\`${command} help\` tells what else there is.`),
    ],
  };
}

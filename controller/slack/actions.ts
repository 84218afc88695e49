import type { Incident } from '../api/incident.gen.ts';
import { levels } from '../api/levels.ts';
import { actionOf, readPress, type Press } from '../integrations/slack/buttons.ts';
import { object, objects, text } from '../integrations/slack/parse.ts';
import { change, shownOver } from './acts.ts';
import { choicesAt, choicesOf } from './choices.ts';
import { running } from './commands/change.ts';
import { Declined } from './declined.ts';
import { theIncident, type Desk } from './desk.ts';
import { alreadyDeclared } from './submissions.ts';
import { homeActions } from './views/home.ts';
import { closeModal, declareModal, deescalateModal, reopenModal, roleModal, updateModal } from './views/incident.ts';
import type { Modal } from './views/parts.ts';

/** A button that somebody pressed. */
export interface Pressed {
  readonly action: string;
  readonly value: string;
  readonly user: string;
  readonly trigger: string;
  /** Absent in App Home. */
  readonly channel?: string;
  readonly thread?: string;
  readonly responseUrl?: string;
}

export function readPressed(body: Readonly<Record<string, unknown>>): Pressed {
  const [action = {}] = objects(body['actions']);
  const container = object(body['container']);
  const channel = text(object(body['channel'])['id']) || text(container['channel_id']);
  const thread = text(container['thread_ts']);
  const responseUrl = text(body['response_url']);
  return {
    action: text(action['action_id']),
    value: text(action['value']),
    user: text(object(body['user'])['id']),
    trigger: text(body['trigger_id']),
    ...(channel ? { channel } : {}),
    ...(thread ? { thread } : {}),
    ...(responseUrl ? { responseUrl } : {}),
  };
}

/** A button whose press is answered by a modal: built from the caches alone, so that the API server need not answer. */
export function modalFor(desk: Desk, pressed: Pressed): Modal | undefined {
  const { action, channel } = pressed;
  if (action === homeActions.declare)
    return declareModal({ about: { namespace: desk.home }, choices: choicesAt(desk, desk.home) });
  const build = modals[action];
  if (!build) return undefined;
  return build({ desk, incident: theIncident(desk, pressOf(pressed)), channel });
}

interface Opening {
  readonly desk: Desk;
  readonly incident: Incident;
  readonly channel: string | undefined;
}

const modals: Readonly<Record<string, (of: Opening) => Modal>> = {
  [actionOf('update')]({ desk, incident, channel }) {
    running({ desk, incident });
    return updateModal(incident, choicesOf(desk, incident), channel);
  },
  [actionOf('declare')]({ desk, incident, channel }) {
    alreadyDeclared(desk, incident);
    const { namespace, name, uid } = incident.metadata;
    const about = { namespace, name, uid, shown: shownOver(incident), ...(channel ? { channel } : {}) };
    return declareModal({ about, choices: choicesAt(desk, namespace), triage: incident });
  },
  [actionOf('deescalate')]({ desk, incident, channel }) {
    running({ desk, incident });
    if (incident.spec.escalation.level <= levels.least) throw new Declined('It is at the lowest level already.');
    return deescalateModal(incident, channel);
  },
  [actionOf('close')]({ desk, incident, channel }) {
    running({ desk, incident });
    return closeModal(incident, choicesOf(desk, incident), channel);
  },
  [actionOf('reopen')]({ incident, channel }) {
    if (incident.spec.state !== 'Resolved') throw new Declined('It is open already.');
    return reopenModal(incident, channel);
  },
  [actionOf('roles')]({ desk, incident, channel }) {
    running({ desk, incident });
    return roleModal(incident, channel);
  },
};

/** A button that writes at once: only what raises, and that was confirmed. @throws Declined, and as act() does */
export async function press(desk: Desk, pressed: Pressed): Promise<void> {
  if (pressed.action !== actionOf('escalate')) return;
  const said = pressOf(pressed);
  const incident = theIncident(desk, said);
  running({ desk, incident });
  const level = said.to?.level;
  if (level === undefined) throw new Declined('This button is of another version of AllClear; use the newest message.');
  if (level === said.shown?.level) throw new Declined(`It is at level ${level} already; there is none above.`);
  const person = await desk.people.member(pressed.user);
  await change(desk, person, incident, {
    kind: 'escalate',
    key: pressed.trigger,
    wish: { level },
    shown: shownOver(incident, said.shown),
  });
}

function pressOf({ value }: Pressed): Press {
  const found = readPress(value);
  if (!found) throw new Declined('This button is of another version of AllClear; use the newest message.');
  return found;
}

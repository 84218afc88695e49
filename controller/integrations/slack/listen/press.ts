import { Declined } from '../../../act/declined.ts';
import { theIncident } from '../../../act/incidents.ts';
import { missingOf, type Given } from '../../../act/inputs.ts';
import { shownOver } from '../../../act/shown.ts';
import { isRead, type Verb } from '../../../act/verb.ts';
import { verbNamed } from '../../../act/verbs.ts';
import { declare } from '../../../act/verbs/declare.ts';
import { openAction, readPress, type Press } from '../buttons.ts';
import { type Aspect } from '../../../document/doc.ts';
import { object, objects, text } from '../parse.ts';
import { formOf } from './form.ts';
import type { HandlerContext } from './handler-context.ts';
import { homeActions } from './views/home.ts';
import type { Modal } from './views/parts.ts';
import { carryOutFor, verbContext } from './way-in.ts';

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

/** A link's press only wants an ack. */
export const isLink = ({ action }: Pressed): boolean => action === openAction;

/** A button whose press is answered by a modal: built from the caches alone, so that the API server need not answer. */
export function modalFor(handler: HandlerContext, pressed: Pressed): Modal | undefined {
  if (pressed.action === homeActions.declare) return declareForm(handler);
  const verb = verbOfButton(pressed);
  if (!verb?.form) return undefined;
  const at = verbContext(handler, verb, { incident: theIncident(handler, pressOf(pressed)) });
  verb.start?.(at);
  return formOf(verb, at, {}, pressed.channel);
}

/** Where nothing is known of what is to be declared. */
export const declareForm = (handler: HandlerContext): Modal | undefined =>
  formOf(declare, verbContext(handler, declare));

/** A button that writes at once: only what raises, and that was confirmed. @throws Declined, and as act() does */
export async function press(handler: HandlerContext, pressed: Pressed): Promise<void> {
  const verb = verbOfButton(pressed);
  if (!verb || verb.form) return;
  const said = pressOf(pressed);
  const incident = theIncident(handler, said);
  verb.start?.(verbContext(handler, verb, { incident }));
  const given = givenBy(verb, said);
  if (missingOf(verb.inputs, given).length > 0) throw new Declined(otherVersion);
  const member = await handler.people.member(pressed.user);
  const shown = shownOver(incident, said.shown);
  await carryOutFor(handler, member, { verb, given, incident, shown, key: pressed.trigger });
}

/** `ac.close`: the verb by its name or an alias. */
function verbOfButton({ action }: Pressed): Verb | undefined {
  const verb = action.startsWith('ac.') ? verbNamed(action.slice('ac.'.length)) : undefined;
  return verb && !isRead(verb) ? verb : undefined;
}

/** What a button can say, by the input that it is for. */
const aspects: Readonly<Record<string, keyof Aspect>> = {
  'spec.state': 'state',
  'spec.severity': 'severity',
  'spec.escalation.level': 'level',
};

function givenBy({ inputs }: Verb, { to = {} }: Press): Given {
  const given = Object.entries(inputs).flatMap(([name, { field }]) => {
    const aspect = aspects[field];
    const value = aspect && to[aspect];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return Object.fromEntries(given);
}

const otherVersion = 'This button is of another version of AllClear; use the newest message.';

function pressOf({ value }: Pressed): Press {
  const found = readPress(value);
  if (!found) throw new Declined(otherVersion);
  return found;
}

import { incidentStates, severities, type IncidentState, type Severity } from '../../api/enums.gen.ts';
import type { Incident } from '../../api/incident.gen.ts';
import type { Block } from '../../integrations/capabilities.ts';
import { slackPlain } from '../../text.ts';

/**
 * Every button that a message of ours can hold, by what it does. The front door answers all of them in one router on
 * `ac.`; an id is an API, since a message posted years ago still sends it.
 */
export const actionIds = {
  update: 'ac.update',
  declare: 'ac.declare',
  escalate: 'ac.escalate',
  deescalate: 'ac.deescalate',
  close: 'ac.close',
  reopen: 'ac.reopen',
  roles: 'ac.roles',
  /** A link: Slack sends its press too, and it only wants an ack. */
  open: 'ac.open',
} as const;

export type ButtonAction = keyof typeof actionIds;

/** What of an incident a button can be about. */
export interface Aspect {
  readonly state?: IncidentState;
  readonly severity?: Severity;
  readonly level?: number;
}

/** What a press says: which object, what the person saw, and what it should become. Absolute, so a double click repeats nothing. */
export interface Press {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** What it becomes; absent where the modal asks for everything. */
  readonly to?: Aspect;
  /** How it stood when the button was made, for the `test` of act(). */
  readonly shown?: Aspect;
}

type Button = Readonly<Record<string, unknown>>;

/** spec.escalation.level of the CRD. */
export const levels = { least: 0, most: 9 } as const;

/** While it runs: in the live status. */
export const runningButtons = (incident: Incident): Block =>
  actions(incident, [
    update(incident),
    escalate(incident),
    deescalate(incident),
    close(incident),
    button('roles', 'Roles', pressOf(incident)),
  ]);

/** In the triage channel, until somebody declares it. */
export const triageButtons = (incident: Incident): Block =>
  actions(incident, [
    update(incident),
    button('declare', 'Declare Incident', pressOf(incident, { state: 'Investigating' }), { style: 'primary' }),
    close(incident),
    escalate(incident),
    deescalate(incident),
  ]);

/** In the triage channel once declared: Declare has become the way to the channel, if there is one. */
export const declaredButtons = (incident: Incident, channel?: { readonly name: string; readonly url: string }): Block =>
  actions(incident, [
    update(incident),
    ...(channel === undefined ? [] : [openButton(channel)]),
    close(incident),
    escalate(incident),
    deescalate(incident),
  ]);

/** After the all clear. */
export const resolvedButtons = (incident: Incident): Block =>
  actions(incident, [button('reopen', 'Reopen', pressOf(incident, { state: 'Investigating' }))]);

/** What a button's `value` says; undefined for what is none of ours. */
export function readPress(value: string): Press | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  if (!isFields(parsed)) return undefined;
  const { uid, namespace, name } = parsed;
  if (typeof uid !== 'string' || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  const [to, shown] = [readAspect(parsed['to']), readAspect(parsed['shown'])];
  return { uid, namespace, name, ...(to ? { to } : {}), ...(shown ? { shown } : {}) };
}

/** Close Incident alone, for a reply that a modal must follow. */
export const close = (incident: Incident): Button =>
  button('close', 'Close Incident', pressOf(incident, { state: 'Resolved' }), { style: 'danger' });

const update = (incident: Incident): Button => button('update', 'Send Update', pressOf(incident));

function escalate(incident: Incident): Button {
  const level = Math.min(incident.spec.escalation.level + 1, levels.most);
  return button('escalate', 'Escalate', pressOf(incident, { level }), {
    confirm: {
      title: plain('Escalate?', 100),
      text: plain(`The incident goes to escalation level ${level}.`, 300),
      confirm: plain('Escalate', 30),
      deny: plain('Cancel', 30),
    },
  });
}

/** A step back needs a reason, so a modal follows. */
const deescalate = (incident: Incident): Button =>
  button(
    'deescalate',
    'De-escalate',
    pressOf(incident, { level: Math.max(incident.spec.escalation.level - 1, levels.least) }),
  );

const openButton = ({ name, url }: { readonly name: string; readonly url: string }): Button => ({
  type: 'button',
  action_id: actionIds.open,
  text: plain(`Open #${name}`, 75),
  url,
});

function pressOf({ metadata, spec }: Incident, to?: Aspect): Press {
  const object = { uid: metadata.uid, namespace: metadata.namespace, name: metadata.name };
  if (to === undefined) return object;
  const { state, severity, escalation } = spec;
  return {
    ...object,
    to,
    shown: {
      ...(to.state === undefined ? {} : { state }),
      ...(to.severity === undefined ? {} : { severity }),
      ...(to.level === undefined ? {} : { level: escalation.level }),
    },
  };
}

/** A name, a namespace and a uid stay under 400 characters of the 2,000 that Slack lets a value have. */
const button = (action: ButtonAction, text: string, press: Press, more: Button = {}): Button => ({
  type: 'button',
  action_id: actionIds[action],
  text: plain(text, 75),
  value: JSON.stringify(press),
  ...more,
});

const actions = ({ metadata }: Incident, elements: readonly Button[]): Block => ({
  type: 'actions',
  block_id: `ac.${metadata.uid}`,
  elements,
});

const plain = (text: string, most: number) =>
  ({ type: 'plain_text', text: slackPlain(text, most), emoji: false }) as const;

function readAspect(value: unknown): Aspect | undefined {
  if (!isFields(value)) return undefined;
  const state = incidentStates.find((s) => s === value['state']);
  const severity = severities.find((s) => s === value['severity']);
  const level = Number(value['level'] ?? Number.NaN);
  return {
    ...(state === undefined ? {} : { state }),
    ...(severity === undefined ? {} : { severity }),
    ...(Number.isInteger(level) && level >= levels.least && level <= levels.most ? { level } : {}),
  };
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';

import type { IncidentSpec } from '../../../controller/api/incident.gen.ts';
import type { IncidentUpdateSpec } from '../../../controller/api/incident-update.gen.ts';
import { object, text } from '../../emulators/slack/json.ts';
import type { Acted, Person } from '../../emulators/slack/person.ts';
import type { View } from '../../emulators/slack/views.ts';
import { liveStatusOf } from '../../world/in-slack.ts';
import { until } from '../../world/until.ts';
import type { World } from '../../world/world.ts';

/** Where somebody presses: one incident, but for the form that declares it. */
export interface Scene {
  readonly world: World;
  readonly ana: Person;
  /** Name of the Incident; '' until it is declared. */
  incident: string;
  /** Its channel, `#inc-00001`. */
  channel: string;
  form?: View | undefined;
  /** The message that was written, or is meant. */
  ts?: string;
  /** The event is on its way: Slack brings it again by itself. */
  sent?: boolean;
}

/** What a person can tell of a press. */
export interface Answer {
  readonly acknowledged: boolean;
  readonly words: string;
}

/** What is stored of an input, as the API server has it. */
export interface Stored {
  readonly there: boolean;
  /** How often it stands on the timeline, or how many objects it made. */
  readonly times: number;
}

/** One kind of input, and what one of it must leave. */
export interface Input {
  readonly name: string;
  readonly by: 'form' | 'button' | 'line' | 'shortcut' | 'event';
  /** The write that stores it, as the trace calls it. */
  readonly write: 'create incidents' | 'create incidentupdates' | 'patch incidents';
  /** Notices to stakeholders that follow. */
  readonly notices: number;
  /** Up to the press. */
  prepare(scene: Scene): Promise<unknown>;
  /** The press; again: what the person does who is told to press again. */
  press(scene: Scene): Promise<Answer>;
  look(scene: Scene): Promise<Stored>;
  /** Somebody takes it back later. */
  readonly undo?: object;
}

type Kind = Pick<Input, 'name' | 'notices'>;
type Effect = Pick<Input, 'write' | 'look' | 'undo'>;

/** One change of the spec, told once. */
const changes = (
  entry: Pick<IncidentUpdateSpec, 'type' | 'to'>,
  holds: (spec: IncidentSpec) => boolean,
  undo: object,
): Effect => ({
  write: 'patch incidents',
  undo,
  async look({ world, incident }) {
    const { spec } = await world.incident(incident);
    const updates = await world.objects.list('IncidentUpdate');
    const told = updates.filter((one) => one.spec.type === entry.type && one.spec.to === entry.to);
    return { there: holds(spec), times: told.length };
  },
});

/** One entry that a person makes. */
const tells = (type: IncidentUpdateSpec['type'], words: string): Effect => ({
  write: 'create incidentupdates',
  async look({ world }) {
    const updates = await world.objects.list('IncidentUpdate');
    const told = updates.filter(({ spec }) => spec.type === type && spec.text === words);
    return { there: told.length > 0, times: told.length };
  },
});

const title = 'Payments fail';
const declares: Effect = {
  write: 'create incidents',
  async look(scene) {
    const made = (await scene.world.objects.list('Incident')).filter(({ spec }) => spec.title === title);
    scene.incident = made[0]?.metadata.name ?? '';
    return { there: made.length > 0, times: made.length };
  },
};

const form = (
  kind: Kind,
  open: (scene: Scene) => Promise<unknown>,
  values: (scene: Scene) => Parameters<Person['submit']>[0],
  effect: Effect,
): Input => ({
  ...kind,
  ...effect,
  by: 'form',
  async prepare(scene) {
    await open(scene);
    scene.form = await until('the form', () => scene.world.slack.views('ana').at(-1), 10_000);
  },
  async press(scene) {
    const shown = scene.world.slack.views('ana').find(({ id }) => id === scene.form?.id);
    // It has become the link to what was made: whoever sees that does not press again.
    if (shown?.content['submit'] === undefined) return { acknowledged: true, words: '' };
    const { result, errors } = await scene.ana.submit(values(scene), shown);
    return { acknowledged: result === 'closed' || result === 'updated', words: Object.values(errors).join(' ') };
  },
});

const button = async (scene: Scene, action: string): Promise<Acted> => {
  const { world, ana, incident } = scene;
  return ana.click(await liveStatusOf(world, await world.incident(incident)), action);
};

/** Slack takes an event as delivered once it is acked, and brings it again until then. */
const event = (
  kind: Kind,
  type: 'message' | 'reaction_added',
  prepare: Input['prepare'],
  send: (scene: Scene) => Promise<unknown>,
  effect: Effect,
): Input => ({
  ...kind,
  ...effect,
  by: 'event',
  prepare,
  async press(scene) {
    const { sent = false, world } = scene;
    scene.sent = true;
    if (!sent) await send(scene);
    const mine = () =>
      world.slack.delivery.envelopes.filter(({ name, payload }) => name === type && tsOf(payload) === scene.ts);
    const done = await until(
      'an end of its delivery',
      () => mine().find(({ result }) => (sent ? result === 'acked' : result !== undefined)),
      20_000,
      20,
    ).catch(() => undefined);
    return { acknowledged: done?.result === 'acked', words: '' };
  },
});

/** Of the message that an event is, or is about. */
function tsOf(payload: Readonly<Record<string, unknown>>): unknown {
  const said = object(payload['event']);
  return said['ts'] ?? object(said['item'])['ts'];
}

const line = (kind: Kind, words: string, effect: Effect): Input => ({
  ...kind,
  ...effect,
  by: 'line',
  prepare: () => Promise.resolve(),
  press: async ({ ana, channel }) => answerOf(await ana.command('/incident', words, { channel })),
});

const answerOf = ({ result, envelope }: Acted): Answer => {
  const words = text(envelope?.ack?.['text']);
  return { acknowledged: result === 'acked' && !isRefusal(words), words };
};

/** Nothing was done, and the person is told so. */
export const isRefusal = (words: string): boolean => /^Not saved|does not answer/.test(words);

const change = { source: 'Kubectl', by: 'bo@example.com', via: null, id: 'undo-1', reason: 'It was not so.' };
const resolved = changes({ type: 'State', to: 'Resolved' }, ({ state }) => state === 'Resolved', {
  state: 'Investigating',
  resolution: null,
  change,
});
const escalated = changes({ type: 'Escalation', to: '1' }, ({ escalation }) => escalation.level === 1, {
  escalation: { level: 0 },
  change,
});
const raised = changes({ type: 'Severity', to: 'SEV1' }, ({ severity }) => severity === 'SEV1', {
  severity: 'SEV2',
  change,
});

async function someMessage(scene: Scene): Promise<void> {
  scene.ts = await scene.world.slack.as('bo').message(scene.channel, 'A restart helps.');
}

/** Each kind of input; the first of each way stands for it where one will do. */
export const inputs: readonly Input[] = [
  form(
    { name: 'Create', notices: 1 },
    ({ ana }) => ana.command('/incident', title, { channel: '#stakeholders' }),
    () => ({ 'spec.severity': 'SEV2' }),
    declares,
  ),
  form(
    { name: 'Send Update', notices: 1 },
    (scene) => button(scene, 'ac.update'),
    () => ({ 'spec.text': 'Half of it is back.', 'spec.audience': 'Stakeholders' }),
    tells('Status', 'Half of it is back.'),
  ),
  form(
    { name: 'Change Severity', notices: 1 },
    ({ ana, channel }) => ana.command('/incident', 'severity SEV3', { channel }),
    () => ({ 'spec.change.reason': 'Only one region.' }),
    changes({ type: 'Severity', to: 'SEV3' }, ({ severity }) => severity === 'SEV3', { severity: 'SEV2', change }),
  ),
  {
    ...escalated,
    name: 'Escalate',
    by: 'button',
    notices: 1,
    prepare: () => Promise.resolve(),
    async press(scene) {
      const { world, ana, incident } = scene;
      const status = await liveStatusOf(world, await world.incident(incident));
      // Whoever looks before he presses again sees that it was done.
      if (!status.shown.includes('goes to escalation level 1')) return { acknowledged: true, words: '' };
      return answerOf(await ana.click(status, 'ac.escalate'));
    },
  },
  form(
    { name: 'De-escalate', notices: 1 },
    async (scene) => {
      const { world, incident } = scene;
      await world.edit({ escalation: { level: 1 } }, incident);
      await world.sees('level 1', ({ status }) => status?.applied?.level === 1, incident);
      await button(scene, 'ac.deescalate');
    },
    () => ({ 'spec.change.reason': 'They are here.' }),
    changes({ type: 'Escalation', to: '0' }, ({ escalation }) => escalation.level === 0, {
      escalation: { level: 1 },
      change,
    }),
  ),
  form(
    { name: 'Roles', notices: 1 },
    (scene) => button(scene, 'ac.roles'),
    ({ world }) => ({ role: 'commander', 'spec.roles': world.slack.people['bo']?.id ?? '' }),
    changes({ type: 'Role', to: 'bo@example.com' }, ({ roles }) => roles?.['commander'] === 'bo@example.com', {
      roles: { commander: null },
      change,
    }),
  ),
  form(
    { name: 'Close Incident', notices: 1 },
    (scene) => button(scene, 'ac.close'),
    () => ({ 'spec.resolution.summary': 'Rolled back.' }),
    resolved,
  ),
  event(
    { name: '!close', notices: 1 },
    'message',
    () => Promise.resolve(),
    async (scene) => {
      scene.ts = await scene.ana.message(scene.channel, '!close Rolled back.');
    },
    resolved,
  ),
  event(
    { name: 'pushpin', notices: 0 },
    'reaction_added',
    someMessage,
    ({ ana, channel, ts = '' }) => ana.react({ channel, ts }, 'pushpin'),
    tells('Message', 'A restart helps.'),
  ),
  {
    ...tells('Message', 'A restart helps.'),
    name: 'Add to timeline',
    by: 'shortcut',
    notices: 0,
    prepare: someMessage,
    press: async ({ ana, channel, ts = '' }) => answerOf(await ana.shortcut('ac.shortcut.timeline', { channel, ts })),
  },
  line({ name: '/incident severity', notices: 1 }, 'severity SEV1', raised),
  line({ name: '/incident escalate', notices: 1 }, 'escalate', escalated),
  {
    ...line(
      { name: '/incident deescalate', notices: 1 },
      'deescalate They are here.',
      changes({ type: 'Escalation', to: '1' }, ({ escalation }) => escalation.level === 1, {
        escalation: { level: 2 },
        change,
      }),
    ),
    prepare: ({ world, incident }) => world.edit({ escalation: { level: 2 } }, incident),
  },
];

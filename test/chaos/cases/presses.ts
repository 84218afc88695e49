import { toldTo, channelOf, declareInSlack, slackAlone, socketsOpen } from '../../world/in-slack.ts';
import type { RuleHandle } from '../../emulators/rules.ts';
import { doubled, lookOutside } from '../../world/outside.ts';
import { until } from '../../world/until.ts';
import type { World } from '../../world/world.ts';
import type { ApiAct, ApiProxy, Away } from '../api-proxy.ts';
import type { Case } from '../cases.ts';
import { atRest, finding, settled, type Finding } from '../expect.ts';
import type { Keeper } from '../keeper.ts';
import { apiCall, isApiWrite } from '../trace.ts';
import { judgeRest, judgeSecrets } from '../verdict.ts';
import { pause } from './moments.ts';
import { inputs, isRefusal, type Answer, type Input, type Scene } from './press-inputs.ts';

/** All that a case has at hand. */
interface Stage extends Scene {
  readonly input: Input;
  readonly keeper: Keeper;
  readonly api: ApiProxy;
  readonly found: Finding;
  /** Notices that stood there before the press. */
  readonly notices: number;
}

/** Slack's own figures, but for an event's redelivery after one and five minutes. */
const timing = { retryAfter: [0, 2_000, 4_000, 8_000], disconnectGrace: 3_000 } as const;

const caseOf = (
  input: Input,
  what: string,
  perturbation: string,
  play: (stage: Stage) => Promise<void>,
  judge = judgePress,
): Case => ({
  name: `press ${input.name}, ${what}`,
  perturbation,
  world: { ...slackAlone, slack: { timing } },
  async play(world, keeper, api) {
    const stage = await setUp(input, world, keeper, api);
    await play(stage);
    await judge(stage);
    return stage.found.all;
  },
});

/** An incident at rest, and the person about to press. */
async function setUp(input: Input, world: World, keeper: Keeper, api: ApiProxy): Promise<Stage> {
  await socketsOpen(world);
  const scene: Scene = { world, ana: world.slack.as('ana'), incident: '', channel: '' };
  if (input.write !== 'create incidents') {
    const made = await declareInSlack(world);
    scene.incident = made.metadata.name;
    scene.channel = channelOf(made);
    await settled(world, scene.incident);
  }
  await input.prepare(scene);
  if (scene.incident !== '') await settled(world, scene.incident);
  const { notices } = await lookOutside(world);
  return Object.assign(scene, { input, keeper, api, found: finding(), notices: notices.length });
}

/** Presses, and hears whatever the person is told, in the ack or after it. */
async function press(stage: Stage): Promise<Answer> {
  const { input, world } = stage;
  const before = toldTo(world, 'ana').length;
  const answer = await input.press(stage);
  if (!answer.acknowledged || (input.by !== 'button' && input.by !== 'shortcut')) return answer;
  await pause(400);
  const refusal = toldTo(world, 'ana').slice(before).find(isRefusal);
  return refusal === undefined ? answer : { acknowledged: false, words: refusal };
}

/** As people do who were told to. */
async function pressUntilTaken(stage: Stage): Promise<void> {
  await until('an acknowledged press', async () => (await press(stage)).acknowledged, 30_000, 500);
}

/** Something happens to the write that stores the press, and to no other. */
const ownWrite = ({ api, input }: Stage, act: ApiAct): RuleHandle =>
  api.rule({ act, nth: 1, when: (one) => isApiWrite(one) && apiCall(one) === input.write });

/** The press is stored, and nothing that follows from it: the process cannot write down what it wants to do. */
function nothingAfter({ api, input }: Stage): RuleHandle {
  let stored = false;
  return api.rule({
    act: 'dropBefore',
    when(one) {
      if (!isApiWrite(one)) return false;
      if (stored || apiCall(one) !== input.write) return true;
      stored = true;
      return false;
    },
  });
}

async function kill({ world }: Stage): Promise<void> {
  world.controller.signal('SIGKILL');
  await world.controller.ended;
}

/** Another one leads and listens. */
async function successor({ world, keeper }: Stage): Promise<void> {
  await until('a successor', () => keeper.restarts > 0, 20_000);
  await world.controller.logged('leading');
  await socketsOpen(world);
}

/** A perturbation that does not come about must not count as survived. */
const soon = (what: string, happened: Promise<void>): Promise<void> =>
  Promise.race([happened, pause(15_000).then(() => Promise.reject(new Error(`it never came to ${what}`)))]);

interface Crash {
  readonly what: string;
  readonly acknowledged: boolean;
  readonly stored: boolean;
  /** Presses, and kills the process at this moment; returns what is to happen once it was pressed again. */
  strike(stage: Stage, pressing: () => Promise<Answer>): Promise<{ answer: Answer; late?: () => void }>;
}

const crashes: readonly Crash[] = [
  {
    what: 'killed before it is stored',
    acknowledged: false,
    stored: false,
    strike: beforeStored,
  },
  {
    what: 'killed while its write is on the way',
    acknowledged: false,
    stored: false,
    async strike(stage, pressing) {
      const { answer, held } = await beforeStored(stage, pressing);
      return { answer, late: () => held.release() };
    },
  },
  {
    what: 'killed before it is known to be stored',
    acknowledged: false,
    stored: true,
    async strike(stage, pressing) {
      const held = ownWrite(stage, 'holdAnswer');
      const answer = pressing();
      await soon('its write', held.hit());
      await until('the object', async () => (await stage.input.look(stage)).there, 5_000, 20);
      await kill(stage);
      held.release();
      return { answer: await answer };
    },
  },
  {
    what: 'killed before the acknowledgement arrives',
    acknowledged: false,
    stored: true,
    async strike(stage, pressing) {
      const { delivery } = stage.world.slack;
      await quiet(stage);
      const held = nothingAfter(stage);
      delivery.losing = 1;
      const answer = pressing();
      await until('the ack', () => delivery.refusedAcks.some(({ why }) => why === 'lost'), 15_000, 5);
      await kill(stage);
      held.remove();
      return { answer: await answer };
    },
  },
  {
    what: 'killed before its effects',
    acknowledged: true,
    stored: true,
    async strike(stage, pressing) {
      const held = nothingAfter(stage);
      const answer = await pressing();
      await kill(stage);
      held.remove();
      return { answer };
    },
  },
];

const crashed = (input: Input, crash: Crash): Case =>
  caseOf(input, crash.what, 'P1', async (stage) => {
    const { acknowledged, stored } = crash;
    const { answer, late } = await crash.strike(stage, () => input.press(stage));
    if (answer.acknowledged !== acknowledged)
      throw new Error(`the press was ${acknowledged ? 'not ' : ''}acknowledged: ${answer.words}`);
    // What is delivered again by itself may be stored by the successor already.
    if (stored) await expectStored(stage, true);
    await successor(stage);
    if (!acknowledged) await pressUntilTaken(stage);
    late?.();
    // Long enough for it to arrive.
    if (late) await pause(500);
  });

/** Its write is held on the way, and never arrives unless it is released. */
async function beforeStored(stage: Stage, pressing: () => Promise<Answer>) {
  const held = ownWrite(stage, 'hold');
  const answer = pressing();
  await soon('its write', held.hit());
  await kill(stage);
  await expectStored(stage, false);
  return { answer: await answer, held };
}

async function expectStored(stage: Stage, stored: boolean): Promise<void> {
  const { there } = await stage.input.look(stage);
  stage.found.check('I1', there || !stored, 'it was stored, and is not there');
  if (there && !stored) throw new Error('it was stored before it should be');
}

/** What came before is over, so that it is the press's acknowledgement that is lost. */
async function quiet(stage: Stage): Promise<void> {
  await atRest(stage.world);
  await allAnswered(stage);
}

/** The app's ack is lost, and Slack sends the same once more over another socket. */
const redelivered = (input: Input): Case =>
  caseOf(input, 'its acknowledgement lost and delivered again', 'P13', async (stage) => {
    const { delivery } = stage.world.slack;
    await quiet(stage);
    const since = Date.now();
    delivery.losing = 1;
    const { acknowledged } = await press(stage);
    if (acknowledged) throw new Error('its acknowledgement was not lost');
    await delivery.replay(since);
    await allAnswered(stage);
  });

/** Somebody took it back meanwhile, and whoever took the press has died: nothing of it may come back. */
const muchLater = (input: Input): Case =>
  caseOf(
    input,
    'everything delivered again an hour later',
    'P13',
    async (stage) => {
      const { world, found, incident } = stage;
      await pressUntilTaken(stage);
      await judgePress(stage);
      if (input.undo) await world.edit(input.undo, incident);
      await settled(world, stage.incident);
      const before = await standing(stage);
      await kill(stage);
      await successor(stage);
      await world.slack.delivery.replay();
      await allAnswered(stage);
      await settled(world, stage.incident);
      const after = await standing(stage);
      for (const [part, was] of Object.entries(before))
        found.check('I2', was === after[part], `${part}: ${was}, and after the redelivery ${after[part]}`);
    },
    judgeCalm,
  );

async function standing({ world }: Stage): Promise<Readonly<Record<string, string>>> {
  const incidents = await world.objects.list('Incident');
  const updates = await world.objects.list('IncidentUpdate');
  const { channels, notices, posts } = await lookOutside(world);
  return {
    specs: JSON.stringify(incidents.map(({ spec }) => spec)),
    updates: String(updates.length),
    channels: String(channels.length),
    posts: String(posts.length),
    notices: String(notices.length),
  };
}

/** Both go off before either is answered. */
const twice = (input: Input): Case =>
  caseOf(input, 'pressed twice at once', 'P13', async (stage) => {
    const answers = await Promise.all([press(stage), press(stage)]);
    const taken = answers.some(({ acknowledged }) => acknowledged);
    stage.found.check('I1', taken, `neither was taken: ${answers.map(({ words }) => words).join('; ')}`);
  });

/** Nobody is left in doubt: either it is stored, or the person is told to press again. */
const away = (input: Input, how: Away): Case =>
  caseOf(input, `the API server ${how}`, 'P8', async (stage) => {
    const { api, found } = stage;
    api.away(how);
    const { acknowledged, words } = await press(stage);
    await api.back();
    found.check('I1', !acknowledged, 'it was acknowledged while nothing could be stored');
    // Slack itself says something else once its three seconds are over.
    if (input.by !== 'event') found.check('I1', isRefusal(words), `the person was told: ${words}`);
    await expectStored(stage, false);
    await pressUntilTaken(stage);
  });

interface Trouble {
  readonly what: string;
  /** The sockets answer what they brought before they close. */
  readonly acknowledged: boolean;
  befall(stage: Stage): void;
}

const troubles: readonly Trouble[] = [
  ...(['warning', 'refresh_requested'] as const).map((reason) => ({
    what: `every socket told ${reason}`,
    acknowledged: true,
    befall: ({ world }: Stage) => world.slack.delivery.sockets.disconnect(reason),
  })),
  {
    what: 'every socket dropped',
    acknowledged: false,
    befall: ({ world }) => world.slack.delivery.sockets.drop(),
  },
];

/** It befalls the sockets while the press is being stored. */
const disturbed = (input: Input, trouble: Trouble): Case =>
  caseOf(input, trouble.what, 'P13', async (stage) => {
    const held = ownWrite(stage, 'holdAnswer');
    const pressing = press(stage);
    await soon('its write', held.hit());
    trouble.befall(stage);
    await pause(200);
    held.release();
    const answer = await pressing;
    stage.found.check(
      'I1',
      answer.acknowledged === trouble.acknowledged,
      `it was ${answer.acknowledged ? '' : 'not '}acknowledged: ${answer.words}`,
    );
    await socketsOpen(stage.world);
    if (!answer.acknowledged) await pressUntilTaken(stage);
  });

/** Socket Mode is switched off for a while: presses reach nobody, and events wait. */
const switchedOff = (input: Input): Case =>
  caseOf(input, 'Socket Mode switched off and on', 'P13', async (stage) => {
    const { sockets } = stage.world.slack.delivery;
    sockets.disabled = 'link_disabled';
    sockets.disconnect('link_disabled');
    await until('no socket', () => sockets.ids.length === 0, 20_000);
    const { acknowledged } = await press(stage);
    stage.found.check('I1', !acknowledged, 'it was acknowledged, and nobody was there');
    await expectStored(stage, false);
    sockets.disabled = undefined;
    await socketsOpen(stage.world);
    await pressUntilTaken(stage);
  });

const allAnswered = ({ world }: Stage): Promise<unknown> =>
  until('every delivery to end', () => world.slack.delivery.envelopes.every(({ result }) => result !== undefined));

/** Stored once, told once, and the world is at rest with it. */
async function judgePress(stage: Stage): Promise<void> {
  const { world, input, found, notices } = stage;
  const look = await until(
    'its entry',
    async () => {
      const now = await input.look(stage);
      return now.there && now.times > 0 ? now : undefined;
    },
    20_000,
  ).catch(() => input.look(stage));
  found.check('I1', look.there && look.times > 0, 'it is not stored');
  found.check('I2', look.times <= 1, `it is stored ${look.times} times`);
  await settled(world, stage.incident);
  const should = notices + input.notices;
  await until('the notices', async () => (await lookOutside(world)).notices.length >= should, 10_000).catch(() => {});
  const outside = await lookOutside(world);
  const told = outside.notices.length;
  found.check(told > should ? 'I2' : 'I1', told === should, `${told} notices, and there should be ${should}`);
  found.check('I2', outside.channels.length === 1, `${outside.channels.length} channels`);
  found.check('I2', outside.posts.length === 1, `${outside.posts.length} messages in the channel`);
  for (const again of doubled(outside)) found.check('I2', false, again);
  await judgeReplies(stage);
  await judgeCalm(stage);
}

/** To the message that was meant: the bot says that it could not be saved yet, once, or nothing. */
async function judgeReplies({ world: { slack }, channel, ts, found }: Stage): Promise<void> {
  if (ts === undefined) return;
  const said = (await slack.thread(channel, ts)).map(({ text }) => text);
  found.check('I2', new Set(said).size === said.length, `the thread was told twice: ${said.join('; ')}`);
  for (const words of said) found.check('I2', isRefusal(words), `the thread was told: ${words}`);
}

async function judgeCalm({ world, found: { check } }: Stage): Promise<void> {
  judgeSecrets(world, check);
  check('I9', !world.logs().includes(world.slack.appToken), 'the app token stands in the log');
  const wrong = world.slack.delivery.refusedAcks.filter(({ why }) => !['late', 'lost'].includes(why));
  check('I2', wrong.length === 0, `acks that Slack refused: ${wrong.map(({ why }) => why).join(' ')}`);
  await atRest(world);
  await judgeRest(world, check);
}

/** One for each way by which an input comes. */
const oneOfEach = inputs.filter(({ by }, i) => inputs.findIndex((other) => other.by === by) === i);

/** Every kind of input, at every moment at which it can be disturbed. */
export const pressCases: readonly Case[] = [
  ...inputs.flatMap((input) => crashes.map((crash) => crashed(input, crash))),
  ...inputs.map(redelivered),
  ...inputs.map(muchLater),
  ...inputs.filter(({ by }) => by !== 'line' && by !== 'event').map(twice),
  ...inputs.map((input, i) => away(input, i % 2 === 0 ? 'silent' : 'refused')),
  ...oneOfEach.flatMap((input) => troubles.map((trouble) => disturbed(input, trouble))),
  ...oneOfEach.map(switchedOff),
];

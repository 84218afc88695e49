import { setTimeout as sleep } from 'node:timers/promises';
import type { SharedCluster } from '../cluster/shared.ts';
import { startSlackWorld } from '../world/slack-world.ts';
import type { World } from '../world/world.ts';
import { isReady } from '../world/world.ts';
import { until } from '../world/until.ts';
import { actionOf, readPress, type Press } from '../../controller/integrations/slack/buttons.ts';
import { objects } from '../emulators/slack/json.ts';
import { slackTiming } from '../emulators/slack/timing.ts';
import type { MessageRef } from '../emulators/slack/locate.ts';
import type { Acted } from '../emulators/slack/person.ts';

const incidents = 100;
const perSecond = 200;
const seconds = 10;
/** Slack gives a press up after this long. https://docs.slack.dev/interactivity/handling-user-interaction */
const given = 3_000;

/**
 * 200 presses a second for ten seconds, by two people on a hundred incidents: every press of Escalate is a change that
 * must be stored before it is acknowledged.
 */
export async function pressMany(cluster: SharedCluster, say: (what: string, value: string) => void): Promise<void> {
  await using world = await startSlackWorld(
    // Slack's own patience, for once: how fast it is, is what is asked here.
    { env: { ALLCLEAR_RATE_LIMITS: 'off' }, slack: { timing: slackTiming } },
    cluster,
  );
  const names = Array.from({ length: incidents }, (_, i) => `pressed-${i}`);
  await world.kubectl.apply(
    names.map((name) => ({
      apiVersion: 'allclear.dev/v1alpha1',
      kind: 'Incident',
      metadata: { namespace: world.namespace, name },
      spec: { title: name, severity: 'SEV3' },
    })),
  );
  await until(
    'every incident',
    async () => {
      const all = await world.objects.list('Incident');
      return all.length === incidents && all.every(isReady);
    },
    300_000,
  );
  const targets = await Promise.all(names.map((name) => liveStatus(world, name)));
  const acted: Promise<Acted>[] = [];
  const people = ['ana', 'bo'].map((name) => world.slack.as(name));
  const began = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const [target, person] = [targets[n % targets.length], people[n % people.length]];
    if (!target || !person) throw new Error('nobody presses nothing');
    acted.push(person.click(target, actionOf('escalate')));
    const due = began + ((n + 1) * 1_000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
  }
  const sent = performance.now() - began;
  const done = await Promise.all(acted);
  const inTime = done.filter(({ result, ms }) => result === 'acked' && ms <= given);
  const times = inTime.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const at = (share: number): string => String(Math.round(times[Math.floor(share * (times.length - 1))] ?? NaN));
  say(`${done.length} presses in ${(sent / 1_000).toFixed(1)} s: acknowledged within 3 s`, String(inTime.length));
  say('presses: ack, ms (median, 99 of 100, most)', `${at(0.5)}, ${at(0.99)}, ${at(1)}`);
  const stored = new Map((await world.objects.list('Incident')).map((one) => [one.metadata.uid, one.spec.escalation]));
  const lost = inTime.map(pressOf).filter(({ uid, to }) => (stored.get(uid)?.level ?? 0) < (to?.level ?? Infinity));
  say('presses: acknowledged and not stored', String(lost.length));
}

async function liveStatus(world: World, name: string): Promise<MessageRef> {
  const { status } = await world.incident(name);
  const channel = status?.channel?.id ?? '';
  const [first] = await world.slack.messages(channel);
  if (!first) throw new Error(`nothing stands in the channel of ${name}`);
  return { channel, ts: first.ts };
}

function pressOf({ envelope }: Acted): Press {
  const [action] = objects(envelope?.payload['actions']);
  const press = readPress(String(action?.['value']));
  if (!press) throw new Error('that was no button of ours');
  return press;
}

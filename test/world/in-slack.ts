import { manifest } from '../../controller/integrations/slack/app.ts';
import type { Incident } from '../../controller/api/incident.gen.ts';
import type { Slack } from '../emulators/slack.ts';
import { integration, integrationObjects, secret } from './integrations.ts';
import { until } from './until.ts';
import type { World, WorldOptions } from './world.ts';

/** Slack alone, its app installed from our own manifest, and a listener over sockets. */
export const slackAlone = {
  policy: {},
  objects({ namespace, slack }) {
    install(slack);
    return [
      secret(namespace, 'slack', slack.url, { botToken: slack.botToken, appToken: slack.appToken }),
      integration(namespace, 'slack', { slack: { apiUrl: slack.url } }),
    ];
  },
} satisfies WorldOptions;

/** The same with GitHub and Git. */
export const wholeWithSlack = {
  objects({ namespace, slack, github }) {
    install(slack);
    return integrationObjects(namespace, { slack, slackUrl: slack.url, github, appToken: slack.appToken });
  },
} satisfies WorldOptions;

function install(slack: Slack): void {
  slack.app.install(
    manifest({ mode: 'Socket', privateChannels: false, userGroups: true }, { name: 'AllClear', command: '/incident' }),
  );
}

export const socketsOpen = (world: World, count = 2): Promise<unknown> =>
  until(`${count} sockets`, () => world.slack.delivery.sockets.ids.length === count);

/** By the command and the form, as `ana`; resolves once its channel is open and its live status is posted. */
export async function declareInSlack(
  world: World,
  title = 'Mobile app login errors',
  severity = 'SEV2',
): Promise<Incident> {
  const ana = world.slack.as('ana');
  await ana.command('/incident', title, { channel: '#stakeholders' });
  const sent = await ana.submit({ 'spec.severity': severity });
  if (sent.result !== 'updated') throw new Error(JSON.stringify(sent));
  const made = await until('the incident', async () =>
    (await world.objects.list('Incident')).find(({ spec }) => spec.title === title),
  );
  return world.sees(
    'its live status',
    ({ status }) => status?.effects?.['live-status']?.state === 'Done',
    made.metadata.name,
  );
}

/** `#inc-00001`. */
export const channelOf = ({ status }: Incident): string => `#${status?.channel?.name ?? 'none'}`;

/** The pinned message with the buttons. */
export async function liveStatusOf(
  world: World,
  incident: Incident,
): Promise<{ channel: string; ts: string; shown: string }> {
  const channel = channelOf(incident);
  const [first] = await world.slack.messages(channel);
  if (!first) throw new Error(`nothing stands in ${channel}`);
  return { channel, ts: first.ts, shown: JSON.stringify(first) };
}

/** What only this person was shown, newest last. */
export const toldTo = (world: World, person: string): string[] =>
  world.slack.ephemerals(person).map(({ text }) => text);

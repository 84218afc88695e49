import type { Incident } from '../../../api/incident.gen.ts';
import { idOf } from '../../../act/incidents.ts';
import { seconds } from '../../../runtime/clock.ts';
import { slackLine } from '../text.ts';
import type { Message } from './api.ts';
import type { HandlerContext } from './handler-context.ts';
import { createdNote } from './views/notes.ts';
import { plainMessage, shownIncident } from './words.ts';

/** The channel opens within seconds; when it does not, the person is told what stands in its way. */
const openMost = seconds(60);

export interface Where {
  readonly viewId?: string;
  readonly user: string;
  /** Where the person was; absent or not the bot's: a direct message. */
  readonly channel?: string | undefined;
}

/** After Create: "Creating…" becomes the channel's link, and the person is told where they were. */
export async function tellOpened(handler: HandlerContext, incident: Incident, where: Where): Promise<void> {
  const { namespace, name } = incident.metadata;
  const settled = await handler.cluster.until(
    namespace,
    name,
    ({ status }) => status?.channel !== undefined || noChannel(status) !== undefined,
    AbortSignal.timeout(openMost),
  );
  const now = settled ?? handler.cluster.incident(namespace, name) ?? incident;
  const channel = now.status?.channel;
  if (channel && where.viewId) {
    // Whoever closed it needs no link in it.
    await handler.api.update(where.viewId, createdNote(idOf(now), channel)).catch(() => undefined);
  }
  const why = noChannel(now.status) ?? 'it is not open yet, and you are invited to it as soon as it is';
  const text = channel
    ? `${shownIncident(now)} is declared: ${slackLine(now.spec.title, 150)}`
    : `*${slackLine(idOf(now), 100)}* is declared; no channel: ${slackLine(why, 300)}`;
  await tellPerson(handler, where, plainMessage(text), `${now.metadata.uid}/declared/${where.user}`);
}

/** Why there will be none; undefined while there may be one. All is settled, and none is there. */
function noChannel(status: Incident['status']): string | undefined {
  const of = (type: string) => status?.conditions?.find((condition) => condition.type === type);
  if (status?.channel || of('Ready')?.status !== 'True') return undefined;
  return of('ChannelReady')?.message ?? 'nothing says why';
}

/** For one person's eyes: in the channel they were in, else as a direct message. */
export async function tellPerson(
  handler: HandlerContext,
  { user, channel }: Where,
  message: Message,
  key: string,
): Promise<void> {
  if (channel) {
    try {
      await handler.api.ephemeral({ channel, user }, message);
      return;
    } catch (error) {
      handler.log.debug('slack.ephemeral-refused', { channel, error });
    }
  }
  await handler.api.post({ channel: user }, message, key);
}

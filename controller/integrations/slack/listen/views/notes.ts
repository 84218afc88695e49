import { slackLine, slackLink } from '../../text.ts';
import { context, type Modal, note, section } from './parts.ts';

/** Between Create and the channel's opening. */
export const creatingNote = (title: string): Modal =>
  note('Declare Incident', [section(`Creating… *${slackLine(title, 200)}*`), context('This can be closed.')]);

export const createdNote = (id: string, channel: { name: string; url: string }): Modal =>
  note('Declare Incident', [
    section(`*${slackLine(id, 40)}* is declared: ${slackLink(channel.url, `#${channel.name}`)}`),
  ]);

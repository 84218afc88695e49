import { expect, test } from 'vitest';
import { anIncident } from '../../../../test/builders/incident.ts';
import { aHandler } from '../../../../test/builders/slack-handler.ts';
import { addToTimeline, NoIncidentHere } from './messages.ts';

test('a message of a channel that is no incident’s is told apart from every other refusal', async () => {
  const { handler } = aHandler([anIncident()]);
  const pin = { user: 'U1', channel: 'C9', ts: '1770116112.000100', message: { text: 'x' } };
  await expect(addToTimeline(handler, pin)).rejects.toBeInstanceOf(NoIncidentHere);
});

test('a guest’s message is refused as a guest’s', async () => {
  const channel = { id: 'C1', name: 'inc-00001', url: 'https://x.slack.com/archives/C1' };
  const { handler } = aHandler([anIncident({ status: { id: 'INC-00001', channel } })]);
  const pin = { user: 'U2', channel: 'C1', ts: '1770116112.000100', message: { text: 'x' } };
  const refusal = addToTimeline(handler, pin);
  await expect(refusal).rejects.not.toBeInstanceOf(NoIncidentHere);
  await expect(refusal).rejects.toThrow('you are a guest here');
});

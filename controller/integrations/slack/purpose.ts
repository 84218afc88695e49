import type { Call, Landed, Port } from '../../runtime/effect.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { Api, Reader } from './call.ts';
import { unescape } from './mrkdwn.ts';
import { purposeMarker } from './marker.ts';
import { conversation } from './parse.ts';
import { slackLine } from './text.ts';

/** Slack's most for a purpose. */
const longest = 250;

/** A channel's purpose: the text and the marker by which the channel is found again. */
export function purposePort(api: Api): Port<Desired['purpose']> {
  const current = async (channel: string | undefined, reader: Reader): Promise<string> => {
    const body = await api.read('conversations.info', { channel }, reader);
    return unescape(conversation(body['channel']).purpose);
  };

  async function set(call: Call<Desired['purpose']>): Promise<Landed> {
    const { channel = '' } = call.within;
    const wanted = purposeText(call);
    // Setting it posts a line in the channel, so the same again is not set again.
    if ((await current(channel, call)) !== unescape(wanted)) {
      await api.write('conversations.setPurpose', { channel, purpose: wanted }, call);
    }
    return { ref: { channel } };
  }

  return {
    recover: 'resend',
    create: set,
    update: (call) => set(call),
    async observe(look) {
      const { channel = '' } = look.ref ?? look.within;
      const found = await current(channel, look);
      if (!found.includes(purposeMarker(look.owner))) return [];
      const { desired, owner } = look;
      return [{ ref: { channel }, same: desired !== undefined && found === unescape(purposeText({ desired, owner })) }];
    },
  };
}

/** Text and marker as they are set, escaped. */
export function purposeText({ desired, owner }: Pick<Call<Desired['purpose']>, 'desired' | 'owner'>): string {
  const marker = ` · ${purposeMarker(owner)}`;
  return slackLine(desired.text, longest - marker.length) + marker;
}

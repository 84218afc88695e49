import type { Call, Landed, Port } from '../../runtime/effect.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Desired } from '../capabilities.ts';
import type { Api } from './call.ts';
import { codeOf } from './errors.ts';

/** A pinned message; pinning twice is one pin. */
export function pinPort(api: Api): Port<Desired['pin']> {
  async function create(call: Call<Desired['pin']>): Promise<Landed> {
    const { channel = '', ts = '' } = call.within;
    try {
      await api.write('pins.add', { channel, timestamp: ts }, call);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'message_not_found' || code === 'bad_timestamp') {
        throw new Rejected('MessageNotFound', 'The message to pin is not there', { cause: error });
      }
      if (code !== 'already_pinned') throw error;
    }
    return { ref: { channel, ts } };
  }

  return {
    recover: 'resend',
    create,
    async release(call, { channel = '', ts = '' }) {
      try {
        await api.write('pins.remove', { channel, timestamp: ts }, call);
      } catch (error) {
        const gone = ['no_pin', 'not_pinned', 'message_not_found', 'channel_not_found'];
        if (!gone.includes(codeOf(error) ?? '')) throw error;
      }
    },
  };
}

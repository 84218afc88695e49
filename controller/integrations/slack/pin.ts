import { changedOutside, type Call, type Landed, type Port, type Seen } from '../../runtime/effect.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import type { Api } from './call.ts';
import { codeOf } from './errors.ts';
import { readMessages } from './history.ts';

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

    /** By its message, which says where it is pinned: that costs less of the quota than the list of pins. */
    async observe(look): Promise<readonly Seen[]> {
      const { channel = '', ts = '' } = look.ref ?? look.within;
      const [message] = await readMessages(api, look, { channel, since: 0, only: ts });
      const pinnedTo = message?.['pinned_to'];
      if (Array.isArray(pinnedTo) && pinnedTo.includes(channel)) return [{ ref: { channel, ts }, same: true }];
      // Before it was pinned once, that is no act of people.
      if (!message || look.ref === undefined) return [];
      const drift = { reason: changedOutside, message: 'People unpinned it, and it is left so.' };
      return [{ ref: { channel, ts }, same: false, drift }];
    },

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

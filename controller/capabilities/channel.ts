import type { Entry } from '../runtime/effect.ts';
import { channelSign, withName, type Capability } from './capability.ts';

export interface ChannelDesired {
  readonly name: string;
  readonly private: boolean;
}

/** A conversation of the incident's own. `home` is the workspace's address. */
export const channel: Capability<ChannelDesired, 'channel' | 'name' | 'team' | 'home'> = {
  plural: 'channels',
  ref: ['channel', 'name', 'team', 'home'],
  told: 'first',
  words: (entry) => ({ thing: channelWord(entry), done: 'opened' }),
  brief: (desired) => `#${desired.name}${desired.private ? ' (private)' : ''}`,
  pretend: ({ name }, _, unknown) => ({ ref: { channel: unknown, name, team: unknown } }),
};

/** `Channel #inc-00001`. */
export const channelWord = ({ ref }: Entry): string => withName('Channel', channelSign(ref?.['name']));

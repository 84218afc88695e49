import type { Reach } from '../../controller/capabilities/reach.ts';
import { githubNoun } from './nouns.ts';

/** One Integration in reach that does everything, or as `parts` say. */
export function aReach(parts: Partial<Reach> = {}): Reach {
  return {
    choose: (_, named) => ({ name: named ?? 'slack' }),
    all: () => ['slack'],
    interactive: () => false,
    lost: () => undefined,
    lacks: () => undefined,
    link: () => undefined,
    noun: githubNoun,
    ...parts,
  };
}

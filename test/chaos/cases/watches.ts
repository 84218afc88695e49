import type { Case } from '../cases.ts';
import type { WatchTrouble } from '../watch-stream.ts';
import { allMoments, at, pause, proposed, type Moment } from './moments.ts';

const troubles: readonly WatchTrouble[] = ['gone', 'cut', 'reset', 'end', 'silence'];

/** What the controller sees of the cluster comes late, broken or not at all. */
export const watchCases = (): Case[] => [
  ...[undefined, 'incidents', 'incidentupdates', 'responsepolicies', 'integrations'].map((plural) =>
    late(2_500, plural),
  ),
  late(400),
  ...['intent:channel:1', 'accepted:live-status:1', 'accepted:comment/github:1', 'accepted:review:1'].map(lateAndCrash),
  ...allMoments.flatMap((moment) => troubles.map((what) => broken(what, moment))),
  ...troubles.map(brokenAgainAndAgain),
  ...allMoments.flatMap((moment) => ([410, 500, 429, 'reset'] as const).map((act) => refused(act, moment))),
];

function late(ms: number, plural?: string): Case {
  return {
    name: `stale cache ${ms} ms of ${plural ?? 'everything'}`,
    perturbation: 'P5',
    arm: (_, __, api) => api.lag(ms, plural),
  };
}

/** The successor learns late what was there before it. */
function lateAndCrash(boundary: string): Case {
  return {
    name: `stale cache and crash ${boundary}`,
    perturbation: 'P5',
    env: { ALLCLEAR_TEST_CRASH: boundary },
    arm: (_, __, api) => api.lag(1_500),
  };
}

/** A silent watch is given up after this long, in seconds, instead of three minutes. */
const env = { ALLCLEAR_WATCH_IDLE_SECONDS: '2' };

function broken(what: WatchTrouble, moment: Moment): Case {
  return {
    name: `watches ${what} when ${moment}`,
    perturbation: 'P7',
    env,
    async arm(world, _, api) {
      await at(world, moment);
      if (api.trouble(what) === 0) throw new Error('there was no watch to disturb');
    },
  };
}

function brokenAgainAndAgain(what: WatchTrouble): Case {
  return {
    name: `watches ${what} again and again`,
    perturbation: 'P7',
    env: { ALLCLEAR_WATCH_IDLE_SECONDS: '1' },
    async arm(world, _, api) {
      while (!(await proposed(world))) {
        api.trouble(what);
        await pause(300);
      }
    },
  };
}

function refused(act: 410 | 429 | 500 | 'reset', moment: Moment): Case {
  return {
    name: `watches refused ${act} when ${moment}`,
    perturbation: 'P7',
    async arm(world, _, api) {
      await at(world, moment);
      const rule = api.rule({ act, times: 8, when: ({ verb }) => verb === 'watch' });
      api.trouble('reset');
      await rule.hit();
    },
  };
}

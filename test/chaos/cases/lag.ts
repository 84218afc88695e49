import type { Case } from '../cases.ts';
import type { Trace } from '../trace.ts';

/** Reads that do not show yet what was made, when they matter most: to a successor that looks whether it is there. */
export const lagCasesOf = ({ boundaries }: Trace): Case[] =>
  boundaries
    .filter((b) => b.startsWith('accepted:') && !/number|ticket|comment|record|review/.test(b))
    .map((boundary) => ({
      name: `lag and crash ${boundary}`,
      perturbation: 'P11',
      env: { ALLCLEAR_TEST_CRASH: boundary },
      arm(world) {
        // Longer than the half second that the controller is told of, shorter than all in all a doubt takes.
        world.slack.lag = 1_200;
      },
    }));

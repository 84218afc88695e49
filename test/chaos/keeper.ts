import { impatient } from '../world/impatient.ts';
import type { World } from '../world/world.ts';

/** As a Deployment would: whenever the controller ends, another one takes over. */
export interface Keeper {
  readonly restarts: number;
  /** Runs before each successor starts; for a second crash. */
  next: (() => Readonly<Record<string, string>>) | undefined;
  /** Another takes over while the present one still lives. */
  replace(env?: Readonly<Record<string, string>>): Promise<void>;
  stop(): void;
}

/** `usual`: for each successor. */
export function keep(world: World, usual: Readonly<Record<string, string>> = impatient): Keeper {
  const run = { stopped: false };
  const keeper = { restarts: 0, next: undefined as Keeper['next'], stop: () => void (run.stopped = true), replace };
  let watched = world.controller;
  async function replace(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const next = world.succeed({ ...usual, ...env });
    watched = world.controller;
    await next;
  }
  const watch = async (): Promise<void> => {
    while (!run.stopped) {
      const now = watched;
      await now.ended;
      if (run.stopped) return;
      if (now !== watched) continue;
      keeper.restarts += 1;
      const env = keeper.next?.() ?? {};
      keeper.next = undefined;
      try {
        const next = world.succeed({ ...usual, ...env });
        watched = world.controller;
        await next;
      } catch {
        // It died before it led; the next one is on its way.
      }
    }
  };
  void watch();
  return keeper;
}

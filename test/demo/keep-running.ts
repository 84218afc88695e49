import { setTimeout as sleep } from 'node:timers/promises';
import { type ControllerProcess, startController } from '../world/controller-process.ts';

/** The controller, started again whenever it ends, as Kubernetes does with a container. */
export interface KeptController {
  /** The one that runs now, or ended last. */
  current(): ControllerProcess;
  /** SIGKILL, then the next one; resolves once that one has begun. */
  kill(): Promise<{ readonly killed: number; readonly next: ControllerProcess }>;
  /** Resolves when one that has not ended leads. */
  leads(): Promise<void>;
  stop(): Promise<void>;
}

/** Kubernetes waits 10 s, then longer; nobody at a demo wants to. */
const pause = 1_000;
/** A leader without its lease has ended within this. */
const settled = 1_500;

export function keepRunning(env: Readonly<Record<string, string>>): KeptController {
  let controller = startController(env, { detached: true });
  let stopping = false;
  const waiting = new Set<(next: ControllerProcess) => void>();

  const watch = async (): Promise<void> => {
    for (;;) {
      await controller.ended;
      if (stopping) return;
      await sleep(pause);
      if (stopping) return;
      controller = startController(env, { detached: true });
      for (const resolve of waiting) resolve(controller);
      waiting.clear();
    }
  };
  void watch();
  return {
    current: () => controller,
    async kill() {
      const killed = controller.pid;
      const next = new Promise<ControllerProcess>((resolve) => {
        waiting.add(resolve);
      });
      controller.signal('SIGKILL');
      return { killed, next: await next };
    },
    async leads() {
      for (;;) {
        const one = controller;
        // It may have led before and be about to end for want of its lease: what was logged then does not count.
        const alive = await Promise.race([one.ended.then(() => false), sleep(settled, true)]);
        if (!alive) {
          await sleep(pause);
          continue;
        }
        const led = await one.logged('leading').then(
          () => true,
          () => false,
        );
        if (led) return;
      }
    },
    async stop() {
      stopping = true;
      await controller.stop();
    },
  };
}

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
        const led = await one.logged('leading').then(
          () => true,
          () => false,
        );
        // Without its lease it only answers people, until it hears the API server and ends.
        if (led && !one.log.some(({ event }) => event === 'lease-lost')) return;
        await one.ended;
        await sleep(pause);
      }
    },
    async stop() {
      stopping = true;
      await controller.stop();
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type ControllerProcess, startController } from '../world/controller-process.ts';

/** The controller, started again whenever it ends, as Kubernetes does with a container. */
export interface KeptController {
  /** The one that runs now, or ended last. */
  current(): ControllerProcess;
  /** SIGKILL, then the next one; resolves once that one has begun. */
  kill(): Promise<{ readonly killed: number; readonly next: ControllerProcess }>;
  stop(): Promise<void>;
}

/** Kubernetes waits 10 s, then longer; nobody at a demo wants to. */
const pause = 1_000;

export function keepRunning(env: Readonly<Record<string, string>>): KeptController {
  let controller = startController(env, { detached: true });
  let stopping = false;
  const waiting = new Set<(next: ControllerProcess) => void>();

  const watch = async (): Promise<void> => {
    while (!stopping) {
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
    async stop() {
      stopping = true;
      await controller.stop();
    },
  };
}

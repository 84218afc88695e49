import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { until } from './until.ts';

const module = new URL('controller-process.ts', import.meta.url).href;

it('a controller ends with its starter, even by SIGKILL', async () => {
  const { kubeconfig, newNamespace } = sharedCluster();
  const env = { KUBECONFIG: kubeconfig, ALLCLEAR_NAMESPACE: await newNamespace() };
  const script = `
    import { startController } from ${JSON.stringify(module)};
    const controller = startController(${JSON.stringify(env)});
    await controller.logged('leading');
    console.log(controller.pid);
  `;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line]: string[] = await once(createInterface({ input: starter.stdout }), 'line');
  const pid = Number(line);
  expect(isRunning(pid)).toBe(true);
  starter.kill('SIGKILL');
  await until('the end of the controller', () => !isRunning(pid));
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

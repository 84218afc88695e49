import { seconds, type Clock } from './clock.ts';
import type { KubeClient } from './kube.ts';
import { KubeError } from './kube-errors.ts';

/** Resolves once the API server answers, be it with a refusal; asked again a second after each silence. Never rejects. */
export async function untilApiServerAnswers(client: Pick<KubeClient, 'raw'>, clock: Clock): Promise<void> {
  for (;;) {
    const heard = await client.raw('GET', '/version', { timeout: seconds(2) }).then(
      () => true,
      // A balancer before it answers for it with 502 to 504.
      (error: unknown) => error instanceof KubeError && error.status < 500,
    );
    if (heard) return;
    await new Promise<void>((resolve) => clock.after(seconds(1), resolve));
  }
}

import { access, constants } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changesBetween } from './changes.ts';
import { lookOutside } from './look.ts';
import type { Screen } from './screen.ts';
import { tellChanges } from './stage.ts';
import type { World } from './world.ts';

const pollEvery = 1_000;

/** Says how to go on by hand, then tells what changes outside until `signal`. */
export async function stayUp(world: World, screen: Screen, signal: AbortSignal): Promise<void> {
  const { cluster, slack, github } = world;
  const repository = `${github.htmlUrl}/acme/incidents`;
  screen.heading('Go on by hand');
  screen.link('Slack, to try it in', slack.pageUrl);
  screen.link('GitHub', repository);
  screen.link('Kubernetes', `${cluster.server}, logs in ${cluster.folder}`);
  screen.gap();
  screen.say('In another terminal, in this folder:');
  screen.gap();
  screen.output(`export KUBECONFIG=${cluster.kubeconfig}`);
  if (!(await hasKubectl())) screen.output(`export PATH=${dirname(cluster.tools.kubectl)}:$PATH   # brings kubectl`);
  screen.gap();
  screen.say('For instance, a second incident, its all clear, and Merge on its pull request in GitHub:');
  screen.gap();
  screen.output(
    [
      "sed 's/mobile-app-login/checkout/; s/Mobile app login/Checkout/' incidents/example.yaml |",
      '  kubectl apply -f -',
      'kubectl get inc',
      'kubectl patch inc checkout --type=merge --patch-file docs/examples/resolve.yaml',
    ].join('\n'),
  );
  screen.gap();
  screen.say('What changes outside is told here. Ctrl-C ends everything.');

  let told = await lookOutside(world);
  let last = '';
  while (!signal.aborted) {
    await sleep(pollEvery, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    // A person may remove something between two questions.
    const now = await lookOutside(world).catch(() => undefined);
    if (now === undefined) continue;
    const text = JSON.stringify(now);
    // Told once it is at rest, so that one act is one paragraph.
    if (text === last && text !== JSON.stringify(told)) {
      screen.gap();
      screen.say(new Date().toTimeString().slice(0, 8));
      tellChanges(screen, changesBetween(told, now));
      told = now;
    }
    last = text;
  }
}

async function hasKubectl(): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, 'kubectl'), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

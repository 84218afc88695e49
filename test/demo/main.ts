// `make demo`: a whole incident on a local API server, with Slack and GitHub emulated. ONCE=1 ends after it.
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../tools/progress.ts';
import { stayUp } from './afterwards.ts';
import { createScreen } from './screen.ts';
import { Stage } from './stage.ts';
import { playStory } from './story.ts';
import { Closers, startWorld } from './world.ts';

// Paths in the commands are those of the repository.
process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const once = ['1', 'true', 'yes'].includes(process.env['ONCE'] ?? '');
const screen = createScreen(process.stdout);
const closers = new Closers();
const interruption = new AbortController();
/** A download of tools is not waited for at the end; the cache clears what it leaves. */
const patience = 5_000;
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const demo = run(interruption.signal);
for (const [signal, code] of Object.entries(codes)) {
  // Further signals change nothing: the end is under way.
  process.on(signal, () => interrupt(code));
}
// Whoever read the output is gone.
process.stdout.on('error', () => interrupt(codes.SIGHUP));
process.exit(await demo);

function interrupt(code: number): void {
  if (interruption.signal.aborted) return;
  interruption.abort(code);
  screen.gap();
  screen.say('Ending everything.');
  setTimeout(() => void closers.close().then(() => process.exit(code)), patience).unref();
}

/** @returns the exit code */
async function run(signal: AbortSignal): Promise<number> {
  let code = 0;
  try {
    intro();
    const start = performance.now();
    const world = await startWorld(screen, closers, signal);
    const stage = await Stage.open(world, screen, signal);
    await playStory(stage);
    const { kept, broken } = stage.tally;
    const seconds = Math.round((performance.now() - start) / 1_000);
    screen.heading(broken === 0 ? 'The whole story came true' : 'The story did not come true');
    if (broken === 0) screen.good(`${kept} of ${kept} checks, in ${seconds} s.`);
    else screen.bad(`${broken} of ${kept + broken} checks failed, in ${seconds} s; see ✗ above.`);
    code = broken === 0 ? 0 : 1;
    if (!once) await stayUp(world, screen, signal);
  } catch (error) {
    if (!signal.aborted) {
      screen.bad(messageOf(error));
      code = 1;
    } else if (code === 0) code = Number(signal.reason);
  }
  await closers.close();
  return code;
}

function intro(): void {
  screen.say(
    'AllClear, shown whole: a Kubernetes API server, Slack and GitHub (emulated), a git server and the controller are ' +
      'started on 127.0.0.1, and one incident is played with kubectl, from its declaration to the merged post-mortem.',
  );
  screen.gap();
  screen.say(
    'It takes about 20 seconds; the first time some minutes more, to get kube-apiserver, etcd and kubectl into the ' +
      'cache. It needs no root, no Docker and no account, and Ctrl-C removes all but that cache.',
  );
  screen.gap();
}

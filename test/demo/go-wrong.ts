import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import type { Slack } from '../emulators/slack.ts';
import type { Experiment } from '../workspace/experiments.ts';
import type { KeptController } from './keep-running.ts';

/** What AllClear does in Slack that people would see twice, or miss. */
const writing = new Set([
  'chat.postMessage',
  'chat.update',
  'conversations.create',
  'conversations.invite',
  'conversations.setPurpose',
  'pins.add',
  'bookmarks.add',
]);
const storm = 20_000;
const away = 20_000;
/** Until nobody waits any longer for a write whose answer to lose. */
const patience = 120_000;

const since = (start: number): string => `${((performance.now() - start) / 1_000).toFixed(1)} s`;

/** The page's buttons: each does the real thing to a real process, or to the emulated Slack's answers. */
export function experiments(cluster: Cluster, slack: Slack, controller: KeptController): Experiment[] {
  return [
    {
      id: 'kill',
      label: 'Kill the controller',
      about:
        'SIGKILL, in the middle of whatever it does. What was acknowledged is in Kubernetes already; the next process ' +
        'reads back what is in doubt and does the rest once. (The Lease lasts 6 s here, by default 15.)',
      async run(tell) {
        const start = performance.now();
        const { killed, next } = await controller.kill();
        tell(`process ${killed} killed; process ${next.pid} starts, as Kubernetes would`);
        await next.logged('slack.socket-open');
        tell(`it answers Slack after ${since(start)}`);
        await controller.leads();
        return `the old lease is over, it leads after ${since(start)}`;
      },
    },
    {
      id: 'storm',
      label: '429 storm',
      about:
        'For 20 s Slack refuses whatever AllClear writes, with Retry-After. Commands and modals still answer; what was ' +
        'refused comes later, once.',
      async run(tell) {
        const rule = slack.fault({ act: 429, methods: writing, retryAfter: 3 });
        tell('it begins');
        await sleep(storm);
        rule.remove();
        return `it is over: ${rule.hits} ${rule.hits === 1 ? 'call' : 'calls'} refused`;
      },
    },
    {
      id: 'lose',
      label: 'Lose the next answer',
      about:
        'Slack takes AllClear’s next write, and the answer never arrives. It must find out whether it happened, and not do ' +
        'it again.',
      async run(tell) {
        const before = slack.calls().length;
        const rule = slack.fault({ act: 'dropAfter', methods: writing, times: 1 });
        tell('waiting for a write: act in a channel');
        const hit = await Promise.race([rule.hit().then(() => true), sleep(patience, false, { ref: false })]);
        rule.remove();
        if (!hit) return 'nothing was written within two minutes';
        const lost = slack.calls().findIndex(({ fault }, i) => i >= before && fault === 'dropAfter');
        tell(`${slack.calls()[lost]?.method} was taken, its answer lost`);
        return 'look: it is there once, and its receipt comes after a look at Slack';
      },
    },
    {
      id: 'away',
      label: 'API server away for 20 s',
      about:
        'kube-apiserver is killed, and starts again with the same data. Commands still answer, and say what cannot be ' +
        'done; nothing is acknowledged that is not stored.',
      async run(tell) {
        await cluster.killApiServer();
        tell('kube-apiserver killed');
        await sleep(away);
        const start = performance.now();
        await cluster.restartApiServer();
        tell(`kube-apiserver is back, started in ${since(start)}; AllClear has no Lease any more and starts anew`);
        await controller.leads();
        return `AllClear leads, ${since(start)} after the start`;
      },
    },
  ];
}

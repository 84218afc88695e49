import { manifest } from '../../controller/integrations/slack/app.ts';
import { verbs } from '../../controller/act/verbs.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { GitHub } from '../emulators/github.ts';
import type { Slack } from '../emulators/slack.ts';
import { watchKubectl } from '../workspace/kubectl-watch.ts';
import { startWorkspacePage, type WorkspacePage } from '../workspace/server.ts';
import { experiments } from './go-wrong.ts';
import type { KeptController } from './keep-running.ts';

const viewers = [
  { name: 'ana', about: 'A full member: may declare, update, escalate, close.' },
  { name: 'bo', about: 'A full member, too. The policy invites bo to every incident.' },
  { name: 'eve', about: 'A guest of one channel: AllClear refuses, with words.' },
] as const;
const command = '/incident';

/** Slack as an administrator would have set it up: the app from the generated manifest, three people in #general. */
export async function setUpSlack(slack: Slack): Promise<void> {
  slack.app.install({
    ...manifest({ mode: 'Socket', privateChannels: false, userGroups: false }, { name: 'AllClear', command }),
  });
  await slack.setAccount('eve', { is_restricted: true, is_ultra_restricted: true });
  const { id } = await slack.channel('#general');
  for (const { name } of viewers) await slack.call(name, 'conversations.join', { channel: id });
  await slack.call('bot', 'conversations.join', { channel: id });
}

/** The page that people try it in, with what happens behind it. */
export const openWorkspace = (
  cluster: Cluster,
  slack: Slack,
  github: GitHub,
  controller: KeptController,
): Promise<WorkspacePage> =>
  startWorkspacePage({
    slack,
    viewers,
    words: { [command]: verbs.map(({ name }) => name) },
    watch: (changed) =>
      watchKubectl({
        program: cluster.tools.kubectl,
        args: ['get', 'incidents', '--watch'],
        env: { KUBECONFIG: cluster.kubeconfig, KUBERC: 'off' },
        changed,
      }),
    async links() {
      const [issues, pulls] = await Promise.all([github.issues(), github.pulls()]);
      const root = `${github.htmlUrl}/${github.owner}/${github.repo}`;
      return [
        ...pulls.toReversed().map((one) => ({
          label: `Pull request #${one.number}: ${one.title}${one.merged ? ' (merged)' : ''}`,
          url: `${root}/pull/${one.number}`,
        })),
        ...issues
          .toReversed()
          .filter(({ number }) => !pulls.some((one) => one.number === number))
          .map((one) => ({
            label: `Issue #${one.number}: ${one.title} (${one.state})`,
            url: `${root}/issues/${one.number}`,
          })),
        { label: 'The repository', url: root },
      ];
    },
    experiments: experiments(cluster, slack, controller),
  });

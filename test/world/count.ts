import type { GitHub } from '../emulators/github.ts';
import type { Slack } from '../emulators/slack.ts';
import type { ControllerProcess } from './controller-process.ts';

/** How often what was called: `{'patch incidents/status': 3}`. */
export type Counts = Readonly<Record<string, number>>;

/** Everything this controller wrote to the API server since its start, by verb and resource; its Lease apart. */
export async function apiWrites(controller: ControllerProcess): Promise<Counts> {
  const counts: Record<string, number> = {};
  for (const line of (await controller.metrics()).split('\n')) {
    const [, labels = '', value] = /^rest_client_requests_total\{(.*)\} (\d+)$/.exec(line) ?? [];
    const { verb = '', resource = '' } = Object.fromEntries(
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text] as const),
    ) as { verb?: string; resource?: string };
    if (labels === '' || reads.has(verb)) continue;
    const name = `${verb} ${resource}`;
    counts[name] = (counts[name] ?? 0) + Number(value);
  }
  return counts;
}

const reads: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Every call that reached Slack, by method. */
export const slackCalls = (slack: Slack): Counts => tally(slack.calls().map(({ method }) => method));

/** Those that change something. */
export const slackWrites = (slack: Slack): Counts =>
  tally(
    slack
      .calls()
      .map(({ method }) => method)
      .filter((method) => !isSlackRead(method)),
  );

export const isSlackRead = (method: string): boolean =>
  /^(auth\.test|users\..*|bookmarks\.list|pins\.list|conversations\.(info|list|history|replies|members))$/.test(method);

/** What the controller asked of GitHub, git included: method and path, numbers left out. */
export const gitHubCalls = (github: GitHub): Counts =>
  tally(ofBot(github).map(({ method, path }) => `${method} ${path.replaceAll(/\d+/g, 'N')}`));

export const gitHubWrites = (github: GitHub): Counts =>
  tally(
    ofBot(github)
      // git fetches by POST, too.
      .filter(({ method, path }) => method !== 'GET' && !path.endsWith('git-upload-pack'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/\d+/g, 'N')}`),
  );

const ofBot = (github: GitHub) => github.received.filter(({ by }) => by === 'allclear-bot');

function tally(names: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export const total = (counts: Counts): number => Object.values(counts).reduce((sum, n) => sum + n, 0);

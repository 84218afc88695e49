import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, stop } from '../emulators/listen.ts';
import { isObject, object, parsed, text } from '../emulators/slack/json.ts';
import type { Input } from '../emulators/slack/view-state.ts';
import type { Slack } from '../emulators/slack.ts';
import { type Act, perform } from './acts.ts';
import { type Experiment, Experiments } from './experiments.ts';
import { escapeHtml } from './html.ts';
import { type Elsewhere, type Place, renderPage, type Viewer } from './layout.ts';
import type { Watch } from './kubectl-watch.ts';

export interface WorkspacePageOptions {
  readonly slack: Slack;
  /** Whom the page can be seen as, the first by default. */
  readonly viewers: readonly Viewer[];
  /** Started by its owner, with the page's `changed`. */
  readonly watch?: (changed: () => void) => Watch;
  /** Pages of the world beside Slack, asked for at every change. */
  readonly links?: () => Promise<readonly Elsewhere[]>;
  readonly experiments?: readonly Experiment[];
  /** What may follow a command, for suggestions. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
}

export interface WorkspacePage {
  /** Ends with a slash. A channel is at `archives/<id>`, a message at `archives/<id>/p<ts without its dot>`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Changes that come at once are shown at once. */
const gather = 120;
const mostBody = 1_000_000;

/** Serves the workspace to a browser, and makes auth.test name it, so that links to channels lead here. */
export async function startWorkspacePage(options: WorkspacePageOptions): Promise<WorkspacePage> {
  const { slack, viewers, links } = options;
  const [client, style] = await Promise.all(
    ['client.js', 'style.css'].map((name) => readFile(new URL(name, import.meta.url), 'utf8')),
  );
  const listeners = new Set<ServerResponse>();
  let pending: NodeJS.Timeout | undefined;
  const changed = (): void => {
    pending ??= setTimeout(() => {
      pending = undefined;
      for (const response of listeners) response.write('event: changed\ndata: \n\n');
    }, gather);
  };
  const unsubscribe = slack.app.onChange(changed);
  const experiments = new Experiments(options.experiments ?? [], changed);
  const watch = options.watch?.(changed);
  let origin = '';

  async function page(place: Place, response: ServerResponse): Promise<void> {
    const made = await renderPage(slack, place, viewers, {
      watch: watch && { command: watch.command, lines: watch.lines() },
      links: (await links?.()) ?? [],
      experiments: experiments.states(),
      words: options.words ?? {},
    });
    if (!made)
      return send(
        response,
        404,
        document(
          'Not found',
          `<main class="messages"><p class="empty">There is no such channel for ${escapeHtml(place.who)}. <a href="/${escapeHtml(place.who)}">Back to #general</a></p></main>`,
          place,
        ),
      );
    send(response, 200, document(made.title, made.body.html, place));
  }

  const known = (name: string | undefined): string | undefined => viewers.find((one) => one.name === name)?.name;

  async function get(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts = url.pathname.split('/').filter(Boolean);
    const [first = ''] = parts;
    if (first === 'client.js') return send(response, 200, client ?? '', 'text/javascript');
    if (first === 'style.css') return send(response, 200, style ?? '', 'text/css');
    if (first === 'events') return subscribe(request, response);
    const remembered = /(?:^|; )who=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    const who = known(first);
    // Links of messages and GitHub's pages name nobody: whoever looked last follows them.
    if (who === undefined) {
      const rest =
        first === 'archives' || first === 'home'
          ? `${url.pathname}${url.search}`
          : `/archives/${(await slack.channel('#general')).id}`;
      return redirect(response, `/${known(remembered) ?? viewers[0]?.name ?? ''}${rest}`);
    }
    response.setHeader('set-cookie', `who=${who}; Path=/; SameSite=Lax`);
    const [, what = '', channel = '', message = ''] = parts;
    if (what === 'home') return page({ who, at: 'home' }, response);
    if (what !== 'archives' || channel === '')
      return redirect(response, `/${who}/archives/${(await slack.channel('#general')).id}`);
    const ts = /^p(\d+)(\d{6})$/.exec(message);
    if (ts) {
      const at = `${ts[1]}.${ts[2]}`;
      const root = text(slack.app.message(channel, at)?.['thread_ts']);
      const thread = root === '' || root === at ? '' : `?thread=${root}`;
      return redirect(response, `/${who}/archives/${channel}${thread}#m-${at}`);
    }
    const thread = url.searchParams.get('thread');
    return page({ who, at: thread === null ? { channel } : { channel, thread } }, response);
  }

  async function post(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Another site's page must not press anything here.
    if (request.headers.origin !== origin) return send(response, 403, 'Not from this page.', 'text/plain');
    const body = object(parsed(await bodyOf(request)));
    const [who = '', act = ''] = url.pathname.split('/').filter(Boolean);
    if (who === 'experiment') {
      const started = experiments.start(act);
      return send(
        response,
        started ? 202 : 409,
        JSON.stringify({ said: started ? '' : 'It still runs.' }),
        'application/json',
      );
    }
    if (!viewers.some(({ name }) => name === who)) return send(response, 404, 'Nobody of that name.', 'text/plain');
    const said = await perform(slack, who, act as Act, body, inputs(body['values']));
    send(response, 200, JSON.stringify(said), 'application/json');
    changed();
  }

  function subscribe(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 500\n\n');
    listeners.add(response);
    request.once('close', () => listeners.delete(response));
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin);
    // A name that somebody else's DNS points to 127.0.0.1 is not this page.
    if (`http://${request.headers.host ?? ''}` !== origin) return send(response, 421, 'Not this host.', 'text/plain');
    const served = request.method === 'POST' ? post(url, request, response) : get(url, request, response);
    served.catch((error: unknown) => {
      if (!response.headersSent)
        send(response, 500, error instanceof Error ? error.message : String(error), 'text/plain');
    });
  });
  origin = await listen(server);
  slack.app.pageUrl = `${origin}/`;
  return {
    url: `${origin}/`,
    async close() {
      unsubscribe();
      clearTimeout(pending);
      for (const response of listeners) response.end();
      await watch?.stop();
      await stop(server);
    },
  };
}

const document = (title: string, body: string, { who }: Place): string => `<!doctype html>
<html lang="en" data-who="${escapeHtml(who)}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Slack, emulated</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"><script type="module" src="/client.js"></script>
</head><body>${body}</body></html>`;

function send(response: ServerResponse, status: number, body: string, type = 'text/html'): void {
  response
    .writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src * data:; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    })
    .end(body);
}

const redirect = (response: ServerResponse, location: string): void => void response.writeHead(302, { location }).end();

async function bodyOf(request: IncomingMessage): Promise<string> {
  let size = 0;
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > mostBody) throw new Error('too much');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}

/** Fields of a form by name: a text, or a list for checkboxes. */
function inputs(values: unknown): Record<string, Input> {
  if (!isObject(values)) return {};
  return Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, Input] => [
      name,
      Array.isArray(value) ? value.map(text) : text(value),
    ]),
  );
}

import { type Json, objects, text } from '../emulators/slack/json.ts';
import type { Slack } from '../emulators/slack.ts';
import { renderBlocks } from './blocks.ts';
import { type Directory, readDirectory, type Room } from './directory.ts';
import type { ExperimentState } from './experiments.ts';
import { type Html, html } from './html.ts';
import { avatar, type MessageMenu, renderMessages, type Surface } from './messages.ts';
import { renderModal } from './modal.ts';

/** A person whom the page can be seen as. */
export interface Viewer {
  readonly name: string;
  /** What this one may do, in a few words. */
  readonly about: string;
}

/** A page of the world beside Slack. */
export interface Elsewhere {
  readonly label: string;
  readonly url: string;
}

export interface PanelState {
  readonly watch: { readonly command: string; readonly lines: readonly string[] } | undefined;
  readonly links: readonly Elsewhere[];
  readonly experiments: readonly ExperimentState[];
  /** What may follow a command. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

export interface Place {
  readonly who: string;
  /** A channel's id, or the App Home. */
  readonly at: { readonly channel: string; readonly thread?: string } | 'home';
}

/** The whole page for one person at one place. Undefined: there is no such channel for him. */
export async function renderPage(
  slack: Slack,
  place: Place,
  viewers: readonly Viewer[],
  panel: PanelState,
): Promise<{ title: string; body: Html } | undefined> {
  const { who, at } = place;
  const directory = await readDirectory(slack, who);
  const room = at === 'home' ? undefined : directory.rooms.find(({ id }) => id === at.channel);
  if (at !== 'home' && !room) return undefined;
  const stack = slack.views(who);
  const top = stack.at(-1);
  const view =
    room && at !== 'home' ? await renderRoom(slack, who, room, at.thread, directory, panel.words) : undefined;
  return {
    title: room ? `${room.direct ? '' : '#'}${room.name}` : slack.app.config.name,
    body: html`<a class="skip" href="#main">Skip to the messages</a>
      <input type="checkbox" id="show-nav" class="toggle" aria-label="Show channels" />
      <nav id="nav" data-live aria-label="Channels">${renderNav(slack, place, viewers, directory)}</nav>
      <main id="main" class="${view?.thread ? 'with-thread' : ''}">
        ${view ? view.main : renderHome(slack, who, directory)}
      </main>
      ${view?.thread}
      <aside id="panel" aria-label="Behind it">${renderPanel(panel)}</aside>
      <div id="modals" data-live>
        ${top ? renderModal(top, slack.app.views.state(top.id), stack.length, directory) : undefined}
      </div>
      <div id="toasts" role="status" aria-live="polite"></div>`,
  };
}

function renderNav(slack: Slack, { who, at }: Place, viewers: readonly Viewer[], { rooms }: Directory): Html {
  const here = at === 'home' ? 'home' : at.channel;
  const rest = at === 'home' ? 'home' : `archives/${at.channel}`;
  const item = (room: Room): Html => {
    const latest = slack.app.latest(room.id) ?? '';
    return html`<li>
      <a
        href="/${who}/archives/${room.id}"
        ${room.id === here ? 'aria-current=page' : ''}
        data-room="${room.id}"
        data-latest="${latest}"
      >
        <span aria-hidden="true">${room.direct ? '💬' : room.private ? '🔒' : '#'}</span> ${room.name}
        ${room.archived ? html`<small>archived</small>` : undefined}
      </a>
    </li>`;
  };
  const about = viewers.find(({ name }) => name === who)?.about ?? '';
  return html`<header>
      <b>${slack.team.name}</b>
      <small class="emulated">An emulated Slack workspace on this machine</small>
    </header>
    <section class="people">
      <h2>You are</h2>
      <ul>
        ${viewers.map(
          ({ name, about: says }) =>
            html`<li>
              <a href="/${name}/${rest}" ${name === who ? 'aria-current=true' : ''} title="${says}"
                >${avatar(name, false)} ${name}</a
              >
            </li>`,
        )}
      </ul>
      <p class="rights">${about}</p>
    </section>
    <h2>Channels</h2>
    <ul class="rooms">
      ${rooms.filter((room) => !room.direct && !room.archived).map(item)}
    </ul>
    ${section('Direct messages', rooms.filter((room) => room.direct).map(item))}
    <h2>Apps</h2>
    <ul class="rooms">
      <li>
        <a href="/${who}/home" ${at === 'home' ? 'aria-current=page' : ''}
          ><span aria-hidden="true">🛟</span> ${slack.app.config.name}</a
        >
      </li>
    </ul>
    ${section('Archived', rooms.filter((room) => room.archived && !room.direct).map(item))}`;
}

const section = (title: string, items: readonly Html[]): Html | undefined =>
  items.length === 0
    ? undefined
    : html`<h2>${title}</h2>
        <ul class="rooms">
          ${items}
        </ul>`;

async function renderRoom(
  slack: Slack,
  who: string,
  room: Room,
  thread: string | undefined,
  directory: Directory,
  words: PanelState['words'],
): Promise<{ main: Html; thread: Html | undefined }> {
  const channel = room.id;
  const [history, pinned, marks, members] = await Promise.all([
    slack.call(who, 'conversations.history', { channel, limit: 200 }),
    slack.call(who, 'pins.list', { channel }),
    slack.call(who, 'bookmarks.list', { channel_id: channel }),
    slack.call(who, 'conversations.members', { channel, limit: 1000 }),
  ]);
  const pins = new Set(objects(pinned['items']).map((item) => text((item['message'] as Json | undefined)?.['ts'])));
  const messages = objects(history['messages']).toReversed();
  const own = slack.ephemerals(who).filter((one) => one.channel === channel);
  const menu: MessageMenu = {
    shortcuts: slack.app.config.shortcuts.filter((one) => one.type === 'message'),
  };
  const surface: Surface = { who, channel, directory, pins, menu, threads: true };
  const count = Array.isArray(members['members']) ? members['members'].length : 0;
  const topPin = messages.findLast((one) => pins.has(text(one['ts'])));
  const root =
    thread === undefined
      ? undefined
      : await slack.call(who, 'conversations.replies', { channel, ts: thread, limit: 200 });
  return {
    main: html`<header id="room" data-live class="room">
        <label for="show-nav" class="burger" aria-hidden="true">☰</label>
        <div>
          <h1>${room.direct ? '' : room.private ? '🔒 ' : '#'}${room.name}</h1>
          ${room.purpose === '' ? undefined : html`<p class="purpose" title="Purpose">${room.purpose}</p>`}
        </div>
        <span class="members" title="Members">👥 ${count}</span>
        <a class="to-panel" href="#panel">Behind it ↓</a>
      </header>
      <div id="bar" data-live class="bar">
        ${topPin ? html`<a href="#m-${text(topPin['ts'])}">📌 ${pins.size} pinned</a>` : undefined}
        ${objects(marks['bookmarks']).map(
          (one) =>
            html`<a href="${text(one['link'])}" target="_blank" rel="noopener"
              >${text(one['emoji']) === '' ? '🔖' : ''} ${text(one['title'])}</a
            >`,
        )}
      </div>
      <div id="messages" data-live data-scroll class="messages">
        ${messages.length === 0 ? html`<p class="empty">This is the very beginning of #${room.name}.</p>` : undefined}
        ${renderMessages(
          messages,
          own.filter((one) => one.thread === undefined),
          surface,
        )}
      </div>
      ${composer(slack, room, undefined, words)}`,
    thread:
      root && thread !== undefined
        ? html`<section id="thread" class="thread" aria-label="Thread">
            <header>
              <h2>Thread</h2>
              <small>#${room.name}</small>
              <a class="plain" href="/${who}/archives/${channel}" aria-label="Close the thread">✕</a>
            </header>
            <div id="replies" data-live data-scroll class="messages">
              ${renderMessages(
                objects(root['messages']),
                own.filter((one) => one.thread === thread),
                { ...surface, threads: false },
              )}
            </div>
            ${composer(slack, room, thread, words)}
          </section>`
        : undefined,
  };
}

function composer(slack: Slack, room: Room, thread: string | undefined, words: PanelState['words']): Html {
  if (room.archived) return html`<p class="composer closed">This channel is archived.</p>`;
  const id = thread === undefined ? 'compose' : 'compose-thread';
  const { commands, shortcuts } = slack.app.config;
  const known = commands.map((one) => ({ ...one, words: words[one.command] ?? [] }));
  const global = shortcuts.filter((one) => one.type === 'global');
  return html`<form class="composer" data-channel="${room.id}" data-thread="${thread ?? ''}" id="${id}-form">
    ${
      room.member || room.direct
        ? undefined
        : html`<p class="join">
            You are not in #${room.name}. <button type="button" class="button" data-join="${room.id}">Join</button>
          </p>`
    }
    <div class="suggestions" role="listbox" hidden></div>
    <div class="line">
      ${
        thread === undefined && global.length > 0
          ? html`<details class="more up">
              <summary aria-label="Shortcuts">⚡</summary>
              <div class="menu" role="menu">
                ${global.map(
                  ({ callbackId, name }) =>
                    html`<button type="button" role="menuitem" data-shortcut="${JSON.stringify({ callbackId })}">
                      ${name}
                    </button>`,
                )}
              </div>
            </details>`
          : undefined
      }
      <label class="hidden" for="${id}">Message</label>
      <textarea
        id="${id}"
        rows="1"
        autocomplete="off"
        placeholder="${thread === undefined ? `Message #${room.name}, or / for a command` : 'Reply…'}"
        data-commands="${thread === undefined ? JSON.stringify(known) : '[]'}"
      ></textarea>
      <button class="button primary" aria-label="Send">➤</button>
    </div>
  </form>`;
}

function renderHome(slack: Slack, who: string, directory: Directory): Html {
  const home = slack.home(who);
  const { name } = slack.app.config;
  return html`<header id="room" data-live class="room">
      <label for="show-nav" class="burger" aria-hidden="true">☰</label>
      <div>
        <h1>🛟 ${name}</h1>
        <p class="purpose">App Home</p>
      </div>
    </header>
    <div id="messages" data-live class="messages home" data-home>
      ${
        home
          ? renderBlocks(objects(home.content['blocks']), directory, { view: home.id })
          : html`<p class="empty">${name} has not published a Home tab for ${who} yet.</p>`
      }
    </div>`;
}

/** What happens outside Slack, and the buttons that make it go wrong. */
export function renderPanel({ watch, links, experiments }: PanelState): Html {
  return html`<header><h2>Behind it</h2></header>
    <div id="watch" data-live>
      ${
        watch
          ? html`<h3>Kubernetes <small>the real API server, the real kubectl</small></h3>
              <pre data-scroll class="kubectl" tabindex="0"><b>$ ${watch.command}</b>
${watch.lines.join('\n')}</pre>`
          : undefined
      }
    </div>
    <div id="links" data-live>
      ${
        links.length > 0
          ? html`<h3>Elsewhere</h3>
              <ul class="links">
                ${links.map(({ label, url }) => html`<li><a href="${url}" target="_blank" rel="noopener">${label}</a></li>`)}
              </ul>`
          : undefined
      }
    </div>
    <div id="experiments" data-live>
      ${
        experiments.length > 0
          ? html`<h3>Make it go wrong</h3>
              <ul class="experiments">
                ${experiments.map(
                  ({ experiment, running, said }) =>
                    html`<li>
                      <button
                        type="button"
                        class="button danger"
                        data-experiment="${experiment.id}"
                        ${running ? 'disabled' : ''}
                      >
                        ${experiment.label}${running ? ' …' : ''}
                      </button>
                      <p>${experiment.about}</p>
                      ${said.length > 0 ? html`<pre role="log">${said.join('\n')}</pre>` : undefined}
                    </li>`,
                )}
              </ul>`
          : undefined
      }
    </div>
    <footer>
      <h3>What is real, what is not</h3>
      <p>
        <b>Emulated:</b> Slack (its Web API, Socket Mode, modals and this page) and GitHub. They keep nothing and know
        nobody outside this machine.
      </p>
      <p>
        <b>Real:</b> the Kubernetes API server with etcd, kubectl, git, and AllClear with Slack’s own Bolt and Socket
        Mode client. Every press here travels through a WebSocket to it.
      </p>
    </footer>`;
}

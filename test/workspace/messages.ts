import type { Ephemeral } from '../emulators/slack/ephemerals.ts';
import { type Json, objects, text } from '../emulators/slack/json.ts';
import { renderBlocks, renderMarkup } from './blocks.ts';
import type { Directory } from './directory.ts';
import { type Html, html } from './html.ts';

/** What can be done with a message besides its own buttons. */
export interface MessageMenu {
  readonly shortcuts: readonly { readonly callbackId: string; readonly name: string }[];
}

export interface Surface {
  readonly who: string;
  readonly channel: string;
  readonly directory: Directory;
  readonly pins: ReadonlySet<string>;
  readonly menu: MessageMenu;
  /** Whether replies are counted and linked: not within a thread. */
  readonly threads: boolean;
}

const reactions: readonly (readonly [name: string, shown: string])[] = [
  ['pushpin', '📌'],
  ['eyes', '👀'],
  ['white_check_mark', '✅'],
];

/** Messages and what only this person sees, in the order of their times. */
export function renderMessages(messages: readonly Json[], ephemerals: readonly Ephemeral[], surface: Surface): Html {
  const all = [
    ...messages.map((one) => ({ ts: text(one['ts']), shown: () => renderMessage(one, surface) })),
    ...ephemerals.map((one) => ({ ts: one.ts, shown: () => renderEphemeral(one, surface) })),
  ].toSorted((a, b) => (a.ts < b.ts ? -1 : 1));
  let day = '';
  return html`${all.map(({ ts, shown }) => {
    const date = new Date(Number(ts) * 1_000).toLocaleDateString('en-GB', {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
    });
    const line = date === day ? undefined : html`<h3 class="day"><span>${date}</span></h3>`;
    day = date;
    return html`${line}${shown()}`;
  })}`;
}

function renderMessage(message: Json, surface: Surface): Html {
  const { directory, pins, channel, who } = surface;
  const ts = text(message['ts']);
  const author = directory.users.get(text(message['user']));
  const name = author?.name ?? text(message['username']) ?? 'somebody';
  const subtype = text(message['subtype']);
  if (subtype !== '' && subtype !== 'thread_broadcast') {
    return html`<article class="message line" id="m-${ts}">
      <p><b>${name}</b> ${renderMarkup(text(message['text']).replace(/^<@\w+> /, ''), directory)} ${time(ts)}</p>
    </article>`;
  }
  const blocks = objects(message['blocks']);
  const content =
    blocks.length > 0
      ? renderBlocks(blocks, directory, { channel, ts })
      : renderMarkup(text(message['text']), directory);
  const replies = Number(message['reply_count'] ?? 0);
  const thread = `/${who}/archives/${channel}?thread=${text(message['thread_ts']) || ts}`;
  return html`<article class="message ${pins.has(ts) ? 'pinned' : ''}" id="m-${ts}" data-ts="${ts}" tabindex="0">
    ${avatar(name, author?.app ?? false)}
    <div>
      ${pins.has(ts) ? html`<p class="pin">📌 Pinned</p>` : undefined}
      <header>
        <b>${name}</b>${author?.app ? html`<span class="app">APP</span>` : undefined}
        <a class="time" href="/${who}/archives/${channel}/p${ts.replace('.', '')}">${time(ts)}</a>
        ${message['edited'] === undefined ? undefined : html`<small class="edited">(edited)</small>`}
      </header>
      <div class="blocks">${content}</div>
      ${reactionsOf(message, ts, channel, directory)}
      ${
        surface.threads && replies > 0
          ? html`<p class="replies"><a href="${thread}">💬 ${replies} ${replies === 1 ? 'reply' : 'replies'}</a></p>`
          : undefined
      }
    </div>
    ${menuOf(ts, channel, thread, surface)}
  </article>`;
}

function renderEphemeral(one: Ephemeral, { directory, channel }: Surface): Html {
  const app = [...directory.users.values()].find((user) => user.app)?.name ?? 'App';
  const name = one.from === 'app' ? app : 'Slackbot';
  const content =
    one.blocks.length > 0
      ? renderBlocks(one.blocks, directory, { channel, ts: one.ts })
      : renderMarkup(one.text, directory);
  return html`<article class="message ephemeral" id="m-${one.ts}" data-ts="${one.ts}">
    ${avatar(name, true)}
    <div>
      <p class="only">👁 Only visible to you</p>
      <header><b>${name}</b><span class="app">APP</span> <span class="time">${time(one.ts)}</span></header>
      <div class="blocks">${content}</div>
      <button type="button" class="plain small" data-dismiss="${one.ts}">Dismiss message</button>
    </div>
  </article>`;
}

function reactionsOf(message: Json, ts: string, channel: string, directory: Directory): Html | undefined {
  const given = objects(message['reactions']);
  if (given.length === 0) return undefined;
  return html`<p class="reactions">
    ${given.map((one) => {
      const name = text(one['name']);
      const by = (Array.isArray(one['users']) ? one['users'] : []).map(
        (id) => directory.users.get(text(id))?.name ?? '',
      );
      const shown = reactions.find(([known]) => known === name)?.[1] ?? `:${name}:`;
      const press = JSON.stringify({ channel, ts, name });
      return html`<button type="button" class="reaction" data-react="${press}" title="${by.join(', ')}">
        ${shown} ${text(one['count'])}
      </button>`;
    })}
  </p>`;
}

function menuOf(ts: string, channel: string, thread: string, { menu, threads }: Surface): Html {
  return html`<details class="more" id="more-${ts}">
    <summary aria-label="More actions">⋯</summary>
    <div class="menu" role="menu">
      ${threads ? html`<a role="menuitem" href="${thread}">Reply in thread</a>` : undefined}
      <div class="emojis">
        ${reactions.map(
          ([name, shown]) =>
            html`<button
              type="button"
              role="menuitem"
              data-react="${JSON.stringify({ channel, ts, name })}"
              title=":${name}:"
            >
              ${shown}
            </button>`,
        )}
      </div>
      ${menu.shortcuts.map(
        ({ callbackId, name }) =>
          html`<button type="button" role="menuitem" data-shortcut="${JSON.stringify({ callbackId, channel, ts })}">
            ${name} <small>app</small>
          </button>`,
      )}
    </div>
  </details>`;
}

export const time = (ts: string): Html => {
  const at = new Date(Number(ts) * 1_000);
  return html`<time datetime="${at.toISOString()}">${at.toTimeString().slice(0, 5)}</time>`;
};

/** A square with the initial, its colour from the name. */
export function avatar(name: string, app: boolean): Html {
  const hue = Array.from(name).reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7) % 360;
  return html`<span class="avatar ${app ? 'for-app' : ''}" style="--hue:${hue}" aria-hidden="true"
    >${app ? '🛟' : name.slice(0, 1).toUpperCase()}</span
  >`;
}

import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { type Block, Message } from 'slack-blocks-to-jsx';
import { isObject, type Json, object, objects, text } from '../emulators/slack/json.ts';
import { withBlockIds } from '../emulators/slack/views.ts';
import type { Directory } from './directory.ts';
import { actionElement, type Target } from './elements.ts';
import { type Html, html, raw } from './html.ts';

/** A message's blocks as Slack shows them; its buttons and menus are ours, and go to `target`. */
export function renderBlocks(blocks: readonly Json[], directory: Directory, target: Target): Html {
  return html`${withBlockIds(blocks).map((block) => renderBlock(block, directory, target))}`;
}

/** Text with Slack's markup. */
export const renderMarkup = (mrkdwn: string, directory: Directory): Html =>
  mrkdwn === '' ? html`` : still([{ type: 'section', text: { type: 'mrkdwn', text: mrkdwn } }], directory);

/** The library takes tables, rules, images, headings and links of Markdown for markup, and drops some; to Slack they are text. */
export const notMarkdown = (mrkdwn: string): string =>
  mrkdwn
    .split('```')
    .map((part, i) =>
      i % 2 === 1 ? part : part.replaceAll(/^(?= {4}|\t|[|=#+-])/gm, '\u200B').replaceAll('](', ']\u200B('),
    )
    .join('```');

function renderBlock(block: Json, directory: Directory, target: Target): Html {
  const { accessory, ...rest } = block;
  const blockId = text(block['block_id']);
  if (block['type'] === 'actions') {
    const all = objects(block['elements']).map((element) => actionElement(element, blockId, directory, target));
    return html`<div class="actions">${all}</div>`;
  }
  if (accessory === undefined) return still([block], directory);
  const beside = object(accessory);
  const shown =
    beside['type'] === 'image'
      ? html`<img class="beside" src="${text(beside['image_url'])}" alt="${text(beside['alt_text'])}" />`
      : actionElement(beside, blockId, directory, target);
  return html`<div class="with-accessory">
    <div>${still([rest], directory)}</div>
    ${shown}
  </div>`;
}

const safe = /^(https?|mailto|slack):/;
const rendered = new Map<string, Html>();
const mostRendered = 2_000;

/** Blocks that nobody can press. The same ones are asked for at every change, so they are kept. */
function still(blocks: readonly Json[], directory: Directory): Html {
  const key = JSON.stringify([blocks, directory.rooms.map(({ id, name }) => id + name)]);
  const known = rendered.get(key);
  if (known) return known;
  const markup = renderToStaticMarkup(
    createElement(Message, {
      blocks: plainly(blocks) as Block[],
      logo: '',
      name: '',
      unstyled: true,
      withoutWrapper: true,
      hooks: {
        user: ({ id }) => {
          const name = directory.users.get(bare(id))?.name ?? id;
          return createElement('span', { className: 'mention' }, `@${name}`);
        },
        channel: ({ id, name }) => {
          const room = directory.rooms.find((one) => one.id === bare(id));
          const label = room?.name ?? name ?? bare(id);
          return createElement('a', { className: 'mention', href: `/archives/${bare(id)}` }, `#${label}`);
        },
        link: ({ href, children }) =>
          createElement(
            'a',
            safe.test(href) ? { href: href.replaceAll('&amp;', '&'), target: '_blank', rel: 'noopener' } : {},
            children,
          ),
      },
    }),
  );
  const made = raw(markup.replaceAll(' id="slack_blocks_to_jsx"', ''));
  if (rendered.size >= mostRendered) rendered.clear();
  rendered.set(key, made);
  return made;
}

/** Addresses that nobody marked as links stay text. */
const unlinked = (mrkdwn: string): string =>
  mrkdwn
    .split(/(<[^<>]*>)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/@(?=\w)|:(?=\/\/)/g, '$&\u200B')))
    .join('');

/** With every mrkdwn text in it as Slack takes it. */
function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainly);
  if (!isObject(value)) return value;
  const inside = Object.entries(value).map(([name, one]) => [name, plainly(one)] as const);
  const copy = Object.fromEntries(inside);
  if (value['type'] !== 'mrkdwn') return copy;
  // In Slack it only keeps addresses from becoming links; the library shows such text without any markup.
  const { verbatim, ...rest } = copy;
  const shown = notMarkdown(text(value['text']));
  return { ...rest, text: verbatim === true ? unlinked(shown) : shown };
}

/** The library leaves the label on: `C024BE91L|inc-00001`. */
const bare = (id: string): string => id.split('|')[0] ?? id;

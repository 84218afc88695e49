import { type Json, object, objects, text } from '../emulators/slack/json.ts';
import type { View, ViewState } from '../emulators/slack/views.ts';
import { renderBlocks } from './blocks.ts';
import type { Directory } from './directory.ts';
import { field, plain } from './elements.ts';
import { type Html, html } from './html.ts';

/** The topmost modal; the key changes whenever its content does, and not as somebody types. */
export function renderModal(view: View, state: ViewState, depth: number, directory: Directory): Html {
  const { content } = view;
  const blocks = objects(content['blocks']);
  const key = JSON.stringify([view.id, view.hash, view.errors, view.banner ?? '']);
  const submit = plain(content['submit']);
  return html`<dialog class="modal" data-view="${view.id}" data-key="${key}" aria-labelledby="modal-title">
    <form method="dialog" novalidate>
      <header>
        <h2 id="modal-title">${plain(content['title'])}</h2>
        ${depth > 1 ? html`<span class="depth">${depth} of 3</span>` : undefined}
        <button type="button" class="plain" data-close aria-label="Close">✕</button>
      </header>
      ${view.banner === undefined ? undefined : html`<p class="banner" role="alert">${view.banner}</p>`}
      <div class="body">${blocks.map((block) => part(block, state, view, directory))}</div>
      <footer>
        <button type="button" class="button" data-close>${plain(content['close']) || 'Cancel'}</button>
        ${submit === '' ? undefined : html`<button type="submit" class="button primary">${submit}</button>`}
      </footer>
    </form>
  </dialog>`;
}

function part(block: Json, state: ViewState, view: View, directory: Directory): Html {
  if (block['type'] !== 'input') return renderBlocks([block], directory, { view: view.id });
  const blockId = text(block['block_id']);
  const kept = state[blockId]?.[text(object(block['element'])['action_id'])];
  return field(block, kept, view.errors[blockId], directory);
}

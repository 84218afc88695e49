import { type Json, object, objects, text } from '../emulators/slack/json.ts';
import { plainValue } from '../emulators/slack/view-state.ts';
import type { Directory } from './directory.ts';
import { type Html, html } from './html.ts';

/** What a press is about: a message or an ephemeral by its ts and channel, or a view by its id. */
export type Target = { readonly channel: string; readonly ts: string } | { readonly view: string };

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

/** A button, menu or picker of a message or of a modal's actions: using it sends block_actions. */
export function actionElement(element: Json, blockId: string, directory: Directory, target: Target): Html {
  const type = text(element['type']);
  const actionId = text(element['action_id']);
  const press = JSON.stringify({ ...target, action: actionId, block: blockId });
  const confirm = object(element['confirm']);
  const asks = confirm['title'] === undefined ? '' : JSON.stringify(confirmWords(confirm));
  if (type === 'button') {
    const label = plain(element['text']);
    const style = text(element['style']);
    const url = text(element['url']);
    if (url !== '') {
      return html`<a class="button ${style}" href="${url}" target="_blank" rel="noopener" data-press="${press}"
        >${label}</a
      >`;
    }
    return html`<button type="button" class="button ${style}" data-press="${press}" data-confirm="${asks}">
      ${label}
    </button>`;
  }
  const choices = choicesOf(element, directory);
  if (choices !== undefined) {
    const multiple = type.startsWith('multi_') || type === 'checkboxes';
    if (multiple) {
      return html`<fieldset class="choices" data-press="${press}" data-confirm="${asks}">
        ${choices.map((one) => choice('checkbox', actionId, one, initialOf(element).includes(one.value)))}
      </fieldset>`;
    }
    return html`<select
      class="button"
      data-press="${press}"
      data-confirm="${asks}"
      aria-label="${plain(element['placeholder']) || actionId}"
    >
      <option value="">${plain(element['placeholder']) || (type === 'overflow' ? '⋯' : 'Choose')}</option>
      ${choices.map(
        (one) =>
          html`<option value="${one.value}" ${initialOf(element).includes(one.value) ? 'selected' : ''}>
            ${one.label}
          </option>`,
      )}
    </select>`;
  }
  return html`<input
    class="button"
    type="${inputTypes[type] ?? 'text'}"
    value="${initialOf(element)[0] ?? ''}"
    data-press="${press}"
    aria-label="${actionId}"
  />`;
}

/** A field of a modal's input block, with what was typed so far. */
export function field(block: Json, kept: Json | undefined, error: string | undefined, directory: Directory): Html {
  const element = object(block['element']);
  const blockId = text(block['block_id']);
  const type = text(element['type']);
  const label = plain(block['label']);
  const id = `f-${blockId}`;
  const values = kept === undefined ? initialOf(element) : [plainValue(kept)].flat().filter((one) => one !== '');
  const required = block['optional'] === true ? html`<span class="optional">(optional)</span>` : html``;
  const help = html`${plain(block['hint']) === '' ? undefined : html`<p class="hint">${plain(block['hint'])}</p>`}
  ${error === undefined ? undefined : html`<p class="error" id="${id}-error" role="alert">${error}</p>`}`;
  const common = error === undefined ? html`` : html`aria-invalid="true" aria-describedby="${id}-error"`;
  const choices = choicesOf(element, directory);
  if (choices !== undefined && (type.startsWith('multi_') || type === 'checkboxes' || type === 'radio_buttons')) {
    const kind = type === 'radio_buttons' ? 'radio' : 'checkbox';
    return html`<fieldset class="field choices ${error === undefined ? '' : 'wrong'}">
      <legend>${label} ${required}</legend>
      <div class="scroll">${choices.map((one) => choice(kind, blockId, one, values.includes(one.value)))}</div>
      ${choices.length === 0 ? html`<p class="hint">Nothing to choose from.</p>` : undefined}${help}
    </fieldset>`;
  }
  let control: Html;
  if (choices !== undefined) {
    control = html`<select id="${id}" name="${blockId}" ${common}>
      <option value="">${plain(element['placeholder']) || 'Choose'}</option>
      ${choices.map(
        (one) =>
          html`<option value="${one.value}" ${values.includes(one.value) ? 'selected' : ''}>
            ${one.label}${one.hint === '' ? '' : ` – ${one.hint}`}
          </option>`,
      )}
    </select>`;
  } else if (element['multiline'] === true) {
    control = html`<textarea
      id="${id}"
      name="${blockId}"
      rows="4"
      placeholder="${plain(element['placeholder'])}"
      ${common}
    >
${values[0] ?? ''}</textarea>`;
  } else {
    control = html`<input
      id="${id}"
      name="${blockId}"
      type="${inputTypes[type] ?? 'text'}"
      value="${values[0] ?? ''}"
      placeholder="${plain(element['placeholder'])}"
      autocomplete="off"
      ${common}
    />`;
  }
  return html`<div class="field ${error === undefined ? '' : 'wrong'}">
    <label for="${id}">${label} ${required}</label>${control}${help}
  </div>`;
}

/** A plain_text object's text. */
export const plain = (value: unknown): string => text(object(value)['text']);

const inputTypes: Readonly<Record<string, string>> = {
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
};

function choice(kind: 'checkbox' | 'radio', name: string, { value, label, hint }: Choice, checked: boolean): Html {
  return html`<label class="choice">
    <input type="${kind}" name="${name}" value="${value}" ${checked ? 'checked' : ''} />
    <span>${label}${hint === '' ? undefined : html`<small>${hint}</small>`}</span>
  </label>`;
}

function choicesOf(element: Json, { users, rooms }: Directory): Choice[] | undefined {
  const type = text(element['type']);
  if (type.endsWith('users_select')) {
    return [...users.values()]
      .filter((one) => !one.app)
      .map(({ id, name }) => ({ value: id, label: `@${name}`, hint: '' }));
  }
  if (/(conversations|channels)_select$/.test(type)) {
    return rooms
      .filter((room) => !room.archived && !room.direct)
      .map(({ id, name }) => ({ value: id, label: `#${name}`, hint: '' }));
  }
  if (!Array.isArray(element['options'])) return undefined;
  return objects(element['options']).map((one) => ({
    value: text(one['value']),
    label: plain(one['text']),
    hint: plain(one['description']),
  }));
}

function initialOf(element: Json): string[] {
  const found: unknown[] = Object.entries(element)
    .filter(([name]) => name.startsWith('initial_'))
    .flatMap(([, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]));
  return found.map((one) => text(object(one)['value']) || text(one)).filter((one) => one !== '');
}

const confirmWords = (confirm: Json): Record<string, string> => ({
  title: plain(confirm['title']),
  text: plain(confirm['text']),
  confirm: plain(confirm['confirm']),
  deny: plain(confirm['deny']),
  style: text(confirm['style']),
});

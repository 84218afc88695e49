// Keeps the page as the server has it, and brings presses to it. All else is the server's.
const { who } = document.documentElement.dataset;

/** @param {string} act @param {object} body */
async function post(act, body) {
  try {
    const response = await fetch(act.startsWith('/') ? act : `/${who}/${act}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const answer = response.headers.get('content-type')?.includes('json')
      ? await response.json()
      : { said: await response.text() };
    if (answer.said) toast(answer.said);
  } catch {
    toast('The page’s server is gone.');
  }
}

/** @param {string} words */
function toast(words) {
  const line = document.createElement('p');
  line.textContent = words;
  document.getElementById('toasts').append(line);
  setTimeout(() => line.remove(), 8_000);
}

// --- Live: whatever is marked is replaced when the server's differs.

let refreshing = false;
let again = false;

async function refresh() {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  try {
    const response = await fetch(location.href);
    if (response.ok) take(new DOMParser().parseFromString(await response.text(), 'text/html'));
  } catch {
    // The event source says when the server is back.
  }
  refreshing = false;
  if (again) {
    again = false;
    void refresh();
  }
}

/** @param {Document} fresh */
function take(fresh) {
  for (const theirs of fresh.querySelectorAll('[data-live]')) {
    const ours = document.getElementById(theirs.id);
    if (!ours || before.get(theirs.id) === theirs.innerHTML) continue;
    before.set(theirs.id, theirs.innerHTML);
    if (theirs.id === 'modals') {
      takeModal(ours, theirs);
      continue;
    }
    const open = [...ours.querySelectorAll('details[open]')].map(({ id }) => id);
    const focused = ours.contains(document.activeElement) ? pathOf(document.activeElement) : undefined;
    const lists = [ours, ...ours.querySelectorAll('[data-scroll]')].filter((list) => 'scroll' in list.dataset);
    const bottoms = lists.map(atBottom);
    ours.replaceChildren(...document.importNode(theirs, true).childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (focused) ours.querySelector(focused)?.focus({ preventScroll: true });
    const now = [ours, ...ours.querySelectorAll('[data-scroll]')].filter((list) => 'scroll' in list.dataset);
    for (const [i, list] of now.entries()) if (bottoms[i] ?? true) list.scrollTop = list.scrollHeight;
  }
  unread();
}

/** @param {Element} list */
const atBottom = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;

/** A selector for what has the focus, so that it keeps it. @param {Element} element */
function pathOf(element) {
  for (const name of ['data-press', 'data-react', 'data-experiment', 'data-room', 'data-ts']) {
    const value = element.getAttribute(name);
    if (value !== null) return `[${name}="${CSS.escape(value)}"]`;
  }
  return element.id ? `#${CSS.escape(element.id)}` : undefined;
}

/** A modal is replaced only when its content is another, so that nobody's typing is lost. */
function takeModal(ours, theirs) {
  const [old, fresh] = [ours.querySelector('dialog'), theirs.querySelector('dialog')];
  if (old?.dataset.key === fresh?.dataset.key) return;
  ours.replaceChildren(...document.importNode(theirs, true).childNodes);
  showModal();
}

function showModal() {
  const dialog = document.querySelector('#modals dialog');
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const wrong = dialog.querySelector('[aria-invalid]') ?? dialog.querySelector('.wrong input');
  (wrong ?? dialog.querySelector('.field input, .field textarea, .field select'))?.focus();
  // Escape closes it in Slack, too, and the app may want to know.
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    void post('close', { view: dialog.dataset.view });
  });
}

// --- Channels with something new are bold, until they are looked at.

function unread() {
  const here = document.querySelector('[data-room][aria-current]');
  if (here && document.visibilityState === 'visible')
    sessionStorage.setItem(`seen-${who}-${here.dataset.room}`, here.dataset.latest);
  for (const room of document.querySelectorAll('[data-room]')) {
    const seen = sessionStorage.getItem(`seen-${who}-${room.dataset.room}`) ?? opened;
    room.classList.toggle('unread', room !== here && room.dataset.latest > seen);
  }
}
const opened = sessionStorage.getItem('opened') ?? (Date.now() / 1_000).toFixed(6);
sessionStorage.setItem('opened', opened);

// --- Presses

/** @param {HTMLFormElement | null} form */
function valuesOf(form) {
  const values = {};
  for (const input of form?.querySelectorAll('.field [name]') ?? []) {
    if (input.type === 'checkbox') {
      values[input.name] ??= [];
      if (input.checked) values[input.name].push(input.value);
    } else if (input.type === 'radio') {
      values[input.name] ??= '';
      if (input.checked) values[input.name] = input.value;
    } else if (input.type === 'datetime-local') {
      values[input.name] = input.value === '' ? '' : String(Math.floor(new Date(input.value).getTime() / 1_000));
    } else values[input.name] = input.value;
  }
  return values;
}

/** @param {Element} element @param {string | string[] | undefined} value */
async function press(element, value) {
  if (element.dataset.confirm && !(await confirmed(JSON.parse(element.dataset.confirm)))) return;
  const body = { ...JSON.parse(element.dataset.press), ...(value === undefined ? {} : { value }) };
  if (body.view) body.values = valuesOf(element.closest('form'));
  element.classList.add('pressed');
  await post('press', body);
  element.classList.remove('pressed');
}

/** Slack's confirmation, with the app's words. */
function confirmed({ title, text, confirm, deny, style }) {
  const dialog = document.createElement('dialog');
  dialog.className = 'modal confirm';
  const [heading, words, footer] = ['h2', 'p', 'footer'].map((name) => document.createElement(name));
  heading.textContent = title;
  words.textContent = text;
  for (const [label, answer, look] of [
    [deny, 'no', ''],
    [confirm, 'yes', style || 'primary'],
  ]) {
    const button = document.createElement('button');
    button.className = `button ${look}`;
    button.textContent = label;
    button.addEventListener('click', () => dialog.close(answer));
    footer.append(button);
  }
  dialog.append(heading, words, footer);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}

document.addEventListener('click', (event) => {
  const at = /** @type {Element} */ (event.target);
  const near = (name) => at.closest(`[data-${name}]`);
  const menu = at.closest('details.more');
  for (const open of document.querySelectorAll('details.more[open]')) if (open !== menu) open.removeAttribute('open');
  const pressed = at.closest('button[data-press], a[data-press]');
  if (pressed) void press(pressed);
  const [shortcut, react, dismiss, join, close, experiment] = [
    'shortcut',
    'react',
    'dismiss',
    'join',
    'close',
    'experiment',
  ].map(near);
  if (shortcut) void post('shortcut', JSON.parse(shortcut.dataset.shortcut));
  if (react) void post('react', JSON.parse(react.dataset.react));
  if (dismiss) void post('dismiss', { ts: dismiss.dataset.dismiss });
  if (join) void post('join', { channel: join.dataset.join }).then(() => location.reload());
  if (close) void post('close', { view: close.closest('dialog').dataset.view });
  if (experiment) void post(`/experiment/${experiment.dataset.experiment}`, {});
  if (menu && (shortcut || react)) menu.removeAttribute('open');
});

document.addEventListener('change', (event) => {
  const at = /** @type {HTMLInputElement} */ (event.target);
  const element = at.closest('select[data-press], input[data-press], fieldset[data-press]');
  if (!element) return;
  const chosen = element.matches('fieldset')
    ? [...element.querySelectorAll(':checked')].map(({ value }) => value)
    : at.value;
  void press(element, chosen);
});

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  event.preventDefault();
  const dialog = form.closest('dialog.modal');
  if (dialog) {
    const button = form.querySelector('[type=submit]');
    button.disabled = true;
    void post('submit', { view: dialog.dataset.view, values: valuesOf(form) }).finally(() => {
      button.disabled = false;
    });
  } else if (form.matches('.composer')) void sendLine(form);
});

// --- The line where people type

/** @param {HTMLFormElement} form */
async function sendLine(form) {
  const line = form.querySelector('textarea');
  const text = line.value;
  if (text.trim() === '') return;
  line.value = '';
  suggest(line);
  await post('say', { text, channel: form.dataset.channel, thread: form.dataset.thread });
}

/** Commands that begin as the line does; after a command, its words. @param {HTMLTextAreaElement} line */
function suggest(line) {
  const box = line.form.querySelector('.suggestions');
  const typed = line.value;
  const commands = JSON.parse(line.dataset.commands);
  let options = [];
  if (/^\/\S*$/.test(typed)) {
    options = commands
      .filter(({ command }) => command.startsWith(typed))
      .map(({ command, description, usage }) => ({ text: `${command} `, label: command, hint: description, usage }));
  } else if (typed.startsWith('/')) {
    const [, name, word] = /^(\/\S+)\s+(\S*)$/.exec(typed) ?? [];
    const known = commands.find(({ command }) => command === name);
    options = (known?.words ?? [])
      .filter((one) => one.startsWith(word ?? '') && one !== word)
      .map((one) => ({ text: `${name} ${one} `, label: one, hint: '', usage: '' }));
  }
  box.replaceChildren(
    ...options.slice(0, 15).map(({ text, label, hint, usage }, i) => {
      const option = document.createElement('button');
      option.type = 'button';
      option.role = 'option';
      option.ariaSelected = String(i === 0);
      option.append(Object.assign(document.createElement('b'), { textContent: label }), ` ${hint}`);
      if (usage) option.append(Object.assign(document.createElement('code'), { textContent: usage }));
      option.addEventListener('click', () => {
        line.value = text;
        line.focus();
        suggest(line);
      });
      return option;
    }),
  );
  box.hidden = options.length === 0;
}

document.addEventListener('input', (event) => {
  const line = /** @type {HTMLTextAreaElement} */ (event.target);
  if (!line.matches('.composer textarea')) return;
  line.rows = Math.min(6, line.value.split('\n').length);
  suggest(line);
});

document.addEventListener('keydown', (event) => {
  const at = /** @type {HTMLElement} */ (event.target);
  if (event.key === 'Escape')
    for (const open of document.querySelectorAll('details.more[open]')) open.removeAttribute('open');
  if (!at.matches('.composer textarea')) return;
  const options = [...at.form.querySelectorAll('.suggestions button')];
  const chosen = options.findIndex((one) => one.ariaSelected === 'true');
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    at.form.requestSubmit();
  } else if (event.key === 'Tab' && options.length > 0 && !event.shiftKey) {
    event.preventDefault();
    options[Math.max(0, chosen)].click();
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && options.length > 0) {
    event.preventDefault();
    const next = (chosen + (event.key === 'ArrowDown' ? 1 : options.length - 1)) % options.length;
    for (const [i, one] of options.entries()) one.ariaSelected = String(i === next);
  }
});

// --- Start

const before = new Map([...document.querySelectorAll('[data-live]')].map((one) => [one.id, one.innerHTML]));
showModal();
unread();
if (!location.hash) for (const list of document.querySelectorAll('[data-scroll]')) list.scrollTop = list.scrollHeight;
if (document.querySelector('[data-home]')) void post('home', {});
const events = new EventSource('/events');
events.addEventListener('changed', () => void refresh());
events.addEventListener('open', () => void refresh());
document.addEventListener('visibilitychange', unread);

import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { recordAnnotation } from '../api/names.ts';
import { named, namings, type KnownPerson, type Naming } from './blameless.ts';
import { schema } from './postmortem.ts';

/** A fault in a record's folder, for the person who can mend it. */
export interface Problem {
  readonly file: string;
  /** From 1; absent: the whole file. */
  readonly line?: number;
  /** What is wrong. */
  readonly message: string;
  /** What to do. */
  readonly fix: string;
}

/**
 * Checks one post-mortem folder: path → content; only the last part of a path counts. The record must parse, every
 * sentence of the narrative cite an entry that exists, and name nobody outside quotations. A block quote rests on the
 * sentence before it. Owners, due dates and answers are asked for once the status says accepted.
 */
export function checkRecord(files: Readonly<Record<string, string>>): readonly Problem[] {
  const byName = new Map(Object.entries(files).map(([path, content]) => [path.split('/').at(-1), content]));
  const missing = ['record.json', 'timeline.md', 'postmortem.md'].filter((name) => !byName.has(name));
  const record = checkJson(byName.get('record.json') ?? '{}');
  const timeline = checkTimeline(byName.get('timeline.md') ?? '');
  return [
    ...missing.map((file) => ({
      file,
      message: 'the file is missing',
      fix: 'Restore it from the branch’s first commits.',
    })),
    ...(missing.includes('record.json') ? [] : record.problems),
    ...(missing.includes('timeline.md') ? [] : timeline.problems),
    ...(missing.includes('postmortem.md')
      ? []
      : checkPostmortem(byName.get('postmortem.md') ?? '', timeline.entries, record.people)),
  ];
}

interface JsonCheck {
  readonly problems: readonly Problem[];
  /** Everybody whom the record names. */
  readonly people: readonly Naming[];
}

const onlyOurs = 'It is written by AllClear alone; restore it from the first commit.';
const fail = (message: string): JsonCheck => ({
  problems: [{ file: 'record.json', message, fix: onlyOurs }],
  people: [],
});

function checkJson(content: string): JsonCheck {
  let record: unknown;
  try {
    record = JSON.parse(content);
  } catch (error) {
    return fail(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const items = list(field(record, 'items'));
  if (field(record, 'kind') !== 'List' || field(items[0], 'kind') !== 'Incident') return fail('it holds no Incident');
  const marked = items.every(
    (item) => field(field(field(item, 'metadata'), 'annotations'), recordAnnotation) === 'true',
  );
  if (!marked) return fail(`an object lacks the annotation ${recordAnnotation}, so that applying it would act`);
  return { problems: [], people: namings(items.flatMap(peopleIn)) };
}

const person = (name: unknown, role: string, holder = false): KnownPerson[] =>
  typeof name === 'string' ? [{ name, role, holder }] : [];

function peopleIn(item: unknown): KnownPerson[] {
  const spec = field(item, 'spec');
  const roles = field(spec, 'roles');
  return [
    ...(isRecord(roles) ? Object.entries(roles).flatMap(([role, name]) => person(name, `the ${role}`, true)) : []),
    ...(field(spec, 'type') === 'Role'
      ? ['from', 'to'].flatMap((key) => person(field(spec, key), 'the commander', true))
      : []),
    ...person(field(field(spec, 'change'), 'by'), 'a responder'),
    ...person(field(spec, 'author'), 'a responder'),
    ...list(field(field(spec, 'resolution'), 'correctiveActions')).flatMap((a) =>
      person(field(a, 'owner'), 'an owner'),
    ),
  ];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const field = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const problem = (message: string): Problem => ({ file: 'timeline.md', message, fix: onlyOurs });

function checkTimeline(content: string): { problems: Problem[]; entries: ReadonlySet<string> } {
  const found = [...content.matchAll(/^\| <a id="(t\d{2,})"><\/a>(T\d{2,}) \|/gm)].map(([, anchor]) => anchor ?? '');
  const twice = found.find((anchor, i) => found.indexOf(anchor) !== i);
  return {
    problems: [
      ...(found.length === 0 ? [problem('it holds no entry')] : []),
      ...(twice === undefined ? [] : [problem(`the entry ${twice.toUpperCase()} stands there twice`)]),
    ],
    entries: new Set(found),
  };
}

const narrativeSections = /^(Summary|Durations|Impact|Cause|Contributing factors|What went well)\b/;
const citation = /\[(T\d{2,})\]\(timeline\.md#(t\d{2,})\)/g;

function checkPostmortem(content: string, entries: ReadonlySet<string>, people: readonly Naming[]): Problem[] {
  const parts = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(content);
  if (parts?.[1] === undefined)
    return [
      {
        file: 'postmortem.md',
        line: 1,
        message: 'it has no front matter',
        fix: `Begin it with ---, schema: ${schema} and the other fields, and a second ---.`,
      },
    ];
  const front = checkFront(parts[1]);
  const first = parts[0].split('\n').length;
  const problems: Problem[] = [];
  let section = '';
  let introduced = false;
  for (const [i, line] of content.slice(parts[0].length).split(/\r?\n/).entries()) {
    const at = first + i;
    const heading = /^## (.+)$/.exec(line)?.[1];
    section = heading ?? section;
    if (heading !== undefined) introduced = false;
    if (heading !== undefined || line.trim() === '') continue;
    const add = (message: string, fix: string): number =>
      problems.push({ file: 'postmortem.md', line: at, message, fix });
    for (const [whole, shown, anchor = ''] of line.matchAll(citation)) {
      if (shown?.toLowerCase() !== anchor)
        add(`the citation ${whole} shows one entry and leads to another`, 'Make both the same.');
      else if (!entries.has(anchor)) add(`the entry ${shown} is not in timeline.md`, 'Cite an entry that is.');
    }
    if (narrativeSections.test(section)) {
      if (!isQuote(line)) sentence(line, people, add);
      else if (!introduced)
        add('nothing says whose words this quotation is', 'Put a sentence with its citation before it.');
      introduced = true;
    }
    if (front.accepted && /^\s*[-*] \[ \]/.test(line))
      add('a question is open', 'Answer it and tick it, or set status back to draft.');
  }
  return [...front.problems, ...problems];
}

/** People's words, which are theirs: they cite nothing, and name whom they name. */
const isQuote = (line: string): boolean => /^ {0,3}>/.test(line);

function sentence(line: string, people: readonly Naming[], add: (message: string, fix: string) => void): void {
  const after = line.split(citation).at(-1)?.trim() ?? '';
  if (line.search(citation) === -1)
    add('this sentence cites no entry', 'End it with the entries it rests on: [T01](timeline.md#t01).');
  else if (after !== '' && after !== '.')
    add('the words after the last citation cite no entry', 'Put a citation behind them too.');
  const someone = named(line, people);
  if (someone !== undefined)
    add(`the narrative names a person (${someone.name})`, `Write what happened, with the role: ${someone.role}.`);
}

function checkFront(text: string): { problems: Problem[]; accepted: boolean } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: Problem[] = [];
  // The front matter begins on the file's second line.
  const add = (node: unknown, message: string, fix: string): void => {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    problems.push({
      file: 'postmortem.md',
      line: offset === undefined ? 1 : lines.linePos(offset).line + 1,
      message,
      fix,
    });
  };
  for (const error of document.errors)
    add(undefined, `the front matter is not YAML: ${error.message}`, 'Mend its syntax.');
  if (document.errors.length > 0) return { problems, accepted: false };
  if (scalar(document, 'schema') !== schema)
    add(document.get('schema', true), `the schema is not ${schema}`, `Set schema: ${schema}.`);
  const status = scalar(document, 'status');
  if (status !== 'draft' && status !== 'accepted')
    add(
      document.get('status', true),
      'the status is neither draft nor accepted',
      'Set status: draft or status: accepted.',
    );
  const items = document.get('action_items');
  if (!isSeq(items)) add(undefined, 'action_items is not a list', 'Write action_items: [] or a list.');
  else for (const item of items.items) actionItem(item, status === 'accepted', add);
  return { problems, accepted: status === 'accepted' };
}

function actionItem(
  item: unknown,
  accepted: boolean,
  add: (node: unknown, message: string, fix: string) => void,
): void {
  if (!isMap(item)) return add(item, 'an action item is not a map', 'Write {id, what, kind, owner, due}.');
  const text = (key: string): string => {
    const found: unknown = item.get(key);
    return typeof found === 'string' ? found.trim() : '';
  };
  const name = text('id') || 'an action item';
  if (text('what') === '') add(item, `${name} does not say what is to be done`, 'Set what.');
  if (!accepted) return undefined;
  if (text('owner') === '') add(item, `${name} has no owner`, 'Set owner to the person who does it.');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text('due')))
    add(item, `${name} has no due date`, 'Set due to a day such as 2026-07-01.');
  return undefined;
}

const isNode = (value: unknown): value is Node => isScalar(value) || isMap(value) || isSeq(value);

function scalar(document: Document, key: string): unknown {
  const node = document.get(key, true);
  return isScalar(node) ? node.value : undefined;
}

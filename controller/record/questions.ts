import { byTime } from '../timeline/order.ts';
import { severityWord } from '../document/words.ts';
import { troubled } from '../capabilities/effect-words.ts';
import { markdown } from '../document/markdown.ts';
import { doubtsOf } from './doubts.ts';
import { closingEntry, fixed, numbersOf, place, timesOf, trouble, type RecordView } from './entries.ts';

export type Topic =
  | 'start'
  | 'detection'
  | 'times'
  | 'impact'
  | 'services'
  | 'cause'
  | 'commander'
  | 'severity'
  | 'reopened'
  | 'told'
  | 'actions'
  | 'lessons';

/** A gap or contradiction in the record, for people to close. */
export interface Question {
  /** Q1, in order. */
  readonly id: string;
  readonly topic: Topic;
  /** Markdown. */
  readonly text: string;
  readonly cites: readonly string[];
}

type Asked = Omit<Question, 'id'>;

/** What a reviewer would ask. None is smoothed over: each stays open until a person ticks it. */
export function questions(view: RecordView): readonly Question[] {
  const asked = [...times(view), ...facts(view), ...course(view), ...told(view), ...actions(view)];
  return asked.map((question, i) => ({ id: `Q${i + 1}`, ...question }));
}

const ask = (topic: Topic, text: string, ...cites: string[]): Asked => ({ topic, text, cites: [...new Set(cites)] });

function times(view: RecordView): Asked[] {
  const { started, detected } = timesOf(view);
  return [
    ...(started === undefined ? [ask('start', 'When did it begin? No time is recorded.', fixed.started)] : []),
    ...(detected === undefined
      ? [ask('detection', 'When was it noticed, and by what? No time is recorded.', fixed.detected)]
      : []),
    ...doubtsOf(view).map(({ what, cites }) => ask('times', `Which time is wrong? ${what}.`, ...cites)),
  ];
}

function facts(view: RecordView): Asked[] {
  const { spec } = view.incident;
  const commanded =
    spec.roles?.['commander'] !== undefined || view.updates.some((u) => u.spec.type === 'Role' && Boolean(u.spec.to));
  return [
    ...(spec.customerSummary === undefined
      ? [ask('impact', 'What did customers see, and how many of them? Nothing is recorded.', fixed.declared)]
      : []),
    ...(spec.services?.length
      ? []
      : [ask('services', 'Which services were affected? None is recorded.', fixed.declared)]),
    ...(spec.resolution?.rootCause === undefined
      ? [ask('cause', 'Why did it happen? No root cause is recorded.', closingEntry(view))]
      : []),
    ...(commanded ? [] : [ask('commander', 'Who commanded? Nobody is recorded.', fixed.declared)]),
  ];
}

function course(view: RecordView): Asked[] {
  const ofUpdate = numbersOf(view);
  const entry = (name: string): string => ofUpdate.get(name) ?? fixed.declared;
  const word = (severity = ''): string => markdown(severityWord(severity, view.policy.spec.severities));
  const changes = view.updates.filter((u) => u.spec.type === 'Severity').toSorted(byTime);
  const reopened = view.updates.filter((u) => u.spec.type === 'State' && u.spec.from === 'Resolved').toSorted(byTime);
  const path = [changes[0]?.spec.from, ...changes.map((u) => u.spec.to)].map(word).join(' → ');
  return [
    ...(changes.length === 0
      ? []
      : [
          ask(
            'severity',
            `The severity went ${path}: did the incident change, or was it misjudged at first?`,
            fixed.declared,
            ...changes.map((u) => entry(u.metadata.name)),
          ),
        ]),
    ...(reopened.length === 0
      ? []
      : [
          ask(
            'reopened',
            'It was reopened: what was missed at the first all clear?',
            ...reopened.map((u) => entry(u.metadata.name)),
          ),
        ]),
  ];
}

/** One question a place, however many notices it missed. */
function told(view: RecordView): Asked[] {
  const ofUpdate = numbersOf(view);
  const missed = new Map<string, { how: Set<string>; cites: string[] }>();
  for (const update of view.updates.toSorted(byTime))
    for (const [key, entry] of Object.entries(update.status?.effects ?? {})) {
      if (!troubled(entry)) continue;
      const where = place(key, entry, view.reach.noun);
      const known = missed.get(where) ?? { how: new Set(), cites: [] };
      missed.set(where, known);
      known.how.add(trouble(entry));
      known.cites.push(ofUpdate.get(update.metadata.name) ?? fixed.declared);
    }
  return [...missed].map(([where, { how, cites }]) =>
    ask('told', `Was ${where} told, and does it matter? The receipt says: ${[...how].join(', ')}.`, ...cites),
  );
}

function actions(view: RecordView): Asked[] {
  const wanted = view.incident.spec.resolution?.correctiveActions ?? [];
  const end = closingEntry(view);
  if (wanted.length === 0) return [ask('actions', 'What keeps it from happening again? No action is recorded.', end)];
  const resolved = timesOf(view).resolved;
  const ended = resolved === undefined ? '' : new Date(resolved).toISOString().slice(0, 10);
  return wanted.flatMap(({ owner, due }, i) => {
    const name = `A${i + 1}`;
    if (owner === undefined && due === undefined) return [ask('actions', `Who does ${name}, and by when?`, end)];
    if (owner === undefined) return [ask('actions', `Who does ${name}?`, end)];
    if (due === undefined) return [ask('actions', `By when is ${name} done?`, end)];
    return due < ended
      ? [ask('actions', `${name} is due on ${markdown(due)}, before the all clear: which day is meant?`, end)]
      : [];
  });
}

import { doubtsOf, type Doubt } from './doubts.ts';
import { closingEntry, fixed, isDeclared, timesOf, type RecordView, type Times } from './entries.ts';
import { clockTime, day, dayTime } from './timeline.ts';

/** One of the three durations that a post-mortem states, with how it was worked out. */
export interface Measure {
  readonly name: 'To detect' | 'To acknowledge' | 'To resolve';
  /** Milliseconds; absent: not known. */
  readonly value?: number;
  /** `T02 − T01 = 10:52:30 − 10:48:00`, or why it is not known. */
  readonly formula: string;
  /** Entries it rests on. */
  readonly cites: readonly string[];
}

interface Point {
  readonly time: keyof Times;
  readonly id: string;
  readonly at: number | undefined;
  readonly what: string;
}

/** From the start to being noticed; from that to the declaration; from the start (else the declaration) to the all clear. */
export function measures(view: RecordView): readonly Measure[] {
  const times = timesOf(view);
  const { started, detected, declared, resolved } = pointsOf(view, times);
  const doubts = doubtsOf(view);
  return [
    measure(doubts, 'To detect', started, detected),
    measure(doubts, 'To acknowledge', detected, declared),
    measure(doubts, 'To resolve', times.started === undefined ? declared : started, resolved),
  ];
}

function pointsOf(view: RecordView, times: Times): Record<'started' | 'detected' | 'declared' | 'resolved', Point> {
  const declaredAt = isDeclared(view) ? times.declared : undefined;
  return {
    started: { time: 'started', id: fixed.started, at: times.started, what: 'the start' },
    detected: { time: 'detected', id: fixed.detected, at: times.detected, what: 'the detection' },
    declared: { time: 'declared', id: fixed.declared, at: declaredAt, what: 'the declaration' },
    resolved: { time: 'resolved', id: closingEntry(view), at: times.resolved, what: 'the all clear' },
  };
}

function measure(doubts: readonly Doubt[], name: Measure['name'], from: Point, to: Point): Measure {
  const cites = [...new Set([from.id, to.id])];
  const missing = [from, to].find(({ at }) => at === undefined);
  if (from.at === undefined || to.at === undefined)
    return { name, formula: `no time of ${missing?.what ?? 'it'} is recorded`, cites };
  const show = day(from.at) === day(to.at) ? clockTime : dayTime;
  const formula = `${to.id} − ${from.id} = ${show(to.at)} − ${show(from.at)}`;
  const doubt = doubts.find(({ of }) => of.includes(from.time) || of.includes(to.time));
  if (doubt !== undefined) return { name, formula: `${doubt.what.replace(/^(?:It|The) /, lower)}, ${formula}`, cites };
  return { name, value: to.at - from.at, formula, cites };
}

const lower = (word: string): string => word.toLowerCase();

/** `42 s`, `4 min 30 s`, `1 h 5 min`, `2 d 3 h`: the two largest units, rounded down. */
export function span(ms: number): string {
  const total = Math.floor(Math.max(0, ms) / 1_000);
  const units = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3_600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'min'],
    [total % 60, 's'],
  ] as const;
  const first = units.findIndex(([n]) => n > 0);
  if (first === -1) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}

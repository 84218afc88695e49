import { aligned } from '../io.ts';
import type { Story, ToldCondition, ToldEffect } from './story.ts';

/** Those that sum up the others. */
const summaries: ReadonlySet<string> = new Set(['Ready', 'Reconciling', 'Stalled']);

export function printStory(story: Story): string[] {
  const { id, namespace, name, title, severity, state, declaredAt, warnings, conditions, updates } = story;
  return [
    `${id}: ${title}`,
    `Incident ${namespace}/${name}, ${severity}, ${state}, ${state === 'Triage' ? 'raised' : 'declared'} ${declaredAt}`,
    ...warnings.map((warning) => `! ${warning}`),
    ...conditions.filter(({ type }) => type === 'Ready').flatMap((ready) => sentence(ready)),
    '',
    ...print(
      conditions.filter(({ type }) => !summaries.has(type)),
      '',
    ),
    ...updates.flatMap((update) => [
      '',
      `${update.at} ${update.subject}${update.author === undefined ? '' : `, by ${update.author}`} (${update.name})`,
      ...(update.text === undefined ? [] : [`  “${update.text.replaceAll(/\s+/g, ' ').slice(0, 200)}”`]),
      ...print(
        update.conditions.filter(({ type }) => !summaries.has(type)),
        '  ',
      ),
    ]),
  ];
}

function print(conditions: readonly ToldCondition[], indent: string): string[] {
  const cells = aligned(
    conditions.flatMap(({ effects }) => effects.map(cellsOf)),
    `${indent}  `,
  );
  return conditions.flatMap((condition) => [
    ...sentence(condition).map((line) => indent + line),
    ...condition.effects.flatMap((effect) => [
      cells.shift() ?? '',
      ...(effect.advice === undefined ? [] : [`${indent}      → ${effect.advice}`]),
    ]),
  ]);
}

function sentence({ type, status, reason, message, todo, effects }: ToldCondition): string[] {
  // Where effects follow, they say it themselves.
  const words = effects.length > 0 && reason === 'Done' ? '' : ` ${message}`;
  return [`${type}: ${status}, ${reason}.${words}`.trimEnd(), ...(todo === undefined ? [] : [`  → ${todo}`])];
}

const marks: Readonly<Record<ToldEffect['state'], string>> = {
  Pending: '…',
  Done: '✓',
  Failed: '✗',
  Unknown: '?',
  Expired: '✗',
  Cancelled: '-',
};

function cellsOf({ key, state, sound, words, integration, at, attempt, cause, ref, facts }: ToldEffect): string[] {
  const known = Object.entries({ ...ref, ...facts })
    .filter(([field, value]) => field !== 'refused' && value !== '')
    .map(([field, value]) => `${field}=${value}`);
  return [
    `${state === 'Done' && !sound ? '✗' : marks[state]} ${key}`,
    state,
    integration ?? 'cluster',
    `${at}${attempt > 1 ? ` (attempt ${attempt}${cause === undefined ? '' : `, ${cause}`})` : ''}`,
    [words, ...(known.length === 0 ? [] : [`[${known.join(' ')}]`])].join(' '),
  ];
}

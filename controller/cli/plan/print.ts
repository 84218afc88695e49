import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { severityWord, titleOf } from '../../document/words.ts';
import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { Planned } from '../../runtime/phase.ts';
import { oneLine } from '../../text.ts';
import { headline } from '../../update/render/words.ts';
import { aligned, count } from '../io.ts';
import type { Action, Intended } from './judge.ts';
import { shown } from './pretend.ts';
import type { IncidentPlan, ObjectPlan } from './simulate.ts';
import { brief, wordsOf } from './words.ts';

export interface Titled {
  readonly plan: IncidentPlan;
  readonly isNew: boolean;
  readonly notes: readonly string[];
}

/** One condition's lines. */
export interface ConditionPlan {
  readonly condition: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly action: Action | 'off' | 'skip' | 'wait';
  readonly key?: string;
  readonly integration?: string;
  readonly detail: string;
  readonly reason?: string;
}

/** What each phase would do, in the order in which people read them. */
export function conditionsOf({ planned, intended }: ObjectPlan): ConditionPlan[] {
  return planned.map(({ condition, plan }) => ({ condition, lines: linesOf(plan, intended) }));
}

function linesOf(plan: Planned<ProductEffect>['plan'], intended: ObjectPlan['intended']): Line[] {
  if ('skip' in plan) {
    const { reason, message } = plan.skip;
    return [
      {
        action: reason === 'NotConfigured' || reason === 'NotSupported' ? 'off' : 'skip',
        detail: shown(message),
        reason,
      },
    ];
  }
  if ('wait' in plan) return [{ action: 'wait', detail: shown(plan.wait.message), reason: plan.wait.reason }];
  if ('failed' in plan) return [{ action: 'held', detail: shown(plan.failed.message), reason: plan.failed.reason }];
  const keys = 'effects' in plan ? plan.effects.map(({ key }) => key) : plan.release;
  const lines = keys.flatMap((key) => {
    const found = intended.get(key);
    return found === undefined ? [] : [lineOf(key, found)];
  });
  const held = 'effects' in plan ? plan.held : undefined;
  return held
    ? [...lines, { action: 'held', detail: `${held.reason}: ${shown(held.message)}`, reason: held.reason }]
    : lines;
}

function lineOf(key: string, { action, effect, entry, reason, message }: Intended): Line {
  const integration = effect?.integration ?? entry?.integration;
  const why = reason === undefined ? '' : `${reason}: ${message ?? ''}`;
  const what = effect === undefined ? Object.values(entry?.ref ?? {}).join(' ') : wordsOf(effect);
  return {
    action,
    key,
    ...(integration === undefined ? {} : { integration }),
    detail: action === 'held' || action === 'late' ? why : what,
    ...(reason === undefined ? {} : { reason }),
  };
}

const signs: Readonly<Record<Line['action'], string>> = {
  create: '+',
  edit: '~',
  release: '-',
  keep: '=',
  held: '!',
  late: '!',
  off: '- off',
  skip: '- none',
  wait: '? wait',
};

/** One incident’s plan as text. Of one that exists only what would change. */
export function printPlan({ plan, isNew, notes }: Titled): string[] {
  const { incident, policy } = plan;
  const { namespace, name } = incident.metadata;
  const { severity, mode } = incident.spec;
  const rules = policy.name === undefined ? 'no ResponsePolicy' : `ResponsePolicy ${policy.name}`;
  const status = isNew ? 'new' : (incident.status?.id ?? 'not numbered yet');
  const blocks = [
    { heading: [], conditions: conditionsOf(plan) },
    ...plan.updates.map((each) => ({
      heading: [`  ${each.fresh ? 'new ' : ''}update: ${subjectOf(each.update, plan)}`],
      conditions: conditionsOf(each),
    })),
  ].flatMap(({ heading, conditions }) => {
    const seen = isNew ? conditions : conditions.filter(({ lines }) => lines.some(isChange));
    return seen.length === 0 ? [] : [...heading, ...print(seen, isNew)];
  });
  return [
    `Incident ${namespace}/${name} (${status}): ${severityWord(severity, policy.spec.severities)}, ${oneLine(titleOf(incident))}`,
    `  by ${rules}${mode === 'Live' ? '' : `, mode ${mode}`}`,
    ...notes.map((note) => `  note: ${note}`),
    ...(blocks.length === 0 ? [`  ${unchanged(plan)}`] : blocks),
  ];
}

function unchanged(plan: IncidentPlan): string {
  const kept = [plan, ...plan.updates].reduce((sum, { intended }) => sum + intended.size, 0);
  return kept === 0 ? 'Nothing is done for it.' : `No change: all ${count(kept, 'effect')} are as they should be.`;
}

/** What an update tells: `declared SEV2 (High)`. */
export function subjectOf(update: IncidentUpdate, { incident, updates, policy }: IncidentPlan): string {
  const named = { id: incident.status?.id ?? '', number: incident.status?.number ?? 0 };
  const all = updates.map((each) => each.update);
  const words = headline(update, { incident, named, updates: all, severities: policy.spec.severities ?? {} });
  const { type, text } = update.spec;
  return oneLine(text === undefined || changesSpec.has(type) ? words : `${words}: ${brief(text)}`);
}

/** Their text is the title, the reason or the resolution, and stands elsewhere. */
const changesSpec: ReadonlySet<string> = new Set(['State', 'Severity', 'Escalation', 'Role']);

const changes: ReadonlySet<Line['action']> = new Set(['create', 'edit', 'release', 'late', 'held', 'wait']);
const isChange = ({ action }: Line): boolean => changes.has(action);

/** Conditions as headings, their lines under them; all columns of a block stand under each other. */
function print(conditions: readonly ConditionPlan[], all: boolean): string[] {
  const rows = conditions.flatMap(({ condition, lines }) => {
    const seen = all ? lines : lines.filter(isChange);
    return seen.length === 0 ? [] : [{ heading: condition }, ...seen.map((line) => ({ cells: cellsOf(line) }))];
  });
  const cells = aligned(
    rows.flatMap((row) => ('cells' in row ? [row.cells] : [])),
    '    ',
  );
  return rows.map((row) => ('cells' in row ? (cells.shift() ?? '') : `  ${row.heading}`));
}

function cellsOf({ action, key, integration, detail }: Line): string[] {
  return key === undefined
    ? [`${signs[action]}  ${detail}`]
    : [`${signs[action]} ${key}`, integration ?? 'cluster', detail];
}

/** The last line: how much of what. */
export function summaryOf(plans: readonly Titled[], offline: boolean): string {
  const lines = plans.flatMap(({ plan }) =>
    [plan, ...plan.updates].flatMap(conditionsOf).flatMap((each) => each.lines),
  );
  const of = (...actions: Line['action'][]): number => lines.filter(({ action }) => actions.includes(action)).length;
  const held = of('held', 'late');
  const parts = [
    `${of('create')} to create`,
    `${of('edit')} to edit`,
    ...(of('release') > 0 ? [`${of('release')} to release`] : []),
    ...(held > 0 ? [`${held} held back`] : []),
    ...(of('off') > 0 ? [`${of('off')} off`] : []),
  ];
  const source = offline ? ' Planned from the files alone: no cluster was asked.' : '';
  return `Plan: ${parts.join(', ')}. Nothing was sent or written.${source}`;
}

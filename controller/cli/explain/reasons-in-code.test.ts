import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capabilities } from '../../capabilities/capabilities.ts';
import { reasonLines } from './reasons.ts';

const controller = new URL('../../', import.meta.url);

/** Each way in which the code gives a reason: `reason: 'X'`, `new Rejected('X'`, and the helpers that take one by place. */
const ways: readonly RegExp[] = [
  /\breason(?::| =|: \w+ =) '(\w+)'/g,
  /\bReason = '(\w+)'/g,
  /\bRejected\(\s*'(\w+)'/g,
  /\w+Outside = '(\w+)'/g,
  /\bsuper\(\s*'([A-Z]\w+)'/g,
  /\bwaitingFor\(\s*'(\w+)'/g,
  /\bverdict\(\s*'\w+',\s*'\w+',\s*'(\w+)'/g,
  /\bmark\(\s*'\w+',\s*'(\w+)'/g,
  /\bwait\(\s*\w+,\s*'(\w+)'/g,
  /\bevent\(\s*\w+,\s*'(?:Normal|Warning)',\s*'(\w+)'/g,
  // What a ternary or a fallback chooses from.
  /\b(?:reason|done)\b[^;\n]*\? '([A-Z]\w+)' :/g,
  /\b(?:reason|done)\b[^;\n]*\? '[A-Z]\w+' : '([A-Z]\w+)'/g,
  /\breason\b[^;\n]*\?\? '([A-Z]\w+)'/g,
];

/** Of an entry without a reason of its own, its state is the condition's. */
const states = ['Pending', 'Done', 'Failed', 'Unknown', 'Expired', 'Cancelled'];
/** Of the Events for what was done the first time: `TicketDone`. */
const milestones = Object.keys(capabilities).map((kind) => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Done`);

function reasonsInCode(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync('**/*.ts', { cwd: controller.pathname })) {
    if (/\.test\.ts$|\.gen\.ts$|^cli\//.test(file)) continue;
    const text = readFileSync(new URL(file, controller), 'utf8');
    for (const way of ways) for (const [, reason = ''] of text.matchAll(way)) found.set(reason, file);
  }
  return found;
}

describe('docs/reasons.md', () => {
  const code = reasonsInCode();
  const told = reasonLines();

  it('finds reasons in the code in each way of giving one', () => {
    const known = ['NotConfigured', 'WaitingForNumber', 'ChannelNameTaken', 'Degraded', 'NotWanted', 'Settling'];
    const others = ['OutcomeUnknown', 'AllClear', 'Released', 'Gone', 'AccountChanged', 'InvalidToken', 'InProgress'];
    expect([...known, ...others].filter((reason) => !code.has(reason))).toEqual([]);
  });

  it('has a line for every reason in the code', () => {
    expect([...code].filter(([reason]) => !told.has(reason)).map(([reason, file]) => `${reason} (${file})`)).toEqual(
      [],
    );
    expect([...states, ...milestones].filter((reason) => !told.has(reason))).toEqual([]);
  });

  it('has no line for a reason that nothing gives any more', () => {
    const given = new Set([...code.keys(), ...states, ...milestones]);
    expect([...told.keys()].filter((reason) => !given.has(reason))).toEqual([]);
  });

  it('says in each line what it means and what to do', () => {
    expect([...told.values()].filter(({ means, todo }) => means.length < 10 || todo.length < 5)).toEqual([]);
  });
});

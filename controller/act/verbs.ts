import type { AnyVerb } from './verb.ts';
import { close } from './verbs/close.ts';
import { declare } from './verbs/declare.ts';
import { deescalate } from './verbs/deescalate.ts';
import { drill } from './verbs/drill.ts';
import { duplicate } from './verbs/duplicate.ts';
import { escalate } from './verbs/escalate.ts';
import { helpOf } from './verbs/help.ts';
import { list } from './verbs/list.ts';
import { oncall } from './verbs/oncall.ts';
import { reopen } from './verbs/reopen.ts';
import { role } from './verbs/role.ts';
import { severity } from './verbs/severity.ts';
import { state } from './verbs/state.ts';
import { status } from './verbs/status.ts';
import { update } from './verbs/update.ts';

/** All that people can do and ask, in the order of help: the only list. */
export const verbs: readonly AnyVerb[] = [
  declare,
  list,
  status,
  update,
  severity,
  state,
  escalate,
  deescalate,
  role,
  oncall,
  duplicate,
  close,
  reopen,
  drill,
  helpOf(() => verbs),
];

/** By its name or another first word for it. */
export const verbNamed = (word: string): AnyVerb | undefined =>
  verbs.find(({ name, aliases = [] }) => name === word || aliases.includes(word));

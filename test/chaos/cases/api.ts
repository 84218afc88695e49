import type { Case } from '../cases.ts';
import type { Trace } from '../trace.ts';
import { apiAwayCases } from './api-away.ts';
import { apiWriteCasesOf } from './api-writes.ts';
import { backAndForthCases } from './back-and-forth.ts';
import { clockCasesOf } from './clocks.ts';
import { lagCasesOf } from './lag.ts';
import { linkCases } from './links.ts';
import { longGoneCasesOf } from './long-gone.ts';
import { containedCases } from './contained.ts';
import { poisonCases } from './poison.ts';
import { refusedStatusCases } from './refused-status.ts';
import { watchCases } from './watches.ts';

/** What can go wrong between the controller and its cluster, with time, and with what people ask for. */
export const apiCasesOf = (trace: Trace): Case[] => [
  ...apiWriteCasesOf(trace),
  ...watchCases(),
  ...apiAwayCases(),
  ...clockCasesOf(trace),
  ...lagCasesOf(trace),
  ...backAndForthCases(),
  ...poisonCases(),
  ...containedCases,
  ...refusedStatusCases,
  ...linkCases,
  ...longGoneCasesOf(trace),
];

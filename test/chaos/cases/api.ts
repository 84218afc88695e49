import type { Case } from '../cases.ts';
import type { Trace } from '../trace.ts';
import { apiWriteCasesOf } from './api-writes.ts';
import { watchCases } from './watches.ts';

/** What can go wrong between the controller and its cluster, and with time. */
export const apiCasesOf = (trace: Trace): Case[] => [...apiWriteCasesOf(trace), ...watchCases()];

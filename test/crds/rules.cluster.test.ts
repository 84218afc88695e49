import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { apiOf, type Api, type Answer } from './api.ts';
import type { Case } from './cases.ts';
import { incidentSpecCases } from './incident-spec-cases.ts';
import { otherCases } from './other-cases.ts';
import { statusCases } from './status-cases.ts';
import { textCases } from './text-cases.ts';

let api: Api;
beforeAll(async () => {
  const cluster = sharedCluster();
  api = apiOf(cluster, await cluster.newNamespace());
});
afterAll(() => api.close());

async function run({ kind, before, status, metadata, write, on }: Case): Promise<Answer> {
  if (before === undefined) return api.create(kind, write, metadata);
  const made = await api.create(kind, before);
  if (made.code !== 201) throw new Error(`what was before is refused: ${made.message}`);
  const stated = status === undefined ? made : await api.patch(kind, made.name, { status }, 'status');
  if (stated.code > 201) throw new Error(`the status before is refused: ${stated.message}`);
  return api.patch(kind, made.name, write, on === 'status' ? 'status' : '');
}

const all = [...incidentSpecCases, ...statusCases, ...otherCases, ...textCases];

/** What was written stands in the message in quotes; the rest is ours, and no sentence has these. */
const withoutValues = (message: string): string => message.replaceAll(/value: "(?:[^"\\]|\\.)*"/g, 'value');
const ofExpressions = /[\\^$]|\[\^?[a-zA-Z0]-|\*\)|\+\)/;

describe('accepted by the API server', () => {
  it.each(all.filter((row) => row.refused === undefined))('$kind: $name', async (row) => {
    const { code, message } = await run(row);
    expect({ code, message }).toEqual({ code: row.before === undefined ? 201 : 200, message: '' });
  });
});

describe('refused by the API server, in words', () => {
  it.each(all.filter((row) => row.refused !== undefined))('$kind: $name', async (row) => {
    const { code, message, causes } = await run(row);
    expect(code).toBe(422);
    expect(withoutValues(message)).not.toMatch(ofExpressions);
    expect(causes).toContainEqual({
      field: row.refused?.field,
      message: expect.stringContaining(row.refused?.says ?? '?'),
    });
  });
});

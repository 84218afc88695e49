import type { Recorded } from '../emulators/faults.ts';
import { impatient } from '../world/impatient.ts';
import { isSlackRead } from '../world/count.ts';
import { startWorld } from '../world/world.ts';
import type { SharedCluster } from '../cluster/shared.ts';
import { startApiProxy } from './api-proxy.ts';
import type { ApiRequest } from './api-request.ts';
import { acceptRecord, playStory } from './story.ts';

/** Where in the story something can go wrong, as one undisturbed run of it showed. */
export interface Trace {
  /** `send:channel:1`: each boundary that each effect passed, with how often it had by then. */
  readonly boundaries: readonly string[];
  /** Each write to the outside. */
  readonly writes: readonly Write[];
  /** Each write to the API server, the Lease and Events apart. */
  readonly apiWrites: readonly ApiWrite[];
}

/** `patch incidents/status`, and which one of these it was, from 1. */
export interface ApiWrite {
  readonly call: string;
  readonly nth: number;
}

export interface Write {
  readonly to: 'slack' | 'github';
  /** Slack's method, or the HTTP method and the path without numbers. */
  readonly call: string;
  /** Which one of these it was, from 1. */
  readonly nth: number;
}

/** Plays the story once and notes what it passes. A new phase or vendor appears here by itself. */
export async function traceStory(cluster: SharedCluster): Promise<Trace> {
  await using api = await startApiProxy(cluster);
  await using world = await startWorld(
    { ...cluster, kubeconfig: api.kubeconfig },
    { env: { ...impatient, ALLCLEAR_TEST_TRACE: '1' } },
  );
  await playStory(world);
  await acceptRecord(world);
  const passed = world.controller.log
    .filter(({ event }) => event === 'boundary')
    .map(({ at, effect }) => `${String(at)}:${String(effect)}`);
  const slack = world.slack
    .calls()
    .map(({ method }) => method)
    .filter((method) => !isSlackRead(method));
  const github = world.faults.calls.filter(isGitHubWrite).map(callOf);
  return {
    boundaries: numbered(passed).map(([name, nth]) => `${name}:${nth}`),
    writes: [
      ...numbered(slack).map(([call, nth]): Write => ({ to: 'slack', call, nth })),
      ...numbered(github).map(([call, nth]): Write => ({ to: 'github', call, nth })),
    ],
    apiWrites: numbered(api.calls.filter(isApiWrite).map(apiCall)).map(([call, nth]) => ({ call, nth })),
  };
}

/** `POST /repos/acme/incidents/issues/N/comments`. */
export const callOf = ({ method, path }: Pick<Recorded, 'method' | 'path'>): string =>
  `${method} ${path.replace(/\?.*/, '').replaceAll(/\d+/g, 'N')}`;

/** git fetches by POST, too. */
export const isGitHubWrite = ({ method, path }: Pick<Recorded, 'method' | 'path'>): boolean =>
  method !== 'GET' && !path.endsWith('git-upload-pack');

/** A Lease is renewed by time, and a lost Event is lost. */
export const isApiWrite = ({ verb, plural }: Pick<ApiRequest, 'verb' | 'plural'>): boolean =>
  ['create', 'patch', 'update', 'delete'].includes(verb) && !['leases', 'events'].includes(plural);

export const apiCall = ({ verb, resource }: Pick<ApiRequest, 'verb' | 'resource'>): string => `${verb} ${resource}`;

function numbered(names: readonly string[]): [string, number][] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return [name, nth];
  });
}

import type { Desired } from '../capabilities/capabilities.ts';
import type { Port } from '../runtime/effect.ts';

/** The counter as it is stored: one ConfigMap in the release namespace. */
export interface Numbers {
  /** The next free number, from 1. */
  readonly next: number;
  /** uid → number, so that a repeat gets the same one. The latest `kept` only: by then a number is in its Incident's status. */
  readonly assigned: Readonly<Record<string, number>>;
}

export interface NumberStore {
  /** undefined when there is no counter yet. `version` fences the write. */
  read(): Promise<{ readonly numbers: Numbers; readonly version: string } | undefined>;
  /** Compare and swap; false when somebody else wrote first. */
  write(numbers: Numbers, version: string | undefined): Promise<boolean>;
}

/** About 25 KB of the ConfigMap's 1 MiB. */
const kept = 500;

/** `INC-00447`: five digits, more when there are more. */
export const incidentId = (number: number): string => `INC-${String(number).padStart(5, '0')}`;

/**
 * Numbers, each given once, to one uid. Requests that come while a write is under way share the next one.
 * @param floor the highest number known in the cluster, asked before each write
 * @param recorded the highest number that stands in a record; asked while there is no counter
 */
export function numberPort(
  store: NumberStore,
  floor: () => number,
  recorded: () => Promise<number> = () => Promise.resolve(0),
): Port<Desired['number']> {
  let waiting: Batch | undefined;
  /** One write at a time: two of ours must not compete. */
  let last: Promise<unknown> = Promise.resolve();
  const begin = (): Batch => {
    const uids: string[] = [];
    const numbers = last.then(() => {
      waiting = undefined;
      return allocate(store, uids, floor(), recorded);
    });
    last = numbers.catch(() => {});
    return { uids, numbers };
  };
  const take = async (uid: string): Promise<number> => {
    waiting ??= begin();
    const { uids, numbers } = waiting;
    uids.push(uid);
    const number = (await numbers)[uid];
    if (number === undefined) throw new Error(`no number was given to ${uid}`);
    return number;
  };
  return {
    recover: 'resend',
    async create(call) {
      call.go();
      return { ref: { number: String(await take(call.owner.uid)) } };
    },
  };
}

interface Batch {
  readonly uids: string[];
  readonly numbers: Promise<Readonly<Record<string, number>>>;
}

async function allocate(
  store: NumberStore,
  uids: readonly string[],
  floor: number,
  recorded: () => Promise<number>,
): Promise<Readonly<Record<string, number>>> {
  for (;;) {
    const stored = await store.read();
    const assigned: Record<string, number> = { ...stored?.numbers.assigned };
    // A new install, or one that has lost its counter: others may have counted before.
    let next = Math.max(stored?.numbers.next ?? (await recorded()) + 1, floor + 1);
    const missing = uids.filter((uid) => assigned[uid] === undefined);
    if (missing.length === 0) return assigned;
    for (const uid of missing) assigned[uid] ??= next++;
    const latest = Object.fromEntries(
      Object.entries(assigned)
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, Math.max(kept, uids.length)),
    );
    if (await store.write({ next, assigned: latest }, stored?.version)) return assigned;
  }
}

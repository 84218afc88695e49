import { mutations, type Mutation } from '../../controller/runtime/mutation.ts';
import type { SharedCluster } from '../cluster/shared.ts';
import type { Case } from './cases.ts';
import { mutants } from './mutants.ts';
import { runCase, type Result } from './run-case.ts';

/** What became of one mutant. */
interface Fate {
  readonly mutation: Mutation;
  /** The first case that noticed; undefined: none did. */
  readonly caught: Result | undefined;
  /** Why it shows nothing: it does not start, or a case of its sample did not come about. */
  readonly problem?: string;
  readonly seconds: number;
}

/** Breaks the protocol in each way and shows which case notices. Prints a table; the last line is `N passed, N failed`. */
export async function runMutants(
  cluster: SharedCluster,
  all: readonly Case[],
  { workers, only }: { workers: number; only: string | undefined },
): Promise<boolean> {
  const chosen = mutations.filter((mutation) => only === undefined || mutation.includes(only));
  const byName = new Map(all.map((one) => [one.name, one]));
  const casesOf = (mutation: Mutation): readonly Case[] => mutants[mutation].flatMap((name) => byName.get(name) ?? []);
  // How often a message is edited differs a little between two traces, so one of a sample may be missing.
  const untried = chosen.filter((mutation) => casesOf(mutation).length === 0).flatMap((mutation) => mutants[mutation]);
  if (untried.length > 0) throw new Error(`the sweep has none of these cases any more: ${untried.join(', ')}`);
  const queue = [...chosen];
  const fates: Fate[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const fate = await tryOut(cluster, next, casesOf(next));
      fates.push(fate);
      console.error(line(fate));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const order = (fate: Fate): number => chosen.indexOf(fate.mutation);
  console.log(
    fates
      .toSorted((a, b) => order(a) - order(b))
      .map(line)
      .join('\n'),
  );
  const survived = fates.filter(({ caught }) => !caught).length;
  console.log(`${fates.length - survived} passed, ${survived} failed`);
  return survived === 0 && fates.length > 0;
}

async function tryOut(cluster: SharedCluster, mutation: Mutation, cases: readonly Case[]): Promise<Fate> {
  const began = performance.now();
  const fate = (caught: Result | undefined, problem?: string): Fate => ({
    mutation,
    caught,
    ...(problem === undefined ? {} : { problem }),
    seconds: (performance.now() - began) / 1_000,
  });
  try {
    let problem: string | undefined;
    for (const one of cases) {
      const result = await runCase(cluster, { ...one, world: { ...one.world, mutation } });
      if (result.violations.length > 0) return fate(result);
      if (result.missed) problem = `${one.name} did not come about`;
    }
    return fate(undefined, problem);
  } catch (error) {
    return fate(undefined, String(error).split('\n')[0]);
  }
}

function line({ mutation, caught, problem, seconds }: Fate): string {
  const took = `${seconds.toFixed(0).padStart(3)} s`;
  if (!caught) return `✗ ${took}  ${mutation.padEnd(width)}  SURVIVED ${problem ?? mutants[mutation].join(', ')}`;
  // What was lost or doubled says more than that something was late.
  const violation = caught.violations.find(({ invariant }) => invariant !== 'I3') ?? caught.violations[0];
  const words = violation?.message.split('\n')[0]?.slice(0, 90) ?? '';
  return `✓ ${took}  ${mutation.padEnd(width)}  ${caught.case.name}: ${violation?.invariant} ${words}`;
}

const width = Math.max(...mutations.map(({ length }) => length));

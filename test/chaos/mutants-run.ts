import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SharedCluster } from '../cluster/shared.ts';
import type { Case } from './cases.ts';
import { mutants, type Edit, type Mutant } from './mutants.ts';
import { runCase, type Result } from './run-case.ts';

/** What became of one mutant. */
interface Fate {
  readonly mutant: Mutant;
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
  const chosen = mutants.filter(({ name }) => only === undefined || name.includes(only));
  const byName = new Map(all.map((one) => [one.name, one]));
  // How often a message is edited differs a little between two traces, so one of a sample may be missing.
  const untried = chosen.filter(({ cases }) => !cases.some((name) => byName.has(name)));
  if (untried.length > 0)
    throw new Error(`the sweep has none of these cases any more: ${untried.flatMap(({ cases }) => cases).join(', ')}`);
  const queue = chosen.map((mutant) => ({ mutant, cases: mutant.cases.flatMap((name) => byName.get(name) ?? []) }));
  // A mutation that no longer fits is known before anything runs.
  for (const { mutant } of queue) for (const edit of editsOf(mutant)) await mutated(mutant.name, edit);
  const fates: Fate[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const fate = await tryOut(cluster, next.mutant, next.cases);
      fates.push(fate);
      console.error(line(fate));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const order = (fate: Fate): number => chosen.indexOf(fate.mutant);
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

async function tryOut(cluster: SharedCluster, mutant: Mutant, cases: readonly Case[]): Promise<Fate> {
  const began = performance.now();
  const fate = (caught: Result | undefined, problem?: string): Fate => ({
    mutant,
    caught,
    ...(problem === undefined ? {} : { problem }),
    seconds: (performance.now() - began) / 1_000,
  });
  const folder = await mkdtemp(join(tmpdir(), 'allclear-mutant-'));
  try {
    const main = await copyTo(folder, mutant);
    let problem: string | undefined;
    for (const one of cases) {
      const result = await runCase(cluster, { ...one, world: { ...one.world, main } });
      if (result.violations.length > 0) return fate(result);
      if (result.missed) problem = `${one.name} did not come about`;
    }
    return fate(undefined, problem);
  } catch (error) {
    return fate(undefined, String(error).split('\n')[0]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A controller of its own with the mutation in it; returns its main.ts. */
async function copyTo(folder: string, mutant: Mutant): Promise<string> {
  await cp(join(root, 'controller'), join(folder, 'controller'), { recursive: true });
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  for (const shared of ['node_modules', 'crds']) await symlink(join(root, shared), join(folder, shared));
  for (const edit of editsOf(mutant))
    await writeFile(join(folder, 'controller', edit.file), await mutated(mutant.name, edit));
  return join(folder, 'controller/main.ts');
}

const editsOf = (mutant: Mutant): readonly Edit[] => [mutant, ...(mutant.also ?? [])];

async function mutated(name: string, { file, from, to }: Edit): Promise<string> {
  const text = await readFile(join(root, 'controller', file), 'utf8');
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(
      `the mutation "${name}" does not fit any more: controller/${file} holds its text ${parts.length - 1} times`,
    );
  return parts.join(to);
}

function line({ mutant, caught, problem, seconds }: Fate): string {
  const took = `${seconds.toFixed(0).padStart(3)} s`;
  if (!caught) return `✗ ${took}  ${mutant.name.padEnd(width)}  SURVIVED ${problem ?? mutant.cases.join(', ')}`;
  // What was lost or doubled says more than that something was late.
  const violation = caught.violations.find(({ invariant }) => invariant !== 'I3') ?? caught.violations[0];
  const words = violation?.message.split('\n')[0]?.slice(0, 90) ?? '';
  return `✓ ${took}  ${mutant.name.padEnd(width)}  ${caught.case.name}: ${violation?.invariant} ${words}`;
}

const width = Math.max(...mutants.map(({ name }) => name.length));

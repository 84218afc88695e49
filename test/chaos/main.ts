// `make chaos`: breaks the story at every place where it can break, and counts what is left outside.
import { mkdirSync, writeFileSync } from 'node:fs';
import { ownConfig, ownCrds } from '../cluster/crds.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { SharedCluster } from '../cluster/shared.ts';
import { sharing } from '../cluster/sharing.ts';
import { casesOf, type Case } from './cases.ts';
import { apiCasesOf } from './cases/api.ts';
import { doubtCasesOf } from './cases/doubt.ts';
import { driftCases } from './cases/drift.ts';
import { gitCases } from './cases/git.ts';
import { identityCases } from './cases/identity.ts';
import { overtakenCasesOf } from './cases/overtaken.ts';
import { pressCases } from './cases/presses.ts';
import { upgradeCases } from './cases/upgrade.ts';
import { wronglyNamed } from './documented.ts';
import { limitsCases } from './limits.ts';
import { runMutants } from './mutants-run.ts';
import { waiting } from './cases/waiting.ts';
import { runCase, type Result } from './run-case.ts';
import { pick } from './sample.ts';
import { soak } from './soak.ts';
import { summary, table } from './table.ts';
import { traceStory } from './trace.ts';

const wanted = process.env['CASE'];
const seed = Number(process.env['SEED'] ?? 1);
const quick = process.env['QUICK'] === '1';
/** Two cores serve three cases side by side: most of their time they wait. */
const workers = Number(process.env['WORKERS'] ?? 3);
/** About two minutes. */
const quickCases = 36;

if (quick) console.error('A sample of the sweep, about two minutes.');
else if (wanted === undefined) console.error('The whole sweep, an hour or more.');
// An exit ends what was started; a signal by itself would not.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
const cluster = await startCluster({ crds: [ownCrds], config: [ownConfig] });
const began = performance.now();
try {
  const shared = sharing(cluster);
  const trace = await traceStory(shared);
  const limits = limitsCases();
  const long = soak(seed);
  const heavy = [...limits, long];
  const all = [
    ...casesOf(trace),
    ...doubtCasesOf(trace),
    ...overtakenCasesOf(trace),
    ...apiCasesOf(trace),
    ...driftCases,
    ...gitCases(),
    ...identityCases,
    ...pressCases,
    ...upgradeCases,
    ...(quick && wanted === undefined ? [] : heavy),
  ];
  const wrong = await wronglyNamed([...all, ...heavy]);
  if (wrong.length > 0) throw new Error(`the docs name cases that are none:\n${wrong.join('\n')}`);
  if (process.env['LIST'] === '1') for (const { name } of all) console.log(name);
  else if (process.env['MUTANTS'] === '1') {
    if (!(await runMutants(shared, all, { workers, only: wanted }))) process.exitCode = 1;
  } else {
    const cases = choose(all);
    console.error(
      `${trace.boundaries.length} boundaries and ${trace.writes.length} writes make ${all.length} cases; ${cases.length} are run.`,
    );
    // The limits are mostly waiting; the soak wants the machine for itself.
    const light = cases.filter((one) => !limits.includes(one) && one !== long);
    const beside = runAll(
      limits.filter((one) => cases.includes(one)),
      1,
      shared,
    );
    const results = [...(await runAll(light, workers, shared)), ...(await beside)];
    report([
      ...results,
      ...(await runAll(
        cases.filter((one) => one === long),
        1,
        shared,
      )),
    ]);
  }
} finally {
  await cluster.stop();
}

function choose(all: readonly Case[]): readonly Case[] {
  if (wanted !== undefined) {
    const exact = all.filter(({ name }) => name === wanted);
    return exact.length > 0 ? exact : all.filter(({ name }) => name.includes(wanted));
  }
  return quick ? pick(all, quickCases, seed) : all;
}

async function runAll(cases: readonly Case[], lanes: number, shared: SharedCluster): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...cases];
  const work = async (): Promise<void> => {
    for (let one = queue.shift(); one; one = queue.shift()) {
      const result = await runCase(shared, one).catch((error: unknown): Result => failed(one ?? cases[0]!, error));
      results.push(result);
      const mark = result.violations.length > 0 ? '✗' : result.missed ? '·' : '✓';
      console.error(
        `${String(results.length).padStart(4)}/${cases.length} ${mark} ${result.case.perturbation.padEnd(3)} ${result.case.name}  ${result.seconds.toFixed(1)} s`,
      );
      for (const { invariant, message } of result.violations)
        console.error(`       ${invariant}: ${message.split('\n')[0]}`);
      keepLogs(result);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return results;
}

function failed(one: Case, error: unknown): Result {
  return {
    case: one,
    violations: [{ invariant: 'I3', message: `the case itself failed: ${String(error)}` }],
    missed: false,
    seconds: 0,
  };
}

function keepLogs({ case: { name }, logs, violations }: Result): void {
  if (logs === undefined) return;
  mkdirSync('artifacts/chaos', { recursive: true });
  const words = violations.map(({ invariant, message }) => `${invariant}: ${message}`).join('\n');
  writeFileSync(`artifacts/chaos/${name.replaceAll(/[^\w.#-]+/g, '_')}.log`, `${words}\n\n${logs}\n`);
}

function report(results: readonly Result[]): void {
  console.log(table(results));
  for (const { perturbation, what, until } of waiting) console.log(`${perturbation} waits: ${what}, for ${until}.`);
  for (const { case: one, violations } of results.filter((r) => r.violations.length > 0)) {
    console.log(`\n✗ make chaos CASE='${one.name}' SEED=${seed}`);
    for (const { invariant, message } of violations) console.log(`  ${invariant}: ${message.split('\n')[0]}`);
  }
  const bad = results.filter(({ violations }) => violations.length > 0).length;
  console.log(`\n${((performance.now() - began) / 1_000).toFixed(0)} s`);
  console.log(summary(results));
  process.exitCode = bad > 0 || results.length === 0 ? 1 : 0;
}

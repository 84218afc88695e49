// `make test`: the static checks, all tests, and a sample of `make chaos`. The last line is `N passed, N failed`, over all.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runChecks } from './checks.ts';
import { getClusterTools } from './cluster-tools.ts';
import { messageOf } from './progress.ts';
import { countSweep, countTests, type Counts, type VitestReport } from './test-report.ts';

const reportFile = 'artifacts/vitest.json';
/** For .ci/run: make adds a line of its own after ours when a target fails. */
const resultFile = 'artifacts/test-result';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
mkdirSync('artifacts', { recursive: true });
for (const file of [reportFile, resultFile]) rmSync(file, { force: true });

const checked = await runChecks();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => (interrupted = true));
const hasTools = await getClusterTools().then(
  () => true,
  (error: unknown) => {
    console.log(`FAILED  tools for the tests with an API server; only the others run:\n${messageOf(error)}\n`);
    return false;
  },
);
// For the tests of pages. Where it may not be installed they are skipped by name, and fail in CI.
spawnSync('sh', ['tools/debian.sh', 'chromium'], { stdio: ['ignore', 'inherit', 'inherit'] });
const projects = hasTools ? [] : ['--project', 'unit', '--project', 'integration'];
const none = { passed: 0, failed: 1, skipped: [], failures: [] };
const tested = interrupted ? none : await runVitest(projects);
const swept = hasTools && !interrupted ? await runSweep() : none;

for (const name of [...tested.skipped, ...swept.skipped]) console.log(`skipped: ${name}`);
for (const failure of [...tested.failures, ...swept.failures]) console.log(`FAILED  ${failure}`);
// Without the tools the sweep that did not run is what failed.
const failed = checked.failed + tested.failed + swept.failed;
const line = `${checked.passed + tested.passed + swept.passed} passed, ${failed} failed`;
writeFileSync(resultFile, `${line}\n`);
console.log(line);
process.exitCode = failed > 0 ? 1 : 0;

async function runVitest(args: readonly string[]): Promise<Counts> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const command = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'inherit', 'inherit'] });
  // Ctrl-C reaches both of us, and the tests end what they started; a SIGTERM may reach this process alone.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill());
  const [code]: (number | null)[] = await once(child, 'exit');
  return countTests(readReport(), code ?? null);
}

/** A sample of `make chaos`, about two minutes. */
async function runSweep(): Promise<Counts> {
  console.log('\nA sample of make chaos:');
  const child = spawn(process.execPath, ['test/chaos/main.ts'], {
    env: { ...process.env, QUICK: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('SIGTERM', () => child.kill());
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  const [code]: (number | null)[] = await once(child, 'close');
  return countSweep(output, code ?? null);
}

function readReport(): VitestReport | undefined {
  try {
    const report: VitestReport = JSON.parse(readFileSync(reportFile, 'utf8'));
    return report;
  } catch {
    return undefined;
  }
}

/** What vitest's JSON reporter writes, as far as it is counted. */
export interface VitestReport {
  testResults: readonly {
    name: string;
    status: string;
    message: string;
    assertionResults: readonly { status: string; fullName: string; failureMessages?: readonly string[] }[];
  }[];
}

export interface Counts {
  passed: number;
  failed: number;
  /** Names of tests that did not run. */
  skipped: string[];
  /** What failed, each with the first lines of its message: told last, since of a long output often only the end is kept. */
  failures: string[];
}

/** What `make chaos` said in its last line. One that ended without it, or with another code than its line explains, failed. */
export function countSweep(output: string, code: number | null): Counts {
  const [, passed, failed, missed] =
    /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(output.trim().split('\n').at(-1) ?? '') ?? [];
  const counts: Counts = { passed: Number(passed ?? 0), failed: Number(failed ?? 0), skipped: [], failures: [] };
  if (missed !== undefined) counts.skipped.push(`${missed} cases of the sweep, whose perturbation did not come about`);
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) counts.failed = 1;
  return counts;
}

/**
 * Counts the tests of a run. A file that failed without a failed test (it did not load, a hook threw) is one failure;
 * so is a run that ended with another code than 0 for a reason that no test shows, wrote no report, or ran nothing.
 */
export function countTests(report: VitestReport | undefined, code: number | null): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [], failures: [] };
  for (const file of report?.testResults ?? []) {
    let failed = 0;
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'passed') counts.passed++;
      else if (status === 'failed') {
        failed++;
        counts.failures.push(`${fullName}: ${startOf(failureMessages?.[0])}`);
      } else counts.skipped.push(fullName);
    }
    if (failed === 0 && file.status === 'failed') {
      failed = 1;
      counts.failures.push(`${file.name}: ${startOf(file.message)}`);
    }
    counts.failed += failed;
  }
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) counts.failed = 1;
  return counts;
}

function startOf(message = ''): string {
  return message.split('\n').slice(0, 6).join('\n').slice(0, 500);
}

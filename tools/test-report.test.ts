import { describe, expect, it } from 'vitest';
import { countSweep, countTests, type VitestReport } from './test-report.ts';

function aReport(...files: { status?: string; tests?: string[] }[]): VitestReport {
  return {
    testResults: files.map(({ status = 'passed', tests = [] }, index) => ({
      name: `file ${index}`,
      status,
      message: '',
      assertionResults: tests.map((result, test) => ({
        status: result,
        fullName: `test ${index}.${test}`,
        failureMessages: result === 'failed' ? ['expected 1 to be 2\nat a.ts'] : [],
      })),
    })),
  };
}

describe('countTests', () => {
  it('counts tests, and names those that did not run', () => {
    const report = aReport(
      { tests: ['passed', 'passed'] },
      { status: 'failed', tests: ['passed', 'failed', 'skipped'] },
    );
    expect(countTests(report, 1)).toEqual({
      passed: 3,
      failed: 1,
      skipped: ['test 1.2'],
      failures: ['test 1.1: expected 1 to be 2\nat a.ts'],
    });
  });

  it('counts a file that did not load', () => {
    expect(countTests(aReport({ tests: ['passed'] }, { status: 'failed' }), 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('counts an ending that no test shows', () => {
    expect(countTests(aReport({ tests: ['passed'] }), 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(countTests(aReport({ tests: ['passed'] }), null)).toMatchObject({ failed: 1 });
  });

  it('counts a run without a report, or without a test', () => {
    expect(countTests(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
    expect(countTests(aReport({ tests: ['skipped'] }), 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('countSweep', () => {
  it('counts cases, and says that some showed nothing', () => {
    expect(countSweep('a table\n106 s\n35 passed, 0 failed, 1 skipped\n', 0)).toEqual({
      passed: 35,
      failed: 0,
      skipped: ['1 cases of the sweep, whose perturbation did not come about'],
      failures: [],
    });
    expect(countSweep('34 passed, 2 failed', 1)).toEqual({ passed: 34, failed: 2, skipped: [], failures: [] });
  });

  it('counts an ending that its last line does not show', () => {
    expect(countSweep('36 passed, 0 failed', 1)).toMatchObject({ passed: 36, failed: 1 });
    expect(countSweep('36 passed, 0 failed', null)).toMatchObject({ failed: 1 });
    expect(countSweep('Error: no API server', 1)).toMatchObject({ passed: 0, failed: 1 });
    expect(countSweep('0 passed, 0 failed', 0)).toMatchObject({ failed: 1 });
  });
});

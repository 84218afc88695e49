import { defineConfig } from 'vitest/config';

const clusterTests = '**/*.cluster.test.ts';
/** What needs real git, sockets, processes or a browser. */
const realTests = '**/*.real.test.ts';
// A loaded machine must not fail a test that a free one passes.
const patient = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    // Two cores are what the smallest machine has that runs all of it.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{controller,test,tools}/**/*.test.ts'],
          exclude: [clusterTests, realTests],
          setupFiles: ['test/unit-setup.ts'],
          // They share nothing but modules without state: loading those for each file would take longer than the tests.
          isolate: false,
          ...patient,
        },
      },
      {
        test: {
          name: 'integration',
          include: [`{controller,test,tools}/${realTests}`],
          ...patient,
        },
      },
      {
        test: {
          name: 'cluster',
          include: [`{controller,test,tools}/${clusterTests}`],
          // One API server for all of these files, and none when none of them runs.
          globalSetup: 'test/cluster/global-setup.ts',
          // Longer than several waits in a row, each of which says what it waited for (test/world/until.ts).
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});

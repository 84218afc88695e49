import { defineConfig } from 'vitest/config';

const clusterTests = '**/*.cluster.test.ts';

export default defineConfig({
  test: {
    // Two cores are what the smallest machine has that runs all of it.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{controller,test,tools}/**/*.test.ts'],
          // A loaded machine must not fail a test that a free one passes.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
          exclude: [clusterTests],
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

import { defineConfig } from 'vitest/config';

/** Tests that start gates and look at the clock: alone, so that what they measure is the gate. */
const OF_GATES = ['apps/{cli,gateway}/{src,test}/**/*.test.ts', 'examples/*/{src,test}/**/*.test.ts'];
const OTHERS = [
  'packages/*/{src,test}/**/*.test.ts',
  'apps/control/{src,test}/**/*.test.ts',
  '{bench,conformance,scripts}/**/*.test.ts',
];

const shared = { isolate: false, pool: 'threads', testTimeout: 60_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'rooms', include: OTHERS, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { test: { ...shared, name: 'gates', include: OF_GATES, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});

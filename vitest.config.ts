import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,apps,examples}/*/{src,test}/**/*.test.ts', '{bench,conformance,scripts}/**/*.test.ts'],
    isolate: false,
    pool: 'threads',
    testTimeout: 20_000,
  },
});

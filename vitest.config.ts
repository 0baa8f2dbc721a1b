import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Every test file loads tfjs; two processes are what a small machine has room for.
    maxWorkers: 2,
    // `vitest run --mode long`, that is `npm run test:long`: see test/long.ts.
    env: { EMBED_BENCH_TEST: mode === 'long' ? 'long' : 'short' },
  },
}));

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Every test file loads tfjs; two processes are what a small machine has room for.
    maxWorkers: 2,
  },
});

import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Rooms whose tests share what they import: their code is loaded once, and not once for each of a hundred files. */
const together = ['analysis', 'architecture', 'datasets', 'methods', 'reports', 'results'];
/** Tests of the other rooms start backends of other settings or change the process: each has a process of its own. */
const apart = readdirSync('test').filter((room) => !together.includes(room));
/** It replaces a module for all that is imported after it. */
const replacesAModule = 'test/methods/told-apart.test.ts';

/** Another Node.js for the processes of tests: one for another processor, under an emulator (docs/backends.md). */
const { EMBED_BENCH_TEST_NODE: otherNode } = process.env;
if (otherNode) process.execPath = otherNode;

const testsOf = (rooms: readonly string[]) => rooms.map((room) => `test/${room}/**/*.test.ts`);

/**
 * `vitest run --mode long`, that is `npm run test:long`: see test/long.ts. Vitest reads this file again for each project, with its own mode
 * in place of the one that was asked for: the first answer of a process holds.
 */
const answers = globalThis as { formOfTests?: string };
const formOf = (mode: string) => (answers.formOfTests ??= mode === 'long' ? 'long' : 'short');

export default defineConfig(({ mode }) => ({
  test: {
    testTimeout: otherNode ? 600_000 : 30_000,
    // Every test file loads tfjs; two processes are what a small machine has room for.
    maxWorkers: 2,
    env: { EMBED_BENCH_TEST: formOf(mode) },
    // Methods of plug-ins in place of all, if a command asks for them: npm run check:method -- ./my-method.ts
    setupFiles: process.env.EMBED_BENCH_CHECK ? ['test/outside/under-vitest.ts'] : [],
    projects: [
      {
        extends: true,
        test: { name: 'together', include: testsOf(together), exclude: [replacesAModule], isolate: false },
      },
      { extends: true, test: { name: 'apart', include: [...testsOf(apart), replacesAModule] } },
    ],
  },
}));

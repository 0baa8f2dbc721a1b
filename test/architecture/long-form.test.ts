import { expect, test } from 'vitest';
import config from '../../vitest.config.ts';

/** Vitest reads its configuration once for all, with the mode of the command line, and again for each project, with another mode. */
test('projects have the form of tests that the command asks for', () => {
  const before = process.env.EMBED_BENCH_TEST;
  const formFor = (mode: string) => {
    const read = config as unknown as (asked: { mode: string }) => { test: { env: NodeJS.ProcessEnv } };
    return read({ mode }).test.env.EMBED_BENCH_TEST;
  };
  try {
    for (const [mode, form] of [
      ['long', 'long'],
      ['test', 'short'],
    ] as const) {
      // prettier-ignore
      delete process.env.EMBED_BENCH_TEST;
      expect([formFor(mode), formFor('test')]).toEqual([form, form]);
    }
  } finally {
    process.env.EMBED_BENCH_TEST = before;
  }
});

import { expect, test } from 'vitest';
import config from '../../vitest.config.ts';

const answers = globalThis as { formOfTests?: string };

/** Vitest reads its configuration once for all, with the mode of the command line, and again for each project, with another mode. */
test('projects have the form of tests that the command asks for', () => {
  const before = answers.formOfTests;
  const formFor = (mode: string) => {
    const read = config as unknown as (asked: { mode: string }) => { test: { env: NodeJS.ProcessEnv } };
    return read({ mode }).test.env.EMBED_BENCH_TEST;
  };
  for (const [mode, form] of Object.entries({ long: 'long', test: 'short' })) {
    delete answers.formOfTests;
    expect([formFor(mode), formFor('test')]).toEqual([form, form]);
  }
  answers.formOfTests = before;
});

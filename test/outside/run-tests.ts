import { type Collected, groupsOf } from './vitest.ts';

export interface Ran {
  readonly name: string;
  readonly result: 'passed' | 'skipped' | 'failed';
  /** The reason of a failure. */
  readonly error?: unknown;
}

/** Carries out the tests of one file in their order, with their hooks. A hook that throws fails the test that it is for. */
export async function runTests(tests: readonly Collected[], told: (ran: Ran) => void): Promise<void> {
  const begun = new Set<ReturnType<typeof groupsOf>[number]>();
  for (const test of tests) {
    if (test.skipped) {
      told({ name: test.name, result: 'skipped' });
      continue;
    }
    try {
      for (const group of groupsOf(test)) {
        if (begun.has(group)) continue;
        begun.add(group);
        for (const hook of group.before) await hook();
      }
      await test.run();
      told({ name: test.name, result: 'passed' });
    } catch (error) {
      told({ name: test.name, result: 'failed', error });
    }
  }
  for (const group of [...begun].reverse()) for (const hook of group.after) await hook();
}

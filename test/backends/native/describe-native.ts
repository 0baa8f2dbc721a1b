import { describe } from 'vitest';
import { addon, missing } from './addon.ts';

/** Tests of the add-on: skipped, with the reason in their title, where it was not built. */
export function describeNative(what: string, tests: () => void): void {
  if (missing === undefined) describe(what, tests);
  else describe.skip(`${what} (native backend: ${missing})`, tests);
}

/** The same tests on every instruction set; skipped, and said so, where the processor has it not. */
export function describeSets(what: string, tests: (set: string) => void): void {
  for (const set of ['baseline', 'avx2', 'avx512']) {
    if (missing !== undefined || runs(set)) describeNative(`${what}, ${set}`, () => tests(set));
    else describe.skip(`${what}, ${set} (this processor has no ${set})`, () => tests(set));
  }
}

function runs(set: string): boolean {
  try {
    return addon.configure(1, set) === set;
  } catch {
    return false;
  }
}

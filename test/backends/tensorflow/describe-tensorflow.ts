import { describe } from 'vitest';
import { tensorflow } from '../../../backends/tensorflow/index.ts';

const { usable, detail } = await tensorflow.probe();

/** Tests of the library: skipped, with the reason in their title, where it is not set up. */
export function describeTensorflow(what: string, tests: () => void): void {
  if (usable) describe(what, tests);
  else describe.skip(`${what} (tensorflow backend: ${detail})`, tests);
}

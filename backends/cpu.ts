import * as tf from '../tensors/index.ts';
import type { Backend } from '../harness/contract/backend.ts';

/** tfjs's plain JavaScript backend: slow, exact, always there. The oracle of the tests. */
export const cpu: Backend = {
  name: 'cpu',
  title: 'plain JavaScript (slow; the reference in tests)',
  probe: () => Promise.resolve({ usable: true, version: tf.version_core, detail: 'always available' }),
  async open() {
    await tf.setBackend('cpu');
    return { name: 'cpu', version: tf.version_core, threads: 1 };
  },
};

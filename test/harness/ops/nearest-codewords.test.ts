import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { Backend } from '../../../harness/contract/backend.ts';
import { barred, closeness, nearestCodewords } from '../../../harness/ops/nearest-codewords.ts';
import * as tf from '../../../tensors/index.ts';
import { describeBackends, openOnce } from '../../backends/compared.ts';
import { normals } from '../../backends/native/numbers.ts';

function onBackend(backend: Backend) {
  test.each([
    [3, 20, 12, 2],
    [2, 1, 1, 1],
    [4, 33, 70, 8],
    [2, 9, 40, 5],
  ])(
    '%i groups of %i queries: the greatest score of %i codewords of %i floats, to the bit',
    async (...shape) => {
      await openOnce(backend);
      const [groups, batch, codewords, width] = shape;
      const queries = tf.tensor3d(normals(groups * batch * width, 9), [groups, batch, width]);
      // Neighbours of a codeword differ from it in the last bits, so that the greatest score hangs on every rounding.
      const drawn = normals(groups * codewords * width, 10);
      const near = drawn.map((x, i) => (Math.floor(i / width) % 3 === 0 ? x : drawn[i - (Math.floor(i / width) % 3) * width] * (1 + (i % 5) * 2 ** -23))); // prettier-ignore
      const codebooks = tf.tensor3d(near, [groups, codewords, width]);
      const counts = Array.from({ length: groups }, (_, g) => [codewords, Math.ceil(codewords / 3), 0][g % 3]); // prettier-ignore
      const before = tf.memory().numTensors;
      const codes = nearestCodewords(queries, codebooks, counts);
      expect(tf.memory().numTensors).toBe(before + 1);
      expect([codes.shape, codes.dtype]).toEqual([[groups, batch], 'int32']);
      const scores = tf.argMax(tf.add(closeness(queries, codebooks), barred(counts, codewords)), 2);
      expect([...(await codes.data())]).toEqual([...(await scores.data())]);
      tf.dispose([queries, codebooks, codes, scores]);
    },
  );
}

describe('cpu', () => onBackend(cpu));
describeBackends('on', onBackend);

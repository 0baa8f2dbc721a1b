import type * as tf from '../../../tensors/index.ts';
import { beforeAll, test } from 'vitest';
import { dotInteraction } from '../../../harness/ops/dot-interaction.ts';
import { sized } from '../../long.ts';
import type { Given } from '../native/on-both.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';
import { expectAsOnCpu, given, valueAndGradients } from './on-gpu.ts';

/** The interaction and its gradient as the composition on the cpu backend. */

const timeout = 300_000;
beforeAll(async () => {
  await openGpu();
});

const interact = (x: tf.Tensor, vectors: tf.Tensor) =>
  dotInteraction(x as tf.Tensor2D, vectors as tf.Tensor3D);
const inputs = (batch: number, fields: number, dim: number) => [
  given([batch, dim], fields),
  given([batch, fields, dim], dim + 1),
];

describeGpu('dot interaction', () => {
  test.each([
    ...sized(
      [],
      [
        [1, 1, 1],
        [9, 26, 16],
      ],
    ),
    [sized(33, 130), 3, 5],
    [3, 33, 65],
    [0, 3, 4],
    [3, 0, 4],
    [2, 100, 4], // more pairs than a workgroup has threads
    [2, 60, 150], // more than a workgroup's memory holds
  ])('of %i samples, %i fields, dim %i: values and gradients', { timeout }, async (batch, fields, dim) => {
    const op = batch * dim === 0 || fields === 0 ? interact : valueAndGradients(interact);
    await expectAsOnCpu(inputs(batch, fields, dim), op, 1e-4);
  });

  test('NaN and infinities stay in their samples', { timeout }, async () => {
    const [x, vectors] = inputs(6, 3, 5);
    const broken = (input: Given, at: number, value: number) => ({
      ...input,
      values: input.values.map((v, i) => (i === at ? value : v)),
    });
    await expectAsOnCpu([broken(x, 9, NaN), broken(vectors, 70, Infinity)], interact, 1e-5);
  });
});

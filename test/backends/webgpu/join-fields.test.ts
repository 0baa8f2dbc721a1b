import type * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import { joinFields } from '../../../harness/ops/join-fields.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';
import { expectAsOnCpu, given, resultsOnGpu, valueAndGradients } from './on-gpu.ts';

/** Fields put together, and the gradients of it, as the composition on the cpu backend. */

const timeout = 300_000;
beforeAll(async () => {
  await openGpu();
});

interface Group {
  readonly of: number[];
  readonly width: number;
}

const op =
  (groups: readonly Group[], fields: number, dim: number) =>
  (...inputs: tf.Tensor[]) => {
    const rest = [...inputs] as tf.Tensor3D[];
    const given = groups.map(({ of, width }) => ({
      fields: of,
      vectors: rest.shift()!,
      ...(width !== dim && { matrices: rest.shift()! }),
    }));
    return joinFields(given, fields, dim);
  };
const inputsOf = (batch: number, groups: readonly Group[], dim: number) =>
  groups.flatMap(({ of, width }, i) => [
    given([batch, of.length, width], 2 * i + 1),
    ...(width === dim ? [] : [given([of.length, width, dim], 2 * i + 2)]),
  ]);

describeGpu('fields put together', () => {
  test.each([
    { name: 'a float', batch: 1, fields: 1, dim: 1, groups: [{ of: [0], width: 1 }] },
    { name: 'vectors out of order', batch: 130, fields: 4, dim: 8, groups: [{ of: [2, 0, 3, 1], width: 8 }] },
    { name: 'vectors times matrices', batch: 130, fields: 3, dim: 16, groups: [{ of: [1, 2, 0], width: 4 }] },
    {
      name: 'several widths, quads and not',
      batch: 1000,
      fields: 5,
      dim: 6,
      groups: [
        { of: [3, 0], width: 6 },
        { of: [1, 4], width: 1 },
        { of: [2], width: 3 },
      ],
    },
    {
      name: 'several members to a field, none to another',
      batch: 7,
      fields: 4,
      dim: 4,
      groups: [
        { of: [0, 2, 0, 0], width: 4 },
        { of: [2, 0], width: 3 },
        { of: [2, 2], width: 2 },
      ],
    },
    {
      name: 'wide vectors, none of their own width',
      batch: 3,
      fields: 3,
      dim: 18,
      groups: [
        { of: [1, 0], width: 17 },
        { of: [0], width: 33 },
      ],
    },
  ])('$name', { timeout }, async ({ batch, fields, dim, groups }) => {
    await expectAsOnCpu(inputsOf(batch, groups, dim), valueAndGradients(op(groups, fields, dim)), 1e-4);
  });

  test('the same bits every time', { timeout }, async () => {
    const groups = [{ of: [0, 1, 0], width: 3 }];
    const run = valueAndGradients(op(groups, 2, 4));
    const inputs = inputsOf(2000, groups, 4);
    const found = await resultsOnGpu(inputs, run);
    expect(await resultsOnGpu(inputs, run)).toEqual(found);
  });

  test('of no samples', { timeout }, async () => {
    const groups = [{ of: [1], width: 2 }];
    await expectAsOnCpu(inputsOf(0, groups, 4), op(groups, 2, 4));
  });
});

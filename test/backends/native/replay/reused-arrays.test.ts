import * as tf from '../../../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { native } from '../../../../backends/native/index.ts';
import type { OpenBackend } from '../../../../harness/contract/backend.ts';
import type { Lookup, Plan } from '../../../../harness/contract/method.ts';
import { computedTensor } from '../../../../harness/ops/computed-tensor.ts';
import { full } from '../../../../methods/full.ts';
import { feasiblePlan, layerAt } from '../../../layers.ts';
import { openNative } from '../on-both.ts';
import { batches, expectTheTape, fields } from '../../replay/course.ts';

/** An embed() that fills one array anew each time: it is the same array in every step, and other numbers. */

type Vectors = ReturnType<Plan['embed']>;

/** A full table with vectors that are changed. */
const changed = (change: (vectors: Vectors, lookup: Lookup) => tf.Tensor): Plan => {
  const plan = feasiblePlan(full, layerAt(fields, 8, 1));
  return { ...plan, embed: (lookup: Lookup) => change(plan.embed(lookup), lookup) as Vectors };
};

const { usable, detail } = await native.probe();

describe.runIf(usable)(`arrays that are used again${usable ? '' : ` (${detail})`}`, () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await openNative();
  });
  const countsOf = (plan: () => Plan) => expectTheTape(backend, { plan, batches: batches.slice(0, 4) });

  /** Plans that count their calls of embed(), and put a number that follows from that into an array. */
  const counting = (change: (vectors: Vectors, scratch: Float32Array) => tf.Tensor) => () => {
    const scratch = new Float32Array(1);
    let calls = 0;
    return changed((vectors) => {
      scratch[0] = 1 + 0.01 * (calls++ % 7);
      return change(vectors, scratch);
    });
  };

  test('are no constants as tensors', async () => {
    const counts = await countsOf(counting((vectors, scratch) => tf.mul(vectors, tf.tensor1d(scratch))));
    expect(counts).toMatchObject({ replayed: 0, reason: 'a constant of binary differs from step to step' });
  });

  test('nor for what is computed', async () => {
    const fill = (into: Float32Array, from: Float32Array) => into.set(from);
    const counts = await countsOf(
      counting((vectors, scratch) => tf.mul(vectors, computedTensor([1], fill, scratch))),
    );
    expect(counts).toMatchObject({
      ...{ replayed: 0, reason: 'a constant of fillAnew differs from step to step' },
    });
  });

  test('nor twice within a step', async () => {
    const counts = await countsOf(() => {
      const scratch = new Float32Array(1);
      return changed((vectors) => {
        scratch[0] = 2;
        const twice = tf.add(vectors, tf.tensor1d(scratch));
        scratch[0] = 0.5;
        return tf.add(twice, tf.tensor1d(scratch));
      });
    });
    expect(counts).toMatchObject({
      ...{ replayed: 0, reason: 'an array changes after a tensor was made of it' },
    });
  });

  test('are read anew where steps are not what changes them', async () => {
    const counts = await countsOf(() => {
      const scale = Float32Array.of(1);
      return {
        ...changed((vectors) => tf.mul(vectors, tf.tensor1d(scale))),
        afterStep() {
          scale[0] *= 1.01;
          return Promise.resolve();
        },
      };
    });
    expect(counts).toEqual({ replayed: 21, taped: 3 });
  });
});

import * as tf from '../../../../tensors/index.ts';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { native } from '../../../../backends/native/index.ts';
import type { OpenBackend } from '../../../../harness/contract/backend.ts';
import type { Lookup, Plan } from '../../../../harness/contract/method.ts';
import { computedTensor } from '../../../../harness/ops/computed-tensor.ts';
import { full } from '../../../../methods/full.ts';
import { feasiblePlan, layerAt } from '../../../layers.ts';
import { openNative } from '../on-both.ts';
import { batches, expectTheTape, fields, trained } from '../../replay/course.ts';

/** Plans whose steps are not the same calls every time: they run on the tape, which is what they mean, and it is said why. */

type Vectors = ReturnType<Plan['embed']>;

/** A full table with vectors that are changed. */
const changed = (change: (vectors: Vectors, lookup: Lookup) => tf.Tensor) => () => {
  const plan = feasiblePlan(full, layerAt(fields, 8, 1));
  return { ...plan, embed: (lookup: Lookup) => change(plan.embed(lookup), lookup) as Vectors };
};

const { usable, detail } = await native.probe();

describe.runIf(usable)(`steps that are not the same calls${usable ? '' : ` (${detail})`}`, () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await openNative();
  });
  const countsOf = (plan: () => Plan) => expectTheTape(backend, { plan, batches: batches.slice(0, 4) });

  test('because embed() reads the number of the step', async () => {
    const counts = await countsOf(
      changed((vectors, { training }) => tf.mul(vectors, (training?.index ?? 0) >= 12 ? 2 : 1)),
    );
    expect(counts).toEqual({ replayed: 0, taped: 24, reason: 'embed() reads the number of the step' });
  });

  test('but a turn that it asks for is taken', async () => {
    const counts = await countsOf(
      changed((vectors, { training }) => tf.mul(vectors, training?.reached(12) ? 2 : 1)),
    );
    expect(counts).toEqual({ replayed: 19, taped: 5 });
  });

  test('because a constant is another one in every step', async () => {
    let calls = 0;
    const counts = await countsOf(() => {
      calls = 0;
      return changed((vectors) => tf.mul(vectors, 1 + 0.01 * (calls++ % 7)))();
    });
    expect(counts.replayed).toBe(0);
    expect(counts.reason).toMatch('a constant of binary differs');
  });

  test('but a computed one is computed anew, of the step and of the ids', async () => {
    const counts = await countsOf(
      changed((vectors, { training, ids, compute }) => {
        const scale = computedTensor([1], (into, counter: Float64Array) => {
          into[0] = 1 + 0.01 * (counter[0] % 7);
        }, training!.counter); // prettier-ignore
        const odd = compute((all) => all.map((id) => id % 2), ids.fields).toFloats();
        return tf.mul(tf.mul(vectors, scale), tf.expandDims(tf.add(odd, 1), 2));
      }),
    );
    expect(counts).toEqual({ replayed: 21, taped: 3 });
  });

  test('and one that changes later without a word is an error', async () => {
    let calls = 0;
    const course = { batches: batches.slice(0, 4), steps: 60 };
    const late = changed((vectors) => tf.mul(vectors, calls++ < 2 ? 1 : 2));
    await expect(trained(backend, { ...course, plan: late })).rejects.toThrow(
      /^training steps have changed while they were replayed \(a constant of binary/,
    );
  });

  test('even if the training ends before', async () => {
    let calls = 0;
    const late = changed((vectors) => tf.mul(vectors, calls++ < 2 ? 1 : 2));
    await expect(trained(backend, { batches: batches.slice(0, 4), plan: late })).rejects.toThrow(
      /^training steps have changed while they were replayed/,
    );
  });

  test('because numbers of a tensor are read', async () => {
    const counts = await countsOf(
      changed((vectors) =>
        tf.mul(
          vectors,
          tf.tidy(() => 1 + Math.abs(tf.mean(vectors).dataSync()[0])),
        ),
      ),
    );
    expect(counts).toEqual({ replayed: 0, taped: 24, reason: 'numbers of a tensor are read' });
  });

  test('because there are other calls', async () => {
    let calls = 0;
    const counts = await countsOf(() => {
      calls = 0;
      return changed((vectors) => (calls++ % 2 === 0 ? tf.mul(vectors, 1) : tf.add(vectors, 0)))();
    });
    expect(counts.replayed).toBe(0);
    expect(counts.reason).toMatch(/^a step has \d+ calls, the next one/);
  });

  test('because every step has the same ids, of which a constant might be made', async () => {
    const counts = await expectTheTape(backend, {
      plan: () => feasiblePlan(full, layerAt(fields, 8, 1)),
      batches: [batches[0]],
    });
    expect(counts).toEqual({ replayed: 0, taped: 24, reason: 'every step has the same batch' });
  });

  test('because rows are in the memory of this process', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const counts = await expectTheTape(
      { ...backend, lacksRules: ['ftrl'] },
      { plan: () => feasiblePlan(full, layerAt(fields, 8, 1)), rule: 'ftrl' },
    ).finally(() => warn.mockRestore());
    expect(counts).toEqual({ replayed: 0, taped: 24, reason: 'numbers of a tensor are read' });
  });

  test('because a kernel of the cpu backend is among them', async () => {
    backend.fallbacks!.refused = false;
    const counts = await countsOf(
      changed((vectors) => tf.mul(vectors, tf.exp(tf.scalar(0, 'int32')))),
    ).finally(() => {
      backend.fallbacks!.refused = true;
    });
    expect(counts.replayed).toBe(0);
    expect(counts.reason).toMatch(/kernel of the cpu backend/);
  });
});

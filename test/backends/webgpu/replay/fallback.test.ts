import * as tf from '../../../../tensors/index.ts';
import { beforeAll, expect, test, vi } from 'vitest';
import type { GpuBackend } from '../../../../backends/webgpu/backend.ts';
import type { OpenBackend } from '../../../../harness/contract/backend.ts';
import type { Lookup, Plan } from '../../../../harness/contract/method.ts';
import { computedTensor } from '../../../../harness/ops/computed-tensor.ts';
import { hashingTrick } from '../../../../methods/hashing-trick.ts';
import { feasiblePlan, layerAt } from '../../../layers.ts';
import { batches, expectTheTape, fields, trained } from '../../replay/course.ts';
import { describeGpu, openGpu } from '../describe-gpu.ts';

/** Plans whose steps are not the same commands every time: they run on the tape, which is what they mean, and it is said why. */

type Vectors = ReturnType<Plan['embed']>;

/** A small table with vectors that are changed. */
const changed = (change: (vectors: Vectors, lookup: Lookup) => tf.Tensor) => () => {
  const plan = feasiblePlan(hashingTrick, layerAt(fields, 8, 16));
  return { ...plan, embed: (lookup: Lookup) => change(plan.embed(lookup), lookup) as Vectors };
};

describeGpu('steps that are not the same commands', () => {
  let open: OpenBackend;
  let backend: GpuBackend;
  beforeAll(async () => {
    ({ open, backend } = await openGpu());
  });
  const course = { batches: batches.slice(0, 4), steps: 12 };
  const countsOf = (plan: () => Plan) => expectTheTape(open, { ...course, plan });

  test('because a constant is another one in every step', async () => {
    let calls = 0;
    const counts = await countsOf(() => {
      calls = 0;
      return changed((vectors) => tf.mul(vectors, 1 + 0.01 * (calls++ % 7)))();
    });
    expect(counts.replayed).toBe(0);
    expect(counts.reason).toMatch(/^a constant of .* differs from step to step$/);
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
    expect(counts).toEqual({ replayed: 8, taped: 4 });
  });

  test('and one that changes later without a word is an error', async () => {
    let calls = 0;
    const late = changed((vectors) => tf.mul(vectors, calls++ < 3 ? 1 : 2));
    await expect(trained(open, { ...course, plan: late })).rejects.toThrow(
      /^training steps have changed while they were replayed \(a constant of /,
    );
  });

  test('and one that is refused later is an error, too', async () => {
    let calls = 0;
    const late = changed((vectors, { training }) =>
      tf.mul(vectors, calls++ > 2 && training!.index < 0 ? 2 : 1),
    );
    await expect(trained(open, { ...course, plan: late })).rejects.toThrow(
      'training steps have changed while they were replayed (embed() reads the number of the step)',
    );
  });

  test('because there are other commands', async () => {
    let calls = 0;
    const counts = await countsOf(() => {
      calls = 0;
      return changed((vectors) => (calls++ % 2 === 0 ? tf.mul(vectors, 1) : tf.add(tf.mul(vectors, 1), 0)))();
    });
    expect(counts.replayed).toBe(0);
    expect(counts.reason).toMatch(/^a step has \d+ commands, the next one/);
  });

  test('because every step has the same ids, of which a constant might be made', async () => {
    const counts = await expectTheTape(open, {
      ...{ plan: changed((vectors) => vectors), batches: [batches[0]], steps: 24 },
    });
    expect(counts).toEqual({ replayed: 0, taped: 24, reason: 'every step has the same batch' });
  });

  test('or for a while, because others have the memory of a step', async () => {
    const held: GPUBuffer[] = [];
    const counts = await expectTheTape(open, {
      ...{ ...course, plan: changed((vectors) => vectors), steps: 24 },
      between(_, step) {
        // All buffers that are free, of the size of a batch's ids.
        if (step === 8) for (let i = 0; i < 40; i++) held.push(backend.acquire(batches[0].ids.length));
        if (step === 12) for (const buffer of held.splice(0)) backend.release(buffer);
      },
    });
    expect(counts.reason).toBeUndefined();
    expect(counts.taped).toBeGreaterThan(5);
    expect(counts.replayed).toBeGreaterThan(10);
  });

  test('and memory does not grow, that of replays included', async () => {
    const plan = changed((vectors) => vectors);
    await trained(open, { ...course, plan });
    const bytes = () => (backend.memory() as { numBytesInGPU: number }).numBytesInGPU;
    const before = bytes();
    let own = 0;
    let most = 0;
    const { device } = backend;
    const create = device.createBuffer.bind(device);
    const spy = vi.spyOn(device, 'createBuffer').mockImplementation((asked) => {
      const buffer = create(asked);
      own += asked.size;
      most = Math.max(most, own);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        own -= asked.size;
        return destroy();
      };
      return buffer;
    });
    await trained(open, { ...course, plan, steps: 40 }).finally(() => spy.mockRestore());
    expect(bytes()).toBe(before);
    expect(most).toBeGreaterThan(0);
    expect(own).toBe(0);
  });
});

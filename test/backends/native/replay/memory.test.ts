import * as tf from '../../../../tensors/index.ts';
import { expect, test, vi } from 'vitest';
import type { NativeBackend } from '../../../../backends/native/backend.ts';
import { openWith } from '../../../../backends/native/index.ts';
import { randomBatches } from '../../../../harness/batches/random-batches.ts';
import type { Batch } from '../../../../harness/contract/data.ts';
import type { Trainer } from '../../../../harness/training/trainer.ts';
import { findMethod } from '../../../../suites/find-method.ts';
import { feasiblePlan, layerAt } from '../../../layers.ts';
import { addon } from '../addon.ts';
import { describeNative } from '../describe-native.ts';
import { denseFields, fields, trained } from '../../replay/course.ts';

const [large, small] = [256, 100].map((size) => randomBatches(fields, denseFields, size, 4));
const used = [...large, small[0], ...large, small[1]];
const score = (trainer: Trainer, batch: Batch) => tf.tidy(() => trainer.logits(batch)).dispose();

/** Native memory that a training takes on a backend of its own, with scoring, weights put back and a smaller batch now and then. */
async function bytesOf(method: string, replays: boolean): Promise<number> {
  if (tf.findBackend('native') !== null) tf.engine().removeBackend('native');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {}); // kernels are registered again
  const open = await openWith(addon, 1);
  warn.mockRestore();
  const { replaySteps, ...tape } = open;
  const { counts } = await trained(replays ? { ...tape, replaySteps } : tape, {
    plan: () => feasiblePlan(findMethod(method), layerAt(fields, 8, 4)),
    modelOptions: { bottom: [64], top: [64, 32] },
    batches: used,
    steps: 60,
    between(trainer, step) {
      if (step % 20 !== 19) return;
      for (const batch of [large[1], small[1]]) score(trainer, batch);
      if (step === 19) trainer.save();
      else trainer.restore();
    },
  });
  if (replays) expect(counts!.replayed).toBeGreaterThan(35);
  return (tf.backend() as NativeBackend).allocatedBytes;
}

describeNative('native memory', () => {
  test.each(['mixed-dimension', 'cafe', 'dpq'])(
    'of replayed steps is that of the tape: %s',
    async (method) => {
      const [tape, replayed] = [await bytesOf(method, false), await bytesOf(method, true)];
      expect(tape).toBeGreaterThan(1e5);
      expect(replayed).toBeLessThanOrEqual(tape);
    },
  );
});

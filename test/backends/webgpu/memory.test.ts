import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { mixedDimension } from '../../../methods/mixed-dimension/index.ts';
import { Trainer } from '../../../harness/training/trainer.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { sized } from '../../long.ts';
import { smallData } from '../../small-data.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';

let open: OpenBackend;
beforeAll(async () => {
  ({ open } = await openGpu());
});

interface DeviceMemory extends tf.MemoryInfo {
  readonly numBytesInGPU: number;
  readonly numBytesAllocatedInGPU: number;
}

describeGpu('memory', () => {
  test('neither tensors nor buffers grow from step to step', { timeout: 300_000 }, async () => {
    const data = smallData();
    const plan = feasiblePlan(mixedDimension, layerAt(data.fields, 4, 3));
    const shape = { denseFields: 2, fields: 3, dim: 4 };
    const trainer = new Trainer(
      new Embedding(plan, open, 'adam', 1),
      dlrm.build(shape, { bottom: [16], top: [16] }, 1),
      optimizers.adam,
    );
    let steps = 0;
    const train = async (until: number) => {
      while (steps < until)
        for (const batch of data.batches('train', { batchSize: 90, shuffle: 1 })) {
          const loss = trainer.step(batch, 0.01);
          await loss.data();
          loss.dispose();
          steps++;
        }
      const { numTensors, numBytesInGPU, numBytesAllocatedInGPU } = tf.memory() as DeviceMemory;
      return { numTensors, numBytesInGPU, numBytesAllocatedInGPU };
    };
    const before = await train(sized(7, 20));
    expect(await train(sized(20, 60))).toEqual(before);
    trainer.dispose();
  });
});

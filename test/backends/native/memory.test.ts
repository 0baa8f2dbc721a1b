import * as tf from '../../../tensors/index.ts';
import { expect, test } from 'vitest';
import type { NativeBackend } from '../../../backends/native/backend.ts';
import { openWith } from '../../../backends/native/index.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { mixedDimension } from '../../../methods/mixed-dimension/index.ts';
import { Trainer } from '../../../harness/training/trainer.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { addon, sanitized } from './addon.ts';
import { describeNative } from './describe-native.ts';

const megabytes = () => process.memoryUsage.rss() / 1e6;

describeNative('memory', () => {
  test(
    'neither tensors, nor blocks, nor the process grow over 1,000 steps',
    { timeout: 180_000 },
    async () => {
      const open = await openWith(addon, 2);
      const backend = tf.backend() as NativeBackend;
      const data = smallData();
      const plan = feasiblePlan(mixedDimension, layerAt(data.fields, 4, 3));
      const shape = { denseFields: 2, fields: 3, dim: 4 };
      const trainer = new Trainer(
        new Embedding(plan, open, 'adam', 1),
        dlrm.build(shape, { bottom: [16], top: [16] }, 1),
        optimizers.adam,
      );
      let steps = 0;
      const train = (until: number) => {
        while (steps < until)
          for (const batch of data.batches('train', { batchSize: 90, shuffle: steps })) {
            trainer.step(batch, 0.01).dispose();
            steps++;
          }
      };
      train(200);
      const [tensors, allocated, before] = [tf.memory().numTensors, backend.allocatedBytes, megabytes()];
      train(1200);
      expect(tf.memory().numTensors).toBe(tensors);
      expect(backend.allocatedBytes).toBe(allocated);
      // A sanitizer keeps what was freed for a while, and V8 its garbage.
      expect(megabytes() - before).toBeLessThan(sanitized ? 500 : 100);
      trainer.dispose();
    },
  );

  test('of a table is given back when it is disposed, state and saved copy too', () => {
    const bytes = 100e6;
    const rows = bytes / 4 / 16;
    const before = megabytes();
    for (let i = 0; i < 5; i++) {
      const table = addon.createTable(rows, 16, 16, 'adam');
      addon.fillTable(table, 0, rows * 16, 0, 1, i);
      addon.saveTable(table);
      // Weights and their copy take 200 MB. Garbage of the tests before, which V8 and a sanitizer keep for a while, may go meanwhile.
      expect(megabytes() - before).toBeGreaterThan(150);
      addon.freeTable(table);
      expect(megabytes() - before).toBeLessThan(50);
    }
  });
});

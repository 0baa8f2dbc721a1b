import { expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import { addon } from '../../backends/native/addon.ts';
import { describeNative } from '../../backends/native/describe-native.ts';
import { MemoryShelf } from './memory-shelf.ts';
import { type Asked, practices, smallRun, trainingOf } from './shared-training.ts';

/** The rows of the add-on, its blocks of memory and its replayed steps go on from a stage as if they had made it. */

const asked: readonly Asked[] = [
  { method: 'full', ratio: 1 },
  { method: 'auto-srh', ratio: 3, options: { finish: 'fine-tune' } },
  { method: 'auto-dim', ratio: 2 },
  { method: 'opt-embed', ratio: 3 },
  { method: 'mec', ratio: 3 },
  { method: 'int8(svd)', ratio: 6 },
  ...['product-quantization', 'svd', 'deduplication', 'leverage', 'magnitude-pruning'].map((method) => ({
    ...{ method, ratio: 3, options: { fineTune: 0.7 } },
  })),
];

describeNative('a run on native that is given its first stage', () => {
  test.each(practices.flatMap((practice) => asked.map((one) => ({ ...one, practice }))))(
    '$method at $ratio, $practice.called',
    async ({ practice, ...one }) => {
      const settings = { ...smallRun, ...practice, batchSize: 30 };
      const backend = await openWith(addon, 2);
      const shelf = new MemoryShelf();
      const trained = await trainingOf(one, settings, backend, shelf);
      const given = await trainingOf(one, settings, backend, shelf);
      expect(shelf.given).toBe(1);
      expect(given).toEqual(trained);
      expect(await trainingOf(one, settings, backend)).toEqual(trained);
    },
  );
});

import { expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import { addon } from '../../backends/native/addon.ts';
import { describeNative } from '../../backends/native/describe-native.ts';
import { expectResumed } from './resumed-training.ts';
import { type Asked, practices, smallRun } from './shared-training.ts';

/** The rows of the add-on, the best epoch that it keeps, and its replayed steps go on from a checkpoint as if nothing had been. */

const asked: readonly Asked[] = [
  { method: 'full', ratio: 1 },
  ...['cafe', 'ada-embed', 'fiited', 'multi-probe-hashing', 'dim-grow', 'robe', 'auto-srh'].map((method) => ({
    ...{ method, ratio: 3 },
  })),
  { method: 'int4(shark)', ratio: 8 },
  { method: 'svd', ratio: 3, options: { fineTune: 0.5 } },
];

describeNative('a run on native in several processes', () => {
  test.each(practices.flatMap((practice) => asked.map((one) => ({ ...one, practice }))))(
    '$method at $ratio, $practice.called',
    async ({ practice, ...one }) => {
      const settings = { ...smallRun, ...practice, batchSize: 30 };
      const open = () => openWith(addon, 2);
      const count = await expectResumed(one, settings, open, { stepsPerProcess: 17 });
      expect(count).toBeGreaterThan(1);
    },
  );
});

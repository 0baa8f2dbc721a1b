import * as tf from '../../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import { optimizerRules } from '../../../harness/contract/backend.ts';
import { addon } from '../../backends/native/addon.ts';
import { describeNative } from '../../backends/native/describe-native.ts';
import { losses, methods } from './training-course.ts';

describeNative('50 training steps on native', () => {
  describe.each(methods)('$method.name', (what) => {
    test.each(optimizerRules)('are the same bits with any number of threads: %s', async (rule) => {
      const expected = await losses(await openWith(addon, 1), what, rule);
      for (const threads of [2, 3, 5])
        expect(await losses(await openWith(addon, threads), what, rule), `${threads} threads`).toEqual(
          expected,
        );
      expect(tf.getBackend()).toBe('native');
    });
  });
});

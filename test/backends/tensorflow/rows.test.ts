import * as tf from '../../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { tensorflow } from '../../../backends/tensorflow/index.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { column } from '../../column.ts';
import { isLong } from '../../long.ts';
import { testRows } from '../rows-conformance.ts';
import { describeTensorflow } from './describe-tensorflow.ts';

describeTensorflow('rows', () => {
  testRows({ open: () => tensorflow.open({}) });

  describe('of TensorFlow', () => {
    let backend: OpenBackend;
    beforeAll(async () => {
      backend = await tensorflow.open({});
    });
    const init = { mean: 0, halfWidth: 1 };

    test('that are too many for its indices, or for the memory, are for the user to mend', () => {
      const table = (rows: number, width: number) => ({ width, parts: [{ rows, init }] });
      expect(() => backend.createRows!(table(2 ** 31, 1), 'sgd', 1)).toThrow(
        'more than TensorFlow has indices for',
      );
      if (!isLong) return; // TensorFlow waits ten seconds for memory
      expect(() => backend.createRows!(table(2 ** 30, 2 ** 20), 'sgd', 1)).toThrow(
        'no memory for a table of 4503599.6 GB: take a higher --compression or a smaller --dim',
      );
    });

    test('belong to one table each, and give their memory back', { timeout: 120_000 }, () => {
      const table = { width: 256, parts: [{ rows: 40_000, init }] }; // 41 MB
      const before = process.memoryUsage.rss();
      for (let i = 0; i < 6; i++) {
        const [rows, others] = [backend.createRows!(table, 'sgd', 1), backend.createRows!(table, 'sgd', 1)];
        const gradient = tf.ones<tf.Rank.R2>([1, 256]);
        rows.update([{ indices: column(5), gradient }], 1);
        const [moved, still] = [rows, others].map((rows) =>
          tf.tidy(() => rows.gather(column(5)).dataSync()[0]),
        );
        expect(moved).toBeCloseTo(still - 1, 5);
        tf.dispose(gradient);
        for (const table of [rows, others]) table.dispose();
      }
      expect(process.memoryUsage.rss() - before).toBeLessThan(0.2e9); // of .5 GB
    });

    test('are not copied by an update', () => {
      const rows = backend.createRows!({ width: 64, parts: [{ rows: 800_000, init }] }, 'adagrad', 1); // .4 GB with state
      const gradient = tf.ones<tf.Rank.R2>([1, 64]);
      const step = () => rows.update([{ indices: column(5), gradient }], 1);
      step();
      const start = performance.now();
      for (let i = 0; i < 50; i++) step();
      expect((performance.now() - start) / 50).toBeLessThan(20); // a copy takes 80 ms
      rows.dispose();
      gradient.dispose();
    });
  });
});

import * as tf from '../../../tensors/index.ts';
import { random } from '../../../base/random.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GpuBackend } from '../../../backends/webgpu/backend.ts';
import { none, type OpenBackend } from '../../../harness/contract/backend.ts';
import { UserError } from '../../../base/user-error.ts';
import { column } from '../../column.ts';
import { testRows } from '../rows-conformance.ts';
import { describeGpu, onSoftware, openGpu } from './describe-gpu.ts';

/** Half a unit in the last place of floats up to 2, from two roundings more than the host's. */
const startWithin = 2 ** -22;

describeGpu('rows on the card', () => {
  describe('in one buffer', () => {
    const open = async () => (await openGpu()).open;
    testRows({ open, startWithin, numRuns: onSoftware ? 40 : 100 });
  });

  describe('cut into small buffers', () => {
    let backend: GpuBackend;
    let largest: number;
    const open = async () => {
      const opened = await openGpu();
      ({ backend } = opened);
      largest = backend.largestBuffer;
      backend.largestBuffer = 4096;
      return opened.open;
    };
    afterAll(() => {
      backend.largestBuffer = largest; // all tests of this file have one backend
    });
    testRows({ open, startWithin, small: true, numRuns: onSoftware ? 40 : 100 });
  });

  describe('a table', () => {
    let open: OpenBackend;
    let backend: GpuBackend;
    beforeAll(async () => {
      ({ open, backend } = await openGpu());
    });
    const table = (rows: number, width: number) => ({
      width,
      parts: [{ rows, init: { mean: 0, halfWidth: 1 } }],
    });

    test('without memory is a UserError that says what was asked and what there is', async () => {
      const rows = open.createRows!(table(2_000_000, 1024), 'adam', 1);
      const failure = await open.synchronize!().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UserError);
      expect((failure as UserError).message).toMatch(
        /^the graphics card has no memory for 24.6 GB .* in buffers of \d+\.\d GB at most\): take a higher/,
      );
      rows.dispose();
      await expect(open.synchronize!()).resolves.toBeUndefined();
    });

    // A card's memory may be the screen's too.
    test.runIf(onSoftware)(
      'and anything else without memory is a UserError that says what to take less of',
      async () => {
        const buffers: ReturnType<typeof backend.acquire>[] = [];
        let failure: unknown;
        while (failure === undefined && buffers.length < 256) {
          buffers.push(backend.acquire(Math.floor(backend.largestBuffer / 16) * 4));
          failure = await open.synchronize!().catch((error: unknown) => error);
        }
        expect(failure).toBeInstanceOf(UserError);
        expect((failure as UserError).message).toMatch(
          /^the graphics card ran out of memory: take a smaller --batch/,
        );
        for (const buffer of buffers) backend.bufferManager.releaseBuffer(buffer, false);
      },
    );

    test('of too many rows is one at once', () => {
      expect(() => open.createRows!(table(2 ** 32, 1), 'sgd', 1)).toThrow('2^32 - 2 are the most');
    });

    test('says which row was outside it, once', async () => {
      const rows = open.createRows!(table(5, 3), 'sgd', 1);
      tf.dispose(rows.gather(open.createIndices!(Uint32Array.of(none, 4, 5), 3, 1)));
      await expect(open.synchronize!()).rejects.toThrow('row 5 is outside a table of 5 rows');
      await expect(open.synchronize!()).resolves.toBeUndefined();
      rows.dispose();
    });

    test('without rows has zeros for none', async () => {
      const rows = open.createRows!({ width: 3, parts: [] }, 'sgd', 1);
      const gathered = rows.gather(open.createIndices!(Uint32Array.of(none), 1, 1));
      expect([...(await gathered.data())]).toEqual([0, 0, 0]);
      gathered.dispose();
    });

    test('refuses indices that are elsewhere', () => {
      const rows = open.createRows!(table(5, 3), 'sgd', 1);
      expect(() => rows.gather(column(1))).toThrow('not on the graphics card');
      rows.dispose();
    });

    test('takes no more memory step after step, and the same steps give the same bits', async () => {
      const course = async () => {
        const rows = open.createRows!(table(300, 8), 'adagrad', 1);
        const stream = random(3);
        const gradient = tf.tensor2d(
          Float32Array.from({ length: 16_000 }, () => stream.normal()),
          [2000, 8],
        );
        const used: number[] = [];
        for (let step = 0; step < 6; step++) {
          const ids = open.createIndices!(
            Uint32Array.from({ length: 2000 }, (_, i) => (i * i + step) % 300),
            1000,
            2,
          );
          rows.gather(ids).dispose();
          rows.update([{ indices: ids, gradient }], 0.1);
          ids.dispose!();
          await open.synchronize!();
          used.push(backend.memory().numBytesInGPU);
        }
        gradient.dispose();
        const read = await rows.read(0, 300);
        rows.dispose();
        return { read, used };
      };
      const [first, second] = [await course(), await course()];
      expect(new Set(first.used.slice(1)).size).toBe(1);
      expect(second.read).toEqual(first.read);
    });
  });
});

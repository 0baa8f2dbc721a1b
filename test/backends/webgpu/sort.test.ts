import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { GpuBackend } from '../../../backends/webgpu/backend.ts';
import { sortKeys } from '../../../backends/webgpu/tables/sort.ts';
import { sumDuplicates } from '../../../backends/webgpu/tables/sum-runs.ts';
import { none } from '../../../harness/contract/backend.ts';
import { random } from '../../../base/random.ts';
import { describeGpu, onSoftware, openGpu } from './describe-gpu.ts';

/** Around the sizes of a thread's chunk and a workgroup's block; with one key, few and many; `none` and strays. */
const problems = fc
  .record({
    count: fc.constantFrom(1, 2, 31, 32, 33, 64, 65, 1023, 1024, 1025, 2049, 5000),
    most: fc.constantFrom(1, 2, 15, 16, 17, 300, 70_000, 2 ** 32 - 2),
    distinct: fc.constantFrom(1, 2, 10, 2000),
    seed: fc.nat(),
  })
  .map(({ count, most, distinct, seed }) => {
    const stream = random(seed);
    const some = Array.from({ length: distinct }, () =>
      stream.next() % 20 === 0 ? none : stream.next() % most,
    );
    return { most, keys: Uint32Array.from({ length: count }, () => some[stream.next() % distinct]), stream };
  });
const numRuns = onSoftware ? 30 : 300;

describeGpu('on the card', () => {
  let backend: GpuBackend;
  beforeAll(async () => {
    ({ backend } = await openGpu());
  });

  const upload = (values: Uint32Array | Float32Array) => {
    backend.submit();
    const buffer = backend.acquire(values.length);
    backend.upload(values, buffer);
    return buffer;
  };
  const download = async (buffer: Parameters<typeof backend.download>[0], numbers: number) =>
    backend.download(buffer, 0, 4 * numbers);

  test('keys are sorted, equal ones in their order, those beyond the most as the most', async () => {
    const property = fc.asyncProperty(problems, async ({ keys, most }) => {
      const before = backend.memory().numBytesInGPU;
      const unsorted = upload(keys);
      const sorted = sortKeys(backend, unsorted, keys.length, most);
      const clamped = keys.map((key) => Math.min(key, most));
      const order = [...clamped.keys()].sort((a, b) => clamped[a] - clamped[b] || a - b);
      expect([...new Uint32Array(await download(sorted.positions, keys.length))]).toEqual(order);
      expect([...new Uint32Array(await download(sorted.keys, keys.length))]).toEqual(
        order.map((i) => clamped[i]),
      );
      for (const buffer of [unsorted, sorted.keys, sorted.positions]) backend.release(buffer);
      expect(backend.memory().numBytesInGPU).toBe(before);
    });
    await fc.assert(property, { numRuns, seed: 1 });
  });

  test('vectors of equal keys are summed up at the first of them', { timeout: 60_000 }, async () => {
    const widths = fc.constantFrom(1, 3, 4, 17);
    const property = fc.asyncProperty(problems, widths, async ({ keys, most, stream }, width) => {
      const values = Float32Array.from({ length: keys.length * width }, () => stream.normal());
      const [unsorted, vectors] = [upload(keys), upload(values)];
      const sorted = sortKeys(backend, unsorted, keys.length, most);
      const sums = sumDuplicates(backend, sorted, vectors, keys.length, width);
      const found = new Float32Array(await download(sums, keys.length * width));
      const [order, ordered] = [
        new Uint32Array(await download(sorted.positions, keys.length)),
        new Uint32Array(await download(sorted.keys, keys.length)),
      ];
      for (let first = 0, end; first < keys.length; first = end) {
        for (end = first; end < keys.length && ordered[end] === ordered[first];) end++;
        for (let k = 0; k < width; k++) {
          let [sum, magnitude] = [0, 0];
          for (let i = first; i < end; i++) {
            sum += values[order[i] * width + k];
            magnitude += Math.abs(values[order[i] * width + k]);
          }
          // A thread adds 32 numbers one after the other, and then one level after the other.
          expect(Math.abs(found[first * width + k] - sum)).toBeLessThanOrEqual(100 * 2 ** -24 * magnitude);
        }
      }
      for (const buffer of [unsorted, vectors, sorted.keys, sorted.positions, sums]) backend.release(buffer);
    });
    await fc.assert(property, { numRuns, seed: 2 });
  });
});

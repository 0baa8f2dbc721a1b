import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, test } from 'vitest';
import type { GpuBackend } from '../../../backends/webgpu/backend.ts';
import { multiply } from '../../../backends/webgpu/kernels/product.ts';
import { type Tile, tiles } from '../../../backends/webgpu/kernels/tiles.ts';
import { sized } from '../../long.ts';
import { firstBeyond, halfUlp, normals } from '../native/numbers.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';

/** Products against sums in doubles: a float sum of k terms is off by at most k half-units of the sum of magnitudes. */

/** A driver that computes on the CPU takes seconds to compile one product. */
const timeout = 300_000;

let backend: GpuBackend;
beforeAll(async () => {
  ({ backend } = await openGpu());
});

interface Layout {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}
const layouts: readonly Layout[] = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

async function read(info: tf.TensorInfo): Promise<Float32Array> {
  await backend.synchronize(); // what went wrong is said there
  return (await backend.read(info.dataId)) as Float32Array;
}

/** Sums in doubles, and how far floats may be from them. */
function exact(
  [a, b]: readonly Float32Array[],
  m: number,
  n: number,
  k: number,
  { transposeA, transposeB }: Layout,
) {
  const sums = new Float64Array(m * n);
  const bound = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const left = a[transposeA ? p * m + i : i * k + p];
      for (let j = 0; j < n; j++) {
        const term = left * b[transposeB ? j * k + p : p * n + j];
        sums[i * n + j] += term;
        bound[i * n + j] += Math.abs(term);
      }
    }
  return { sums, bound: bound.map((magnitude) => (k + 4) * halfUlp * magnitude + 1e-30) };
}

/** The error of a product of [m, k] and [k, n] beyond rounding. */
async function wrong(tile: Tile, m: number, n: number, k: number, layout: Layout, splits = 1) {
  const { transposeA, transposeB } = layout;
  const [a, b] = [normals(m * k, m + k), normals(k * n, n + k + 1)];
  const c = backend.output([m, n], 'float32');
  const chunk = tile.inner * Math.max(1, Math.ceil(k / tile.inner / splits));
  // The memory of the product before would hold its result.
  backend.upload(new Float32Array(m * n).fill(NaN), backend.bufferOf(c, 'read_write'));
  const tensors = [a, b].map((values) => tf.tensor1d(values));
  const product = {
    rows: m,
    columns: n,
    inner: k,
    batches: 1,
    a: { data: tensors[0], stride: transposeA ? m : k, step: 0, transposed: transposeA },
    b: { data: tensors[1], stride: transposeB ? k : n, step: 0, transposed: transposeB },
    c: { data: c, stride: n, step: 0 },
  };
  multiply(backend, product, false, { tile, splits: Math.max(1, Math.ceil(k / chunk)), chunk });
  const { sums, bound } = exact([a, b], m, n, k, layout);
  const found = firstBeyond(await read(c), sums, bound);
  tf.dispose(tensors);
  backend.disposeData(c.dataId);
  return found && `${m} ${n} ${k} ${JSON.stringify(layout)}: ${found}`;
}

describeGpu('products', () => {
  const [small, smallAndShort] = [16, 4].map((inner) =>
    tiles.find((tile) => tile.rows === 32 && tile.inner === inner)!,
  );

  test('every layout in memory, quads or not, in tiles that are cut off or not', { timeout }, async () => {
    for (const layout of layouts)
      for (const [m, n, k] of [
        [1, 1, 1],
        [3, 5, 2],
        [33, 31, 13],
        [32, 64, 32],
        [36, 4, 40],
        [70, 8, 17],
        [5, 3, 0],
      ])
        expect(await wrong(small, m, n, k, layout)).toBeUndefined();
  });

  const all = tiles.filter(({ inner, rows }) => inner === 16 || rows === 256);
  // The short form tries the first and the last, because a software driver compiles each for seconds.
  const named = sized([all[0], all[all.length - 1]], all);
  test.each(named.map((tile) => ({ tile, name: `${tile.rows} x ${tile.columns} x ${tile.inner}` })))(
    'in tiles of $name',
    { timeout },
    async ({ tile }) => {
      const [straight, , , turned] = layouts;
      expect(await wrong(tile, 301, 131, 35, straight)).toBeUndefined();
      expect(await wrong(tile, 132, 260, 20, turned)).toBeUndefined();
    },
  );

  test('sums of a few terms', { timeout }, async () => {
    for (const k of [1, 3, 4]) expect(await wrong(smallAndShort, 40, 33, k, layouts[0])).toBeUndefined();
  });

  test('long sums, in parts', { timeout }, async () => {
    for (const splits of [2, 3, 7])
      expect(await wrong(small, 13, 40, 1000, layouts[2], splits)).toBeUndefined();
  });
});

import { deriveSeed, hash32 } from '../../../base/hash.ts';
import { permutation } from '../../../base/random.ts';
import type { Sketch, SketchShape } from './sketches.ts';

/**
 * Block SRHT (Balabanov, Beaupere, Grigori, Lederer 2022, arXiv 2210.11295): A is cut into blocks A_b of r rows, r the power
 * of two that is at least `size` (the last one filled up with zeros), and
 *
 *   S = 1/sqrt(size) * sum over b of E_b R H D_b A_b,
 *
 * D_b and E_b random signs of rows, H the Walsh-Hadamard matrix of +-1, R the same `size` of its r rows in every block.
 * Every entry of what A is multiplied by is +-1/sqrt(size), so the mean of S'S is A'A. r log2(r) width additions for r rows.
 */
export function blockSrht({ size, width, seed }: SketchShape): Sketch {
  const rows = 2 ** Math.ceil(Math.log2(size));
  const [before, after] = [deriveSeed(seed, 'before'), deriveSeed(seed, 'after')];
  const picked = permutation(rows, deriveSeed(seed, 'rows')).subarray(0, size);
  const sums = new Float64Array(size * width);
  const block = new Float64Array(rows * width);
  let [filled, blocks] = [0, 0];
  const fold = () => {
    walshHadamard(block, width);
    for (let i = 0; i < size; i++) {
      const sign = hash32(blocks * size + i, after) & 1 ? 1 : -1;
      for (let k = 0; k < width; k++) sums[i * width + k] += sign * block[picked[i] * width + k];
    }
    block.fill(0);
    filled = 0;
    blocks++;
  };
  return {
    add({ first, count, values }) {
      for (let row = 0; row < count; row++) {
        const sign = hash32(first + row, before) & 1 ? 1 : -1;
        for (let k = 0; k < width; k++) block[filled * width + k] = sign * values[row * width + k];
        if (++filled === rows) fold();
      }
    },
    finish() {
      if (filled > 0) fold();
      return sums.map((x) => x / Math.sqrt(size));
    },
  };
}

/**
 * H X in place, X [rows, width], rows a power of two, H the Walsh-Hadamard matrix of +1 and -1 in Sylvester's order:
 * H[i, j] = (-1)^(bits that i and j share). rows log2(rows) additions for every column.
 */
export function walshHadamard(values: Float64Array, width: number): void {
  const floats = values.length;
  for (let half = width; half < floats; half *= 2)
    for (let start = 0; start < floats; start += 2 * half)
      for (let i = start; i < start + half; i++) {
        const [x, y] = [values[i], values[i + half]];
        values[i] = x + y;
        values[i + half] = x - y;
      }
}

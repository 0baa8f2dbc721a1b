import { heap, register } from './heap-kernel.ts';

/**
 * The pairwise interaction and its gradient (harness/ops/pairwise-dots.ts) as loops over the wasm heap: the composition
 * spends most of its time in tfjs's gather of columns.
 */
export function registerPairwiseDots(): void {
  register('PairwiseDots', (backend, { vectors }) => {
    const [batch, count, dim] = vectors.shape;
    const output = backend.makeOutput([batch, (count * (count - 1)) / 2], 'float32');
    dots(heap(backend, vectors), heap(backend, output), batch, count, dim);
    return output;
  });
  register('PairwiseDotsGrad', (backend, { vectors, dy }) => {
    const [batch, count, dim] = vectors.shape;
    const output = backend.makeOutput(vectors.shape, 'float32');
    dotsGradient(heap(backend, vectors), heap(backend, dy), heap(backend, output), batch, count, dim);
    return output;
  });
}

/** x: [batch, count, dim] -> y: [batch, pairs]. Four dots at a time, so that the left vector is loaded once for them. */
function dots(x: Float32Array, y: Float32Array, batch: number, count: number, dim: number): void {
  let to = 0;
  for (let sample = 0; sample < batch; sample++) {
    const first = sample * count * dim;
    for (let i = 1; i < count; i++) {
      const left = first + i * dim;
      let right = first;
      let j = 0;
      for (; j + 4 <= i; j += 4, right += 4 * dim) {
        let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
        for (let k = 0; k < dim; k++) {
          const l = x[left + k];
          sum0 += l * x[right + k];
          sum1 += l * x[right + dim + k];
          sum2 += l * x[right + 2 * dim + k];
          sum3 += l * x[right + 3 * dim + k];
        }
        y[to] = sum0;
        y[to + 1] = sum1;
        y[to + 2] = sum2;
        y[to + 3] = sum3;
        to += 4;
      }
      for (; j < i; j++, right += dim) {
        let sum = 0;
        for (let k = 0; k < dim; k++) sum += x[left + k] * x[right + k];
        y[to++] = sum;
      }
    }
  }
}

/**
 * x: [batch, count, dim], dy: [batch, pairs] -> dx: [batch, count, dim]: each sample's slopes spread out to a symmetric
 * matrix with zeros on its diagonal, times its vectors. Four vectors at a time, so that sums are stored once for them.
 */
function dotsGradient(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  batch: number,
  count: number,
  dim: number,
): void {
  dx.fill(0);
  const slopes = new Float32Array(count * count);
  let from = 0;
  for (let sample = 0; sample < batch; sample++) {
    const first = sample * count * dim;
    for (let i = 1; i < count; i++)
      for (let j = 0; j < i; j++) slopes[i * count + j] = slopes[j * count + i] = dy[from++];
    for (let i = 0; i < count; i++) {
      const left = first + i * dim;
      const row = i * count;
      let right = first;
      let j = 0;
      for (; j + 4 <= count; j += 4, right += 4 * dim) {
        const [s0, s1, s2, s3] = [
          slopes[row + j],
          slopes[row + j + 1],
          slopes[row + j + 2],
          slopes[row + j + 3],
        ];
        for (let k = 0; k < dim; k++) {
          dx[left + k] +=
            s0 * x[right + k] +
            s1 * x[right + dim + k] +
            s2 * x[right + 2 * dim + k] +
            s3 * x[right + 3 * dim + k];
        }
      }
      for (; j < count; j++, right += dim) {
        const slope = slopes[row + j];
        for (let k = 0; k < dim; k++) dx[left + k] += slope * x[right + k];
      }
    }
  }
}

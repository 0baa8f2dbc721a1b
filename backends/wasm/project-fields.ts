import { heap, register } from './heap-kernel.ts';

/**
 * A matrix per field (harness/ops/project-fields.ts) as loops over the wasm heap: the matrices are small, and tfjs's
 * batched products take a slow path for them. Zeros are skipped: most inputs are zero where ids have several blocks, of
 * which they are in one.
 */
export function registerProjectFields(): void {
  register('ProjectFields', (backend, { x, matrices }) => {
    const [batch, fields, width] = x.shape;
    const out = matrices.shape[2];
    const output = backend.makeOutput([batch, fields, out], 'float32');
    const [from, matrix, to] = [heap(backend, x), heap(backend, matrices), heap(backend, output)];
    to.fill(0);
    for (let sample = 0, at = 0; sample < batch; sample++)
      for (let f = 0, m = 0; f < fields; f++, at += out)
        for (let k = 0; k < width; k++, m += out) {
          const value = from[(sample * fields + f) * width + k];
          if (value === 0) continue;
          for (let j = 0; j < out; j++) to[at + j] += value * matrix[m + j];
        }
    return output;
  });

  register('ProjectFieldsGradX', (backend, { dy, matrices }) => {
    const [batch, fields, out] = dy.shape;
    const width = matrices.shape[1];
    const output = backend.makeOutput([batch, fields, width], 'float32');
    const [from, matrix, to] = [heap(backend, dy), heap(backend, matrices), heap(backend, output)];
    for (let sample = 0, at = 0; sample < batch; sample++)
      for (let f = 0, m = 0; f < fields; f++) {
        const slope = (sample * fields + f) * out;
        for (let k = 0; k < width; k++, m += out) {
          let sum = 0;
          for (let j = 0; j < out; j++) sum += from[slope + j] * matrix[m + j];
          to[at++] = sum;
        }
      }
    return output;
  });

  register('ProjectFieldsGradMatrices', (backend, { x, dy }) => {
    const [batch, fields, width] = x.shape;
    const out = dy.shape[2];
    const output = backend.makeOutput([fields, width, out], 'float32');
    const [from, slopes, to] = [heap(backend, x), heap(backend, dy), heap(backend, output)];
    to.fill(0);
    for (let sample = 0, slope = 0; sample < batch; sample++)
      for (let f = 0, m = 0; f < fields; f++, slope += out)
        for (let k = 0; k < width; k++, m += out) {
          const value = from[(sample * fields + f) * width + k];
          if (value === 0) continue;
          for (let j = 0; j < out; j++) to[m + j] += value * slopes[slope + j];
        }
    return output;
  });
}

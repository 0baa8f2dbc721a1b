import { heap, register } from './heap-kernel.ts';

/**
 * Vectors of fields put together (harness/ops/join-fields.ts) as loops over the wasm heap: the matrices are small, and
 * tfjs's batched products take a slow path for them. Zeros are skipped: most inputs are zero where ids have several
 * blocks, of which they are in one.
 */
export function registerJoinFields(): void {
  register('JoinFields', (backend, inputs, attributes) => {
    const { members, fields, dim } = attributes as { members: number[][]; fields: number; dim: number };
    const [batch] = inputs.x0.shape;
    const output = backend.makeOutput([batch, fields, dim], 'float32');
    const to = heap(backend, output).fill(0);
    members.forEach((ofGroup, group) => {
      const x = heap(backend, inputs[`x${group}`]);
      const width = inputs[`x${group}`].shape[2];
      const matrices = inputs[`matrices${group}`];
      if (matrices === undefined) addVectors(x, to, batch, ofGroup, fields, dim);
      else addProducts(x, heap(backend, matrices), to, batch, ofGroup, fields, width, dim);
    });
    return output;
  });

  register('JoinFieldsGradX', (backend, { dy, matrices }, attributes) => {
    const [batch, fields, dim] = dy.shape;
    const members = attributes.members as number[];
    const width = matrices === undefined ? dim : matrices.shape[1];
    const output = backend.makeOutput([batch, members.length, width], 'float32');
    const [from, to] = [heap(backend, dy), heap(backend, output)];
    const matrix = matrices === undefined ? undefined : heap(backend, matrices);
    for (let sample = 0, at = 0; sample < batch; sample++)
      for (let i = 0, m = 0; i < members.length; i++) {
        const slope = (sample * fields + members[i]) * dim;
        for (let k = 0; k < width; k++, m += dim) {
          let sum = 0;
          if (matrix === undefined) sum = from[slope + k];
          else for (let j = 0; j < dim; j++) sum += from[slope + j] * matrix[m + j];
          to[at++] = sum;
        }
      }
    return output;
  });

  register('JoinFieldsGradMatrices', (backend, { x, dy }, attributes) => {
    const [batch, count, width] = x.shape;
    const [, fields, dim] = dy.shape;
    const members = attributes.members as number[];
    const output = backend.makeOutput([count, width, dim], 'float32');
    const [from, slopes, to] = [heap(backend, x), heap(backend, dy), heap(backend, output)];
    to.fill(0);
    for (let sample = 0, at = 0; sample < batch; sample++)
      for (let i = 0, m = 0; i < count; i++) {
        const slope = (sample * fields + members[i]) * dim;
        for (let k = 0; k < width; k++, m += dim) {
          const value = from[at++];
          if (value === 0) continue;
          for (let j = 0; j < dim; j++) to[m + j] += value * slopes[slope + j];
        }
      }
    return output;
  });
}

function addVectors(
  x: Float32Array,
  to: Float32Array,
  batch: number,
  members: readonly number[],
  fields: number,
  dim: number,
): void {
  for (let sample = 0, from = 0; sample < batch; sample++)
    for (const field of members) {
      const at = (sample * fields + field) * dim;
      for (let k = 0; k < dim; k++) to[at + k] += x[from++];
    }
}

function addProducts(
  x: Float32Array,
  matrices: Float32Array,
  to: Float32Array,
  batch: number,
  members: readonly number[],
  fields: number,
  width: number,
  dim: number,
): void {
  for (let sample = 0, from = 0; sample < batch; sample++)
    for (let i = 0, m = 0; i < members.length; i++) {
      const at = (sample * fields + members[i]) * dim;
      for (let k = 0; k < width; k++, m += dim) {
        const value = x[from++];
        if (value === 0) continue;
        for (let j = 0; j < dim; j++) to[at + j] += value * matrices[m + j];
      }
    }
}

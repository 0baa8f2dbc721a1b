import { heap, register } from './heap-kernel.ts';

/** A permutation of fields (harness/ops/reorder-fields.ts) as copies of whole vectors; tfjs gathers float by float. */
export function registerReorderFields(): void {
  register('ReorderFields', (backend, { x }, attributes) => {
    const [batch, fields, dim] = x.shape;
    const order = attributes.order as number[];
    const output = backend.makeOutput(x.shape, 'float32');
    const [from, to] = [heap(backend, x), heap(backend, output)];
    for (let sample = 0, at = 0; sample < batch; sample++)
      for (let f = 0; f < fields; f++, at += dim) {
        const first = (sample * fields + order[f]) * dim;
        for (let k = 0; k < dim; k++) to[at + k] = from[first + k];
      }
    return output;
  });
}

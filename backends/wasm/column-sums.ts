import { heap, register } from './heap-kernel.ts';

/** Sums over rows (harness/ops/mlp.ts); tfjs transposes first, to sum along the last axis. */
export function registerColumnSums(): void {
  register('ColumnSums', (backend, { x }) => {
    const [rows, columns] = x.shape;
    const output = backend.makeOutput([columns], 'float32');
    const [from, to] = [heap(backend, x), heap(backend, output)];
    const sums = new Float64Array(columns);
    for (let row = 0, at = 0; row < rows; row++) for (let k = 0; k < columns; k++) sums[k] += from[at++];
    to.set(sums);
    return output;
  });
}

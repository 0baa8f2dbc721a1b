import { register } from './register.ts';

/** A tensor that a loop of JavaScript fills (harness/ops/computed-tensor.ts). */
export function registerComputedTensor(): void {
  register('ComputedTensor', (backend, _, attributes) => {
    const { shape, fill, arrays } = attributes as unknown as Computed;
    const out = backend.output([...shape], 'float32');
    backend.loop(fillAnew, fill, out.values, arrays);
    return out;
  });
}

interface Computed {
  readonly shape: readonly number[];
  readonly fill: (into: Float32Array, ...arrays: Arrays) => void;
  readonly arrays: Arrays;
}
type Arrays = readonly ArrayLike<number>[];

function fillAnew(fill: Computed['fill'], into: Float32Array, arrays: Arrays): void {
  into.fill(0);
  fill(into, ...arrays);
}

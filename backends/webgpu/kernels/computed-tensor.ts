import { register } from '../register.ts';

interface Attributes {
  readonly shape: readonly number[];
  readonly fill: (into: Float32Array, ...arrays: Arrays) => void;
  readonly arrays: Arrays;
}
type Arrays = ArrayLike<number>[];

/** A tensor that a loop of JavaScript fills (harness/ops/computed-tensor.ts). */
export function registerComputedTensor(): void {
  register('ComputedTensor', (backend, _, attributes) => {
    const { shape, fill, arrays } = attributes as unknown as Attributes;
    const size = shape.reduce((product, side) => product * side, 1);
    const make = (...now: Arrays) => {
      const into = new Float32Array(size);
      fill(into, ...now);
      return into;
    };
    const values = backend.computed(make, String(fill), arrays);
    return backend.makeTensorInfo([...shape], 'float32', values);
  });
}

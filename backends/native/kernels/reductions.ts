import type * as tf from '../../../tensors/index.ts';
import { type NativeBackend, isNumeric, type Type } from '../backend.ts';
import { axesOf, sizeOf } from './layout.ts';
import type { PartialKernels, PartialRun } from './register.ts';
import { transpose } from './shapes.ts';
import { cast } from './unary.ts';

interface Axes {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
  /** The shape without these axes. */
  readonly shape: number[];
}

/**
 * Calls `reduce` with x as [outer, n, inner], n what goes: where axes lie apart, x is transposed first. The result's
 * shape has no axes any more, or with `keepDims` ones in their places.
 */
function alongAxes(
  backend: NativeBackend,
  x: tf.TensorInfo,
  axes: number[],
  keepDims: boolean,
  reduce: (x: tf.TensorInfo, axes: Axes) => tf.TensorInfo,
): tf.TensorInfo {
  const kept = x.shape.filter((_, d) => !axes.includes(d));
  const shape = keepDims ? x.shape.map((side, d) => (axes.includes(d) ? 1 : side)) : kept;
  const [first, last] = axes.length === 0 ? [x.shape.length, x.shape.length - 1] : [axes[0], axes.at(-1)!];
  if (axes.length === last - first + 1) {
    const [outer, n, inner] = [
      x.shape.slice(0, first),
      x.shape.slice(first, last + 1),
      x.shape.slice(last + 1),
    ].map(sizeOf);
    return reduce(x, { outer, n, inner, shape });
  }
  const others = x.shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const moved = transpose(backend, x, [...others, ...axes]);
  const result = reduce(moved, {
    outer: sizeOf(kept),
    n: sizeOf(axes.map((d) => x.shape[d])),
    inner: 1,
    shape,
  });
  backend.disposeIntermediateTensorInfo(moved);
  return result;
}

/** Sums along axes; of booleans, integers. */
export function sum(
  backend: NativeBackend,
  x: tf.TensorInfo,
  axes: number[],
  keepDims: boolean,
  mean = false,
): tf.TensorInfo {
  const type = mean || x.dtype === 'float32' ? 'float32' : 'int32';
  const numbers = cast(backend, x, type);
  const result = alongAxes(backend, numbers, axes, keepDims, (x, { outer, n, inner, shape }) => {
    const out = backend.output(shape, type);
    const divisor = mean && n > 0 ? n : 1;
    backend.addon.sum(backend.numbers(x) as Float32Array, out.values, outer, n, inner, divisor);
    return out;
  });
  backend.disposeIntermediateTensorInfo(numbers);
  return result;
}

const summing =
  (mean: boolean): PartialRun =>
  (backend, { x }, { axis, keepDims }) =>
    isNumeric(x) ? sum(backend, x, axesOf(axis, x.shape), keepDims === true, mean) : undefined;

/** The others have no result for nothing: tfjs's is left to the cpu backend. */
function reducing(operation: string, types: readonly Type[], output?: Type): PartialRun {
  return (backend, { x }, { axis, reductionIndices, keepDims }) => {
    const axes = axesOf(axis ?? reductionIndices, x.shape);
    if (!(types as tf.DataType[]).includes(x.dtype) || axes.some((d) => x.shape[d] === 0)) return undefined;
    if (output !== undefined && axes.length !== 1) return undefined; // a place is along one axis
    return alongAxes(backend, x, axes, keepDims === true, (x, { outer, n, inner, shape }) => {
      const out = backend.output(shape, output ?? (x.dtype as Type));
      const place = backend.operations.reduction.get(operation)!;
      backend.addon.reduce(place, backend.numbers(x), out.values, outer, n, inner);
      return out;
    });
  };
}

function scanning(product: boolean): PartialRun {
  return (backend, { x }, { axis, exclusive, reverse }) => {
    if (!isNumeric(x) || x.shape.length === 0) return undefined;
    const numbers = cast(backend, x, x.dtype === 'float32' ? 'float32' : 'int32');
    const along = axesOf(axis, x.shape)[0];
    const [outer, inner] = [sizeOf(x.shape.slice(0, along)), sizeOf(x.shape.slice(along + 1))];
    const y = backend.output(x.shape, numbers.dtype as Type);
    backend.addon.scan(
      backend.numbers(numbers),
      y.values,
      outer,
      x.shape[along],
      inner,
      exclusive === true,
      reverse === true,
      product,
    );
    backend.disposeIntermediateTensorInfo(numbers);
    return y;
  };
}

const numbers: Type[] = ['float32', 'int32'];
const all: Type[] = [...numbers, 'bool'];

/** Many numbers in, fewer out; and sums and products of all before. */
export const reductions: PartialKernels = {
  Sum: summing(false),
  Mean: summing(true),
  Max: reducing('Max', all),
  Min: reducing('Min', all),
  Prod: reducing('Prod', numbers),
  All: reducing('All', ['bool']),
  Any: reducing('Any', ['bool']),
  ArgMax: reducing('ArgMax', all, 'int32'),
  ArgMin: reducing('ArgMin', all, 'int32'),
  Cumsum: scanning(false),
  Cumprod: scanning(true),

  Softmax(backend, { logits }, { dim }) {
    const rank = logits.shape.length;
    if (logits.dtype !== 'float32' || rank === 0 || ((dim as number) + rank) % rank !== rank - 1)
      return undefined;
    const n = logits.shape[rank - 1];
    const y = backend.output(logits.shape, 'float32');
    if (n > 0) backend.addon.softmax(backend.floats(logits), y.values, y.values.length / n, n);
    return y;
  },

  TopK(backend, { x }, { k }) {
    if (x.dtype !== 'float32' && x.dtype !== 'int32') return undefined;
    const n = x.shape.at(-1)!;
    const [rows, shape] = [sizeOf(x.shape.slice(0, -1)), [...x.shape.slice(0, -1), k as number]];
    const [values, indices] = [backend.output(shape, x.dtype), backend.output(shape, 'int32')];
    backend.addon.top(backend.numbers(x), values.values, indices.values, rows, n, k as number);
    return [values, indices];
  },
};

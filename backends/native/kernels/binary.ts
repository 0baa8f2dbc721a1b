import * as tf from '../../../tensors/index.ts';
import { type NativeBackend, isNumeric, type Type } from '../backend.ts';
import { fill } from './constants.ts';
import { sameShape, setBroadcast, setDimension, sizeOf, layout } from './layout.ts';
import type { PartialKernels, PartialRun } from './register.ts';

/** y = operation(a, b), stretched to a common shape; a and b are of one type. */
export function combine(
  backend: NativeBackend,
  operation: string,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  dtype = a.dtype as Type,
): tf.TensorInfo {
  const same = sameShape(a.shape, b.shape);
  const shape = same ? a.shape : tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const y = backend.output([...shape], dtype);
  let rank = 1;
  if (same) setDimension(0, sizeOf(shape), 1, 1);
  else rank = setBroadcast(shape, a.shape, b.shape);
  const place = backend.operations.binary.get(operation)!;
  backend.addon.binary(place, backend.numbers(a), backend.numbers(b), y.values, layout, rank);
  return y;
}

/** a += b, of one shape. */
export function addTo(backend: NativeBackend, a: tf.TensorInfo, b: tf.TensorInfo): void {
  setDimension(0, sizeOf(a.shape), 1, 1);
  const sum = backend.numbers(a);
  backend.addon.binary(backend.operations.binary.get('Add')!, sum, backend.numbers(b), sum, layout, 1);
}

const ofTypes =
  (types: readonly Type[], operation: string, dtype?: Type): PartialRun =>
  (backend, { a, b }) =>
    a.dtype === b.dtype && (types as tf.DataType[]).includes(a.dtype) && a.shape.length <= 16
      ? combine(backend, operation, a, b, dtype)
      : undefined;

const arithmetic = [
  'Add',
  'Sub',
  'Multiply',
  'RealDiv',
  'Maximum',
  'Minimum',
  'SquaredDifference',
  'Mod',
  'Pow',
];
const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'];
const all: Type[] = ['float32', 'int32', 'bool'];

/** Two numbers in, one number out. */
export const binary: PartialKernels = {
  ...Object.fromEntries(arithmetic.map((name) => [name, ofTypes(all, name)])),
  ...Object.fromEntries(comparisons.map((name) => [name, ofTypes(all, name, 'bool')])),
  LogicalAnd: ofTypes(['bool'], 'LogicalAnd', 'bool'),
  LogicalOr: ofTypes(['bool'], 'LogicalOr', 'bool'),
  FloorDiv: ofTypes(['float32', 'int32'], 'FloorDiv', 'int32'),
  Prelu: (backend, { x, alpha }, attributes) =>
    ofTypes(['float32'], 'Prelu')(backend, { a: x, b: alpha }, attributes),
  EluGrad: (backend, { dy, y }, attributes) =>
    ofTypes(['float32'], 'EluGrad')(backend, { a: dy, b: y }, attributes),

  AddN(backend, inputs) {
    const terms = inputs as unknown as tf.TensorInfo[];
    const [first, second, ...others] = terms;
    if (first.dtype !== 'float32' && first.dtype !== 'int32') return undefined;
    if (terms.some(({ dtype, shape }) => dtype !== first.dtype || !sameShape(shape, first.shape)))
      return undefined;
    if (terms.length === 1) {
      backend.incRef(first.dataId); // its sum is itself
      return { dataId: first.dataId, shape: first.shape, dtype: first.dtype };
    }
    const sum = combine(backend, 'Add', first, second);
    for (const term of others) addTo(backend, sum, term);
    return sum;
  },

  Select(backend, { condition, t, e }) {
    const fits = sameShape(condition.shape, t.shape) && sameShape(t.shape, e.shape);
    if (!fits || condition.dtype !== 'bool' || t.dtype !== e.dtype || !isNumeric(t)) return undefined;
    const out = backend.output(t.shape, t.dtype as Type);
    backend.addon.select(
      backend.numbers(condition) as Uint8Array,
      backend.numbers(t),
      backend.numbers(e),
      out.values,
    );
    return out;
  },

  /** scale (x - mean) / sqrt(variance + epsilon) + offset; all but x of x's last dimension, or of x's shape. */
  FusedBatchNorm(backend, { x, mean, variance, offset, scale }, { varianceEpsilon }) {
    const fits = (t: tf.TensorInfo | undefined) =>
      t === undefined ||
      (t.dtype === 'float32' &&
        (sameShape(t.shape, x.shape) || (t.shape.length === 1 && t.shape[0] === x.shape.at(-1))));
    if (x.dtype !== 'float32' || ![mean, variance, offset, scale].every(fits)) return undefined;
    const epsilon = backend.output([], 'float32');
    backend.loop(fill, epsilon.values, varianceEpsilon as number);
    const made: tf.TensorInfo[] = [epsilon];
    const step = (operation: string, a: tf.TensorInfo, b: tf.TensorInfo) => {
      made.push(combine(backend, operation, a, b));
      return made.at(-1)!;
    };
    let factor = step('Add', variance, epsilon);
    backend.addon.unary(
      backend.operations.unary.get('Rsqrt')!,
      backend.floats(factor),
      backend.floats(factor),
      0,
      0,
    );
    if (scale !== undefined) factor = step('Multiply', factor, scale);
    let y = step('Multiply', step('Sub', x, mean), factor);
    if (offset !== undefined) y = step('Add', y, offset);
    for (const tensor of made) if (tensor !== y) backend.disposeIntermediateTensorInfo(tensor);
    return y;
  },
};

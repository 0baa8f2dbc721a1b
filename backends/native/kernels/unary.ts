import type * as tf from '../../../tensors/index.ts';
import { type NativeBackend, isNumeric, type Type } from '../backend.ts';
import type { Attributes, PartialKernels, PartialRun } from './register.ts';

/** y = operation(x), of a float32 or int32 tensor; the result has its type. */
export function apply(
  backend: NativeBackend,
  operation: string,
  x: tf.TensorInfo,
  p = 0,
  q = 0,
  dtype = x.dtype as Type,
): tf.TensorInfo {
  const y = backend.output(x.shape, dtype);
  backend.addon.unary(backend.operations.unary.get(operation)!, backend.numbers(x), y.values, p, q);
  return y;
}

/** A tensor of another type, or the same numbers again where it is of this one. */
export function cast(backend: NativeBackend, x: tf.TensorInfo, dtype: Type): tf.TensorInfo {
  if (x.dtype === dtype) {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype };
  }
  const y = backend.output(x.shape, dtype);
  backend.addon.convert(backend.numbers(x), y.values);
  return y;
}

type Parameters = (attributes: Attributes) => [p: number, q: number];
const none: Parameters = () => [0, 0];
const alpha: Parameters = ({ alpha }) => [alpha as number, 0];

/** Operations whose result has the type of the input. */
const sameType = (operation: string, parameters = none): PartialRun => {
  return (backend, { x }, attributes) => {
    if (x.dtype !== 'float32' && x.dtype !== 'int32') return undefined;
    const [p, q] = parameters(attributes);
    return apply(backend, operation, x, p, q);
  };
};

const floatsOnly =
  (operation: string, parameters = none): PartialRun =>
  (backend, inputs, attributes) =>
    inputs.x.dtype === 'float32' ? sameType(operation, parameters)(backend, inputs, attributes) : undefined;

const test =
  (operation: string, dtype: 'float32' | 'bool'): PartialRun =>
  (backend, { x }) =>
    x.dtype === dtype ? apply(backend, operation, x, 0, 0, 'bool') : undefined;

// prettier-ignore
const plain = [
  'Neg', 'Square', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Expm1', 'Log', 'Log1p', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan',
  'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh', 'Floor', 'Ceil', 'Round', 'Sign', 'Relu', 'Relu6', 'Elu', 'Selu',
  'Sigmoid', 'Softplus', 'Erf', 'Abs',
];

/** One number in, one number out. */
export const unary: PartialKernels = {
  ...Object.fromEntries(plain.map((name) => [name, sameType(name)])),
  Exp: floatsOnly('Exp'), // of integers the cpu backend makes floats
  LeakyRelu: floatsOnly('LeakyRelu', alpha), // likewise
  Step: sameType('Step', alpha),
  ClipByValue: sameType('ClipByValue', ({ clipValueMin, clipValueMax }) => [
    clipValueMin as number,
    clipValueMax as number,
  ]),
  IsNan: test('IsNan', 'float32'),
  IsInf: test('IsInf', 'float32'),
  IsFinite: test('IsFinite', 'float32'),
  LogicalNot: test('LogicalNot', 'bool'),
  Cast: (backend, { x }, { dtype }) =>
    isNumeric(x) && isNumeric({ ...x, dtype: dtype as tf.DataType })
      ? cast(backend, x, dtype as Type)
      : undefined,
};

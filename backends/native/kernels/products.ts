import * as tf from '../../../tensors/index.ts';
import type { NativeBackend } from '../backend.ts';
import { combine } from './binary.ts';
import { layout, setBroadcast } from './layout.ts';
import type { PartialKernels } from './register.ts';
import { sum } from './reductions.ts';
import { transpose } from './shapes.ts';

/** Products of the last two dimensions, stretched along those before; a bias is [n], added to every row. */
export function matMul(
  backend: NativeBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  bias?: tf.TensorInfo,
): tf.TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [n, kOfB] = transposeB ? [bRows, bColumns] : [bColumns, bRows];
  if (k !== kOfB)
    throw new Error(
      `Error in matMul: inner shapes (${k}) and (${kOfB}) of Tensors with shapes ${a.shape.join()} and ` +
        `${b.shape.join()} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = tf.backend_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const c = backend.output([...batch, m, n], 'float32');
  const [x, y] = [backend.floats(a), backend.floats(b)];
  const added = bias === undefined ? undefined : backend.floats(bias);
  const rank = setBroadcast(batch, aBatch, bBatch);
  backend.addon.matMuls(x, y, c.values, layout, rank, m, n, k, transposeA, transposeB, added);
  return c;
}

const activations: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
};

const multiplies = (a: tf.TensorInfo, b: tf.TensorInfo) =>
  a.dtype === 'float32' && b.dtype === 'float32' && Math.max(a.shape.length, b.shape.length) <= 16;

/** The sums of products that an equation of two terms names, as a product of matrices. */
function einsum(backend: NativeBackend, tensors: readonly tf.TensorInfo[], equation: string) {
  const [left, right, out] = equation.replaceAll(' ', '').split(/,|->/);
  const [a, b] = tensors;
  const sizes = new Map([...left].map((name, d) => [name, a.shape[d]]));
  [...right].forEach((name, d) => sizes.set(name, b.shape[d]));
  const made: tf.TensorInfo[] = [];
  const keep = (tensor: tf.TensorInfo) => (made.push(tensor), tensor);

  // An index that only one has, and the result has not, is summed there.
  const summed = (tensor: tf.TensorInfo, names: string, others: string): [tf.TensorInfo, string[]] => {
    const alone = [...names].map((name, d) => [name, d] as const).filter(([name]) => !others.includes(name));
    if (alone.length === 0) return [tensor, [...names]];
    const axes = alone.map(([, d]) => d);
    const rest = [...names].filter((_, d) => !axes.includes(d));
    return [keep(sum(backend, tensor, axes, false)), rest];
  };
  const [x, xNames] = summed(a, left, right + out);
  const [y, yNames] = summed(b, right, left + out);
  const shared = xNames.filter((name) => yNames.includes(name));
  const batch = shared.filter((name) => out.includes(name));
  const inner = shared.filter((name) => !out.includes(name));
  const rows = xNames.filter((name) => !yNames.includes(name));
  const columns = yNames.filter((name) => !xNames.includes(name));

  const size = (names: readonly string[]) => names.reduce((product, name) => product * sizes.get(name)!, 1);
  const matrices = (tensor: tf.TensorInfo, names: string[], order: readonly string[], shape: number[]) => {
    const places = order.map((name) => names.indexOf(name));
    const moved = places.every((place, i) => place === i) ? tensor : keep(transpose(backend, tensor, places));
    return { ...moved, shape };
  };
  const [m, n, k, count] = [rows, columns, inner, batch].map(size);
  const c = matMul(
    backend,
    matrices(x, xNames, [...batch, ...rows, ...inner], [count, m, k]),
    matrices(y, yNames, [...batch, ...inner, ...columns], [count, k, n]),
    false,
    false,
  );
  const names = [...batch, ...rows, ...columns];
  const whole = { ...c, shape: names.map((name) => sizes.get(name)!) };
  const places = [...out].map((name) => names.indexOf(name));
  let result: tf.TensorInfo = whole;
  if (!places.every((place, i) => place === i)) {
    result = transpose(backend, whole, places);
    backend.disposeIntermediateTensorInfo(c);
  }
  for (const tensor of made) backend.disposeIntermediateTensorInfo(tensor);
  return result;
}

export const products: PartialKernels = {
  BatchMatMul: (backend, { a, b }, { transposeA, transposeB }) =>
    multiplies(a, b) ? matMul(backend, a, b, transposeA === true, transposeB === true) : undefined,

  _FusedMatMul(backend, inputs, { transposeA, transposeB, activation, leakyreluAlpha }) {
    const { a, b, bias, preluActivationWeights } = inputs as Partial<typeof inputs>;
    const linear = activation === undefined || activation === null || activation === 'linear';
    const operation = activations[activation as string];
    if (!multiplies(a!, b!) || (bias !== undefined && bias.dtype !== 'float32')) return undefined;
    if (!linear && operation === undefined && activation !== 'prelu') return undefined;
    const [transposedA, transposedB] = [transposeA === true, transposeB === true];
    const columns = b!.shape.at(transposedB ? -2 : -1);
    const simple = bias?.shape.length === 1 && bias.shape[0] === columns;
    let c = matMul(backend, a!, b!, transposedA, transposedB, simple ? bias : undefined);
    const replace = (next: tf.TensorInfo) => {
      backend.disposeIntermediateTensorInfo(c);
      c = next;
    };
    if (bias !== undefined && !simple) replace(combine(backend, 'Add', c, bias));
    if (activation === 'prelu') replace(combine(backend, 'Prelu', c, preluActivationWeights!));
    else if (!linear) {
      const alpha = (leakyreluAlpha as number | undefined) ?? 0;
      const values = backend.floats(c);
      backend.addon.unary(backend.operations.unary.get(operation)!, values, values, alpha, 0);
    }
    return c;
  },

  Einsum(backend, inputs, { equation }) {
    const tensors = inputs as unknown as tf.TensorInfo[];
    if (tensors.length !== 2 || !multiplies(tensors[0], tensors[1])) return undefined;
    const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation as string, tensors.length);
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as tf.Tensor[]);
    return einsum(backend, tensors, equation as string);
  },
};

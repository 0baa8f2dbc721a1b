import { type Floats, gathered, placesOf, sizeOf, stridesOf } from './arrays.ts';
import { activations, addBias, binary, rounded, sigmoid, truth, unary } from './elementwise.ts';
import type { Attributes, Inputs, Kernel } from './kernel.ts';
import { batchMatMul } from './products.ts';
import { extreme, reduced, softmaxed } from './reductions.ts';

const reshaped: Kernel = ({ x }, _, shape) => ({ data: x.data, shape });
function concatenated(inputs: Inputs, { axis }: Attributes, shape: readonly number[]): Floats {
  const parts = Object.keys(inputs)
    .sort((a, b) => Number(a) - Number(b))
    .map((key) => inputs[key]);
  const at = Number(axis) < 0 ? Number(axis) + shape.length : Number(axis);
  const data = new Float32Array(sizeOf(shape));
  const inner = sizeOf(shape.slice(at + 1));
  const outer = sizeOf(shape.slice(0, at));
  for (let row = 0, to = 0; row < outer; row++)
    for (const part of parts) {
      const size = part.shape[at] * inner;
      data.set(part.data.subarray(row * size, (row + 1) * size), to);
      to += size;
    }
  return { data, shape };
}

function padded({ x }: Inputs, { paddings, constantValue }: Attributes, shape: readonly number[]): Floats {
  const strides = stridesOf(shape);
  const start = (paddings as number[][]).reduce((at, [before], axis) => at + before * strides[axis], 0);
  const data = new Float32Array(sizeOf(shape)).fill(Number(constantValue ?? 0));
  placesOf(x.shape, strides, start).forEach((place, i) => (data[place] = x.data[i]));
  return { data, shape };
}

/** The kernels that programs of models use, by their names in tfjs. */
export const kernels: Readonly<Record<string, Kernel>> = {
  Identity: reshaped,
  Reshape: reshaped,
  ExpandDims: ({ input, x = input }, _, shape) => ({ data: x.data, shape }),
  Cast: ({ x }, { dtype }) => (dtype === 'int32' ? { ...x, data: x.data.map(Math.trunc) } : dtype === 'bool' ? { ...x, data: x.data.map((one) => Number(one !== 0)) } : x), // prettier-ignore
  Relu: unary(activations.relu),
  Sigmoid: unary(sigmoid),
  Tanh: unary(Math.tanh),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Log1p: unary(Math.log1p),
  Sqrt: unary(Math.sqrt),
  Square: unary((x) => x * x),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Floor: unary(Math.floor),
  Round: unary(rounded),
  Softplus: unary((x) => (x > 30 ? x : Math.log1p(Math.exp(x)))),
  Step: ({ x }, { alpha }) => ({ ...x, data: x.data.map((one) => (one > 0 ? 1 : Number(alpha ?? 0))) }),
  ClipByValue: ({ x }, { clipValueMin: least, clipValueMax: most }) => ({
    ...x,
    data: x.data.map((one) => Math.min(Number(most), Math.max(Number(least), one))),
  }),
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Multiply: binary((a, b) => a * b),
  RealDiv: binary((a, b) => a / b),
  FloorDiv: binary((a, b) => Math.floor(a / b)),
  Maximum: binary(Math.max),
  Minimum: binary(Math.min),
  Greater: truth((a, b) => a > b),
  GreaterEqual: truth((a, b) => a >= b),
  Less: truth((a, b) => a < b),
  LessEqual: truth((a, b) => a <= b),
  Equal: truth((a, b) => a === b),
  NotEqual: truth((a, b) => a !== b),
  LogicalAnd: truth((a, b) => a !== 0 && b !== 0),
  LogicalOr: truth((a, b) => a !== 0 || b !== 0),
  Select: ({ condition, t, e }) => {
    const each = sizeOf(t.shape) / sizeOf(condition.shape); // a condition may be of rows
    return {
      ...t,
      data: t.data.map((one, i) => (condition.data[Math.floor(i / each)] !== 0 ? one : e.data[i])),
    };
  },
  AddN: (inputs) => {
    const [first, ...others] = Object.values(inputs);
    return { ...first, data: first.data.map((x, i) => others.reduce((sum, { data }) => sum + data[i], x)) };
  },
  Sum: reduced(0, (sum, x) => sum + x),
  Prod: reduced(1, (product, x) => product * x),
  Max: reduced(-Infinity, Math.max),
  Min: reduced(Infinity, Math.min),
  Mean: (inputs, attributes, shape) => {
    const sums = reduced(0, (sum, x) => sum + x)(inputs, attributes, shape);
    const count = inputs.x.data.length / sums.data.length;
    return { ...sums, data: sums.data.map((sum) => sum / count) };
  },
  ArgMax: extreme((x, best) => x > best),
  ArgMin: extreme((x, best) => x < best),
  Softmax: (inputs) => softmaxed(inputs),
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) =>
    batchMatMul(a, b, transposeA === true, transposeB === true),
  _FusedMatMul: ({ a, b, bias }, { transposeA, transposeB, activation = 'linear' }) => {
    const product = batchMatMul(a, b, transposeA === true, transposeB === true);
    const of = activations[activation as string];
    if (of === undefined) throw new Error(`no activation ${String(activation)}`);
    if (bias) addBias(product, bias);
    if (activation !== 'linear') product.data.forEach((x, i) => (product.data[i] = of(x)));
    return product;
  },
  Transpose: ({ x }, { perm }, shape) => {
    const strides = stridesOf(x.shape);
    return gathered(
      x,
      shape,
      (perm as number[]).map((axis) => strides[axis]),
    );
  },
  Slice: ({ x }, { begin }, shape) => {
    const strides = stridesOf(x.shape);
    const start = (begin as number[]).reduce((at, from, axis) => at + from * strides[axis], 0);
    return gathered(x, shape, strides, start);
  },
  Concat: concatenated,
  Pack: (inputs, { axis }, shape) => {
    const at = Number(axis) < 0 ? Number(axis) + shape.length : Number(axis);
    const longer = ({ data, shape: own }: Floats) => ({
      data,
      shape: [...own.slice(0, at), 1, ...own.slice(at)],
    });
    const parts = Object.entries(inputs).map(([key, part]): [string, Floats] => [key, longer(part)]);
    return concatenated(Object.fromEntries(parts), { axis: at }, shape);
  },
  Tile: ({ x }, _, shape) => {
    const whole = x.shape.flatMap((size, axis) => [shape[axis] / size, size]);
    const strides = stridesOf(x.shape).flatMap((stride) => [0, stride]);
    return { ...gathered(x, whole, strides), shape };
  },
  PadV2: padded,
  GatherV2: ({ x, indices }, { axis, batchDims }, shape) => {
    if (Number(batchDims ?? 0) !== 0) throw new Error('GatherV2 with batch dimensions');
    const at = Number(axis) < 0 ? Number(axis) + x.shape.length : Number(axis);
    const inner = sizeOf(x.shape.slice(at + 1));
    const outer = sizeOf(x.shape.slice(0, at));
    const data = new Float32Array(sizeOf(shape));
    for (let row = 0, to = 0; row < outer; row++)
      for (const index of indices.data) {
        const from = (row * x.shape[at] + index) * inner;
        data.set(x.data.subarray(from, from + inner), to);
        to += inner;
      }
    return { data, shape };
  },
  OneHot: ({ indices }, { depth, onValue, offValue }, shape) => {
    const data = new Float32Array(sizeOf(shape)).fill(Number(offValue ?? 0));
    indices.data.forEach((index, i) => {
      if (index >= 0 && index < Number(depth)) data[i * Number(depth) + index] = Number(onValue ?? 1);
    });
    return { data, shape };
  },
  Fill: (_, { value }, shape) => ({ data: new Float32Array(sizeOf(shape)).fill(Number(value)), shape }),
};

import {
  broadcastShape,
  broadcastStrides,
  type Floats,
  gathered,
  placesOf,
  sizeOf,
  stridesOf,
} from './arrays.ts';
import { batchMatMul } from './products.ts';

/** Attributes of a node, its sizes being numbers. */
export type Attributes = Readonly<Record<string, unknown>>;
/** Inputs of a node by name. */
export type Inputs = Readonly<Record<string, Floats>>;
/** `shape`: of what comes out. */
export type Kernel = (inputs: Inputs, attributes: Attributes, shape: readonly number[]) => Floats;

const unary =
  (of: (x: number) => number): Kernel =>
  ({ x }) => ({ data: x.data.map(of), shape: x.shape });

function binary(of: (a: number, b: number) => number): Kernel {
  return ({ a, b }) => {
    const shape = broadcastShape(a.shape, b.shape);
    const data = new Float32Array(sizeOf(shape));
    const whole = [a, b].map((one) => sizeOf(one.shape) === data.length);
    if (whole[0] && whole[1]) for (let i = 0; i < data.length; i++) data[i] = of(a.data[i], b.data[i]);
    else {
      const ofA = placesOf(shape, broadcastStrides(a.shape, shape));
      const ofB = placesOf(shape, broadcastStrides(b.shape, shape));
      for (let i = 0; i < data.length; i++) data[i] = of(a.data[ofA[i]], b.data[ofB[i]]);
    }
    return { data, shape };
  };
}

/** Reduces the axes that are named, all if none are. `Max` has another name for them. */
function reduced(start: number, of: (sum: number, x: number) => number): Kernel {
  return ({ x }, { axis, reductionIndices = axis }, shape) => {
    const named = reductionIndices ?? [...x.shape.keys()];
    const list = typeof named === 'number' ? [named] : (named as number[]);
    const axes = new Set(list.map((one) => (one < 0 ? one + x.shape.length : one)));
    const kept = x.shape.map((size, i) => (axes.has(i) ? 1 : size));
    const places = placesOf(x.shape, broadcastStrides(kept, x.shape));
    const sums = new Float64Array(sizeOf(kept)).fill(start);
    for (let i = 0; i < places.length; i++) sums[places[i]] = of(sums[places[i]], x.data[i]);
    return { data: Float32Array.from(sums), shape };
  };
}

const reshaped: Kernel = ({ x }, _, shape) => ({ data: x.data, shape });
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const truth = (of: (a: number, b: number) => boolean) => binary((a, b) => Number(of(a, b)));

/** Half to even, as tfjs rounds. */
function rounded(x: number): number {
  const base = Math.floor(x);
  if (x - base !== 0.5) return Math.round(x);
  return base % 2 === 0 ? base : base + 1;
}

const activations: Readonly<Record<string, (x: number) => number>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  sigmoid,
};

function softmaxed({ logits }: Inputs): Floats {
  const size = logits.shape.at(-1)!;
  const data = new Float32Array(logits.data.length);
  for (let start = 0; start < data.length; start += size) {
    const own = logits.data.subarray(start, start + size);
    const most = own.reduce((most, x) => Math.max(most, x), -Infinity);
    const shares = Array.from(own, (x) => Math.exp(x - most));
    const sum = shares.reduce((sum, x) => sum + x, 0);
    shares.forEach((share, i) => (data[start + i] = share / sum));
  }
  return { data, shape: logits.shape };
}

/** The position of the first extreme along an axis. */
function extreme(better: (x: number, best: number) => boolean): Kernel {
  return ({ x }, { axis }, shape) => {
    const at = Number(axis) < 0 ? Number(axis) + x.shape.length : Number(axis);
    const strides = stridesOf(x.shape);
    const others = x.shape.filter((_, i) => i !== at);
    const starts = placesOf(
      others,
      strides.filter((_, i) => i !== at),
    );
    const data = Float32Array.from(starts, (start) => {
      let best = 0;
      for (let i = 1; i < x.shape[at]; i++)
        if (better(x.data[start + i * strides[at]], x.data[start + best * strides[at]])) best = i;
      return best;
    });
    return { data, shape };
  };
}

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

/** Adds a number to each column, or one to all. */
function addBias({ data, shape }: Floats, bias: Floats): void {
  const width = bias.data.length === 1 ? 1 : shape.at(-1)!;
  for (let from = 0; from < data.length; from += width)
    for (let column = 0; column < width; column++) data[from + column] += bias.data[column];
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

import type { Attribute as ProgramAttribute, Size } from '../program/program.ts';
import type { Graph } from './graph.ts';
import { elementTypes } from './messages.ts';

/** A value of 32-bit floats and its shape. Truth is 1 and 0. */
export interface FloatValue {
  readonly name: string;
  readonly shape: readonly Size[];
}

type Inputs = Readonly<Record<string, FloatValue>>;
type Attributes = Readonly<Record<string, ProgramAttribute>>;

/** `shape`: of what comes out. Undefined if the attributes ask for more than is known here. */
type Kernel = (
  graph: Graph,
  inputs: Inputs,
  attributes: Attributes,
  shape: readonly Size[],
) => string | undefined;

const unary =
  (op: string): Kernel =>
  (graph, { x }) =>
    graph.add(op, [x.name]);

const binary =
  (op: string): Kernel =>
  (graph, { a, b }) =>
    graph.add(op, [a.name, b.name]);

const toFloats = (graph: Graph, value: string) => graph.add('Cast', [value], { to: elementTypes.float });
const toTruth = (graph: Graph, { name }: FloatValue) => graph.add('Cast', [name], { to: elementTypes.bool });
const toIntegers = (graph: Graph, { name }: FloatValue) =>
  graph.add('Cast', [name], { to: elementTypes.int64 });

const compared =
  (op: string): Kernel =>
  (graph, { a, b }) =>
    toFloats(graph, graph.add(op, [a.name, b.name]));

const combined =
  (op: string): Kernel =>
  (graph, { a, b }) =>
    toFloats(graph, graph.add(op, [toTruth(graph, a), toTruth(graph, b)]));

const reduced =
  (op: string): Kernel =>
  (graph, { x }, { axis, reductionIndices = axis }, shape) => {
    const named = reductionIndices ?? x.shape.map((_, i) => i); // `Max` has another name for them
    const axes = [named].flat().map(Number);
    return graph.reshape(graph.add(op, [x.name, graph.integers(axes)], { keepdims: 0 }), shape);
  };

const extreme =
  (op: string): Kernel =>
  (graph, { x }, { axis }) =>
    toFloats(graph, graph.add(op, [x.name], { axis: Number(axis), keepdims: 0 }));

const reshaped: Kernel = (graph, inputs, _, shape) => graph.reshape(Object.values(inputs)[0].name, shape);

const inOrder = (inputs: Inputs) =>
  Object.keys(inputs)
    .sort((a, b) => Number(a) - Number(b))
    .map((key) => inputs[key]);

/** The last two axes in the other order. */
function transposed(graph: Graph, { name, shape }: FloatValue, asked: ProgramAttribute): string {
  if (asked !== true) return name;
  const axes = shape.map((_, i) => i);
  return graph.add('Transpose', [name], { perm: [...axes.slice(0, -2), axes.length - 1, axes.length - 2] });
}

const product: Kernel = (graph, { a, b }, { transposeA, transposeB }) =>
  graph.add('MatMul', [transposed(graph, a, transposeA), transposed(graph, b, transposeB)]);

const activations: Readonly<Record<string, string>> = { relu: 'Relu', sigmoid: 'Sigmoid' };

const isNumber = (one: unknown): one is number => typeof one === 'number';

/** The kernels of tfjs as operators of ONNX. */
export const kernels: Readonly<Record<string, Kernel>> = {
  Identity: (_, { x }) => x.name,
  Reshape: reshaped,
  ExpandDims: reshaped,
  Cast: (graph, { x }, { dtype }) => {
    if (dtype === 'int32') return toFloats(graph, toIntegers(graph, x));
    return dtype === 'bool' ? toFloats(graph, toTruth(graph, x)) : x.name;
  },
  Relu: unary('Relu'),
  Sigmoid: unary('Sigmoid'),
  Tanh: unary('Tanh'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  Sqrt: unary('Sqrt'),
  Neg: unary('Neg'),
  Abs: unary('Abs'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Floor: unary('Floor'),
  Round: unary('Round'),
  Softplus: unary('Softplus'),
  Square: (graph, { x }) => graph.add('Mul', [x.name, x.name]),
  ClipByValue: (graph, { x }, { clipValueMin, clipValueMax }) =>
    graph.add('Clip', [x.name, graph.float(Number(clipValueMin)), graph.float(Number(clipValueMax))]),
  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div'),
  FloorDiv: (graph, { a, b }) => graph.add('Floor', [graph.add('Div', [a.name, b.name])]),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Greater: compared('Greater'),
  GreaterEqual: compared('GreaterOrEqual'),
  Less: compared('Less'),
  LessEqual: compared('LessOrEqual'),
  Equal: compared('Equal'),
  NotEqual: (graph, { a, b }) => toFloats(graph, graph.add('Not', [graph.add('Equal', [a.name, b.name])])),
  LogicalAnd: combined('And'),
  LogicalOr: combined('Or'),
  Select: (graph, { condition, t, e }) => {
    const missing = t.shape.length - condition.shape.length; // a condition may be of rows
    const whole = missing === 0 ? condition.name : graph.reshape(condition.name, [...condition.shape, ...Array<number>(missing).fill(1)]); // prettier-ignore
    return graph.add('Where', [toTruth(graph, { ...condition, name: whole }), t.name, e.name]);
  },
  AddN: (graph, inputs) => {
    const names = inOrder(inputs).map(({ name }) => name);
    return names.length === 1 ? names[0] : graph.add('Sum', names);
  },
  Sum: reduced('ReduceSum'),
  Prod: reduced('ReduceProd'),
  Max: reduced('ReduceMax'),
  Min: reduced('ReduceMin'),
  Mean: reduced('ReduceMean'),
  ArgMax: extreme('ArgMax'),
  ArgMin: extreme('ArgMin'),
  Softmax: (graph, { logits }) => graph.add('Softmax', [logits.name], { axis: -1 }),
  BatchMatMul: product,
  _FusedMatMul: (graph, inputs, attributes, shape) => {
    const { activation = 'linear' } = attributes;
    const of = activations[activation as string];
    if (of === undefined && activation !== 'linear') return undefined;
    const made = product(graph, inputs, attributes, shape)!;
    const biased = 'bias' in inputs ? graph.add('Add', [made, inputs.bias.name]) : made;
    return of === undefined ? biased : graph.add(of, [biased]);
  },
  Transpose: (graph, { x }, { perm }) =>
    graph.add('Transpose', [x.name], { perm: perm as readonly number[] }),
  Slice: (graph, { x }, { begin }, shape) => {
    const cut = shape.flatMap((size, axis) => (same(size, x.shape[axis]) ? [] : [axis]));
    const starts = cut.map((axis) => (begin as readonly Size[])[axis]);
    const ends = cut.map((axis, i) => plus(starts[i], shape[axis]));
    if (cut.length === 0) return x.name;
    return graph.add('Slice', [x.name, graph.shape(starts), graph.shape(ends), graph.integers(cut)]);
  },
  Concat: (graph, inputs, { axis }) =>
    graph.add('Concat', inOrder(inputs).map(({ name }) => name), { axis: Number(axis) }), // prettier-ignore
  Pack: (graph, inputs, { axis }) => {
    const at = graph.integers([Number(axis)]);
    const parts = inOrder(inputs).map(({ name }) => graph.add('Unsqueeze', [name, at]));
    return graph.add('Concat', parts, { axis: Number(axis) });
  },
  Tile: (graph, { x }, _, shape) => {
    const repeats = graph.add('Div', [graph.shape(shape), graph.shape(x.shape)]);
    return graph.add('Tile', [x.name, repeats]);
  },
  PadV2: (graph, { x }, { paddings, constantValue }) => {
    const pairs = paddings as readonly (readonly ProgramAttribute[])[];
    const pads = [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)];
    if (!pads.every(isNumber)) return undefined;
    return graph.add('Pad', [x.name, graph.integers(pads), graph.float(Number(constantValue ?? 0))]);
  },
  GatherV2: (graph, { x, indices }, { axis, batchDims }) =>
    Number(batchDims ?? 0) === 0
      ? graph.add('Gather', [x.name, toIntegers(graph, indices)], { axis: Number(axis) })
      : undefined,
  Fill: (graph, _, { value }, shape) => graph.add('Expand', [graph.float(Number(value)), graph.shape(shape)]),
};

const same = (a: Size, b: Size) => JSON.stringify(a) === JSON.stringify(b);

function plus(a: Size, b: Size): Size {
  const [x, y] = [a, b].map((size) => (typeof size === 'number' ? { times: 0, plus: size } : size));
  const times = x.times + y.times;
  return times === 0 ? x.plus + y.plus : { times, plus: x.plus + y.plus };
}

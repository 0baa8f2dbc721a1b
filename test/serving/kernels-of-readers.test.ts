import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { Floats } from '../../serving/reader/arrays.ts';
import { kernels } from '../../serving/reader/kernels.ts';
import { hasNumPy, pythonJson } from './python.ts';
import { drawn, expected } from './tfjs-kernel.ts';

/** Every kernel that the readers know, in TypeScript and in Python, against that of tfjs. */

beforeAll(() => cpu.open({}));

type Case = readonly [
  name: string,
  inputs: Record<string, Floats>,
  attributes?: object,
  integers?: readonly string[],
];

const floats = (shape: readonly number[], ...data: number[]): Floats => ({ data: Float32Array.from(data), shape }); // prettier-ignore
const positive = (one: Floats): Floats => ({ ...one, data: one.data.map((x) => Math.abs(x) + 0.01) });
const x = drawn([2, 3, 4], 1);
const truth = floats([2, 3], 1, 0, 0, 1, 1, 0);
const [a, b, bias] = [drawn([5, 3], 2), drawn([3, 4], 3), drawn([4], 4)];

const cases: readonly Case[] = [
  ['Identity', { x }],
  ['Reshape', { x }, { shape: [6, 4] }],
  ['ExpandDims', { input: x }, { dim: 1 }],
  ['Cast', { x }, { dtype: 'int32' }],
  ['Cast', { x: truth }, { dtype: 'bool' }],
  ...['Relu', 'Sigmoid', 'Tanh', 'Exp', 'Square', 'Neg', 'Abs', 'Sign', 'Sin', 'Cos', 'Floor', 'Round', 'Softplus'].map((name): Case => [name, { x }]),
  ...['Log', 'Log1p', 'Sqrt'].map((name): Case => [name, { x: positive(x) }]),
  ['Round', { x: floats([6], 0.5, 1.5, 2.5, -0.5, -1.5, 3) }],
  ['Sigmoid', { x: floats([4], -200, 200, -90, 0) }],
  ['Softplus', { x: floats([3], -80, 80, 0) }],
  ['Step', { x }, { alpha: 0.3 }],
  ['ClipByValue', { x }, { clipValueMin: -0.5, clipValueMax: 0.7 }],
  ...['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'].flatMap((name): Case[] => [
    [name, { a: x, b: drawn([3, 1], 5) }],
    [name, { a: x, b: x }],
  ]),
  ['FloorDiv', { a: floats([4], 7, -7, 6, 5), b: floats([4], 2, 2, 3, -2) }, {}, ['a', 'b']],
  ...['Sum', 'Prod', 'Max', 'Min', 'Mean'].flatMap((name): Case[] =>
    [[1], [0, 2], [-1 + 3], [0, 1, 2]].map((axis): Case => [name, { x }, { ...(name === 'Max' ? { reductionIndices: axis } : { axis }), keepDims: false }]),
  ),
  ...['ArgMax', 'ArgMin'].flatMap((name): Case[] => [0, 2].map((axis): Case => [name, { x }, { axis }])),
  ['Softmax', { logits: drawn([3, 5], 6) }, { dim: 1 }],
  ['BatchMatMul', { a: drawn([3, 2, 4], 7), b: drawn([3, 5, 4], 8) }, { transposeA: false, transposeB: true }],
  ...['linear', 'relu', 'sigmoid'].map((activation): Case => ['_FusedMatMul', { a, b, bias }, { transposeA: false, transposeB: false, activation }]),
  ['_FusedMatMul', { a, b }, { transposeA: false, transposeB: false, activation: 'relu' }],
  ['Transpose', { x }, { perm: [2, 0, 1] }],
  ['Slice', { x }, { begin: [1, 0, 2], size: [1, 3, 2] }],
  ['Concat', { 0: x, 1: drawn([2, 5, 4], 9) }, { axis: 1 }],
  ['Pack', { 0: x, 1: drawn([2, 3, 4], 10) }, { axis: 2 }],
  ['AddN', { 0: x, 1: drawn([2, 3, 4], 11) }],
  ['Tile', { x }, { reps: [2, 1, 3] }],
  ['PadV2', { x }, { paddings: [[0, 1], [2, 0], [1, 1]], constantValue: 3 }],
  ['GatherV2', { x, indices: floats([3], 1, 0, 1) }, { axis: 1, batchDims: 0 }, ['indices']],
  ['OneHot', { indices: floats([4], 1, 0, 3, 7) }, { depth: 4, onValue: 2, offValue: -1, dtype: 'float32' }, ['indices']],
  ['Fill', {}, { shape: [2, 2], value: 1.5, dtype: 'float32' }],
]; // prettier-ignore

/** Conditions are of a type that tfjs checks: they come out of a comparison here, and are given to the readers as numbers. */
const withConditions: readonly Case[] = [
  ['Select', { condition: truth, t: drawn([2, 3], 12), e: drawn([2, 3], 13) }],
  ['LogicalAnd', { a: truth, b: floats([2, 3], 1, 1, 0, 0, 1, 0) }],
  ['LogicalOr', { a: truth, b: floats([2, 3], 1, 1, 0, 0, 1, 0) }],
];
const all = [...cases, ...withConditions];

let wanted: Floats[];
beforeAll(() => {
  wanted = all.map(([name, inputs, attributes = {}, integers]) => expected(name, inputs, attributes, integers)); // prettier-ignore
});

test('no kernel is left out', () => {
  expect(new Set(all.map(([name]) => name))).toEqual(new Set(Object.keys(kernels)));
});

function expectNear(found: readonly number[], { data }: Floats): void {
  expect(found).toHaveLength(data.length);
  found.forEach((one, i) => expect(one).toBeCloseTo(data[i], 4));
}

test.each(all.map(([name], i) => [name, i] as const))('%s in TypeScript (%#)', (name, i) => {
  const [, inputs, attributes = {}] = all[i];
  const { data, shape } = kernels[name](inputs, attributes as Record<string, unknown>, wanted[i].shape);
  expect(shape).toEqual(wanted[i].shape);
  expectNear([...data], wanted[i]);
});

describe.skipIf(!hasNumPy)('in Python', () => {
  let found: { shape: number[]; data: number[] }[];
  beforeAll(() => {
    found = pythonJson(
      `import json, sys
import numpy as np
from embed_bench_reader.kernels import KERNELS
def run(case):
    inputs = {name: np.array(one["data"], np.float32).reshape(one["shape"]) for name, one in case["inputs"].items()}
    made = KERNELS[case["name"]](inputs, case["attributes"], tuple(case["shape"]))
    return {"shape": list(made.shape), "data": made.astype(float).reshape(-1).tolist()}
print(json.dumps([run(case) for case in json.load(sys.stdin)]))`,
      all.map(([name, inputs, attributes = {}], i) => ({
        ...{ name, attributes, shape: wanted[i].shape },
        inputs: Object.fromEntries(Object.entries(inputs).map(([key, one]) => [key, { ...one, data: [...one.data] }])), // prettier-ignore
      })),
    );
  });

  test.each(all.map(([name], i) => [name, i] as const))('%s (%#)', (_, i) => {
    expect(found[i].shape).toEqual([...wanted[i].shape]);
    expectNear(found[i].data, wanted[i]);
  });
});

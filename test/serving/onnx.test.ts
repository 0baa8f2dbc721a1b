import { describe, expect, test } from 'vitest';
import { hash32 } from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import { type Arrays, convertProgram } from '../../serving/onnx/convert-program.ts';
import { Graph } from '../../serving/onnx/graph.ts';
import { indexOperation, type IndexValue } from '../../serving/onnx/index-operations.ts';
import { type Bytes, modelMessage, valueMessage } from '../../serving/onnx/messages.ts';
import type { Program, ProgramNode, Size } from '../../serving/program/program.ts';
import { IndexOperations } from '../../serving/reader/index-operations.ts';
import { runProgram, type Stored } from '../../serving/reader/run-program.ts';
import { heldMaps } from '../../serving/reader/sets.ts';
import { floats, integers, runtime, session } from './onnx-runtime.ts';

/** Operations one by one in the ONNX runtime, against definitions and the TypeScript reader. */

const none = 2 ** 32 - 1;
const start = (content: Bytes) => session(Buffer.concat(content));

describe.skipIf(!runtime)('operations on indices', () => {
  const x = [0, 1, 2, none, 65_535, 65_536, none - 1, 2 ** 31, ...Array.from({ length: 92 }, (_, i) => hash32(i, 8))]; // prettier-ignore
  const other = x.map((index, i) => (i % 3 === 0 ? none : hash32(index, 9)));
  const column = (i: number) => i % 2;
  const keep = (of: (index: number, i: number) => number) => (index: number, i: number) =>
    index === none ? none : of(index, i) >>> 0;
  const map = Array.from({ length: 70_000 }, (_, i) => hash32(i, 1));
  const small = x.map((index) => (index === none ? none : index % 70_000));

  type Case = readonly [op: string, attributes: object, input: number[], wanted: (index: number, i: number) => number]; // prettier-ignore
  const cases: readonly Case[] = [
    ['index-plus', { by: [7, none] }, x, keep((index, i) => index + [7, none][column(i)])],
    ['index-times', { by: [0x7feb352d, 3] }, x, keep((index, i) => Math.imul(index, [0x7feb352d, 3][column(i)]))],
    ['index-times', { by: none }, x, keep((index) => Math.imul(index, none))],
    ['index-div', { by: [7, 65_536] }, x, keep((index, i) => Math.floor(index / [7, 65_536][column(i)]))],
    ['index-mod', { by: [10, 4_000_000_000] }, x, keep((index, i) => index % [10, 4_000_000_000][column(i)])],
    ['index-and', { by: 0xf0f0f0f0 }, x, keep((index) => index & 0xf0f0f0f0)],
    ['index-hash', { by: 12345 }, x, keep((index) => hash32(index, 12345))],
    ['index-hash', { by: [0, none] }, x, keep((index, i) => hash32(index, [0, none][column(i)]))],
    ['index-within', { from: [10, 3], to: [2 ** 31, 900] }, x, (index, i) => {
      const [from, to] = [[10, 2 ** 31], [3, 900]][column(i)];
      return index >= from && index < to ? index - from : none;
    }],
    ['index-pick', { columns: [1, 0] }, x, (_, i) => x[i ^ 1]],
    ['index-choose', { here: [0, 1] }, x, (index, i) => (column(i) === 1 ? index : other[i])],
    ['index-add', {}, x, keep((index, i) => (other[i] === none ? none : index + other[i]))],
    ['index-or', {}, x, (index, i) => (index === none ? other[i] : index)],
    ['index-unless', {}, x, (index, i) => (other[i] === none ? index : none)],
    ['index-known', {}, x, (index) => Number(index !== none)],
    ['index-map', { map: 0 }, small, keep((index) => map[index])],
  ]; // prettier-ignore

  test.each(cases)('%s %o', async (op, attributes, input, wanted) => {
    const graph = new Graph();
    const value = (name: string): IndexValue => ({ name, columns: 2, most: none, mayBeNone: true });
    const inputs: Record<string, IndexValue> = ['index-choose', 'index-add', 'index-or', 'index-unless'].includes(op) ? { x: value('ids'), other: value('other') } : { x: value('ids') }; // prettier-ignore
    const entries = graph.integers(map);
    const given = indexOperation(graph, op, inputs, attributes as Record<string, unknown>, () => ({
      ...{ name: entries, most: none, mayBeNone: false },
    }));
    graph.rename(given!.name, 'y');
    const [ids, beside] = ['ids', 'other'].map((name) => valueMessage(11, name, 'int64', ['rows', 2]));
    const content = [...graph.messages, ...ids, ...('other' in inputs ? beside : [])];
    const started = await start(modelMessage([...content, ...valueMessage(12, 'y', 'int64', ['rows', 2])], {})); // prettier-ignore
    const shape = [input.length / 2, 2];
    const { y } = await started.run({
      ids: integers(input, shape),
      ...('other' in inputs && { other: integers(other, shape) }),
    });
    expect(Array.from(y.data as BigInt64Array, Number)).toEqual(input.map(wanted));
    expect(given!.columns).toBe(2);
  });

  test('bounds tell where nothing wraps and where nothing is none', () => {
    const graph = new Graph();
    const ids: IndexValue = { name: 'ids', columns: 2, most: 99, mayBeNone: false };
    const run = (op: string, attributes: object, x = ids) => indexOperation(graph, op, { x }, attributes as Record<string, unknown>, () => { throw new Error('no map'); })!; // prettier-ignore
    expect(run('index-plus', { by: [1, 5] })).toMatchObject({ most: 104, mayBeNone: false });
    expect(run('index-hash', { by: 1 })).toMatchObject({ most: none, mayBeNone: false });
    expect(run('index-mod', { by: [3, 7] }, run('index-hash', { by: 1 }))).toMatchObject({ most: 6 });
    expect(run('index-within', { from: 3, to: 50 })).toMatchObject({ mayBeNone: true });
  });
});

describe.skipIf(!runtime)('kernels', () => {
  const rows: Size = { times: 1, plus: 0 };
  const stream = random(2);
  const a = Float32Array.from({ length: 5 * 4 }, () => stream.normal());
  const v = Float32Array.from({ length: 5 * 3 * 4 }, () => Math.round(2 * stream.normal()));
  const unused = () => {
    throw new Error('not used here');
  };
  type Case = readonly [op: string, into: Record<string, number>, shape: readonly Size[], attributes?: ProgramNode['attributes']]; // prettier-ignore
  const nodes: readonly Case[] = [
    ...['Relu', 'Sigmoid', 'Tanh', 'Exp', 'Square', 'Neg', 'Abs', 'Sign', 'Sin', 'Cos', 'Floor', 'Round', 'Softplus', 'Identity'].map((op): Case => [op, { x: 0 }, [rows, 4]]),
    ...['Add', 'Sub', 'Multiply', 'Maximum', 'Minimum', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'].map((op): Case => [op, { a: 1, b: 2 }, [rows, 3, 4]]),
    ['RealDiv', { a: 1, b: 3 }, [rows, 3, 4]],
    ['FloorDiv', { a: 1, b: 3 }, [rows, 3, 4]],
    ['AddN', { 0: 0, 1: 0, 2: 0 }, [rows, 4]],
    ['ClipByValue', { x: 0 }, [rows, 4], { clipValueMin: -0.5, clipValueMax: 0.25 }],
    ['Cast', { x: 0 }, [rows, 4], { dtype: 'int32' }],
    ['Cast', { x: 1 }, [rows, 3, 4], { dtype: 'bool' }],
    ['Select', { condition: 1, t: 1, e: 2 }, [rows, 3, 4]],
    ...['Sum', 'Prod', 'Max', 'Min', 'Mean'].flatMap((op): Case[] => [[op, { x: 1 }, [rows, 3], { axis: 2, keepDims: false }], [op, { x: 1 }, [rows, 1, 4], { axis: [1], keepDims: true }]]),
    ['ArgMax', { x: 0 }, [rows], { axis: 1 }],
    ['ArgMin', { x: 0 }, [4], { axis: 0 }],
    ['Softmax', { logits: 0 }, [rows, 4], { dim: 1 }],
    ['BatchMatMul', { a: 1, b: 1 }, [rows, 3, 3], { transposeA: false, transposeB: true }],
    ['BatchMatMul', { a: 1, b: 1 }, [rows, 4, 4], { transposeA: true, transposeB: false }],
    ['_FusedMatMul', { a: 1, b: 4, bias: 5 }, [rows, 3, 2], { transposeA: false, transposeB: true, activation: 'relu' }],
    ['Reshape', { x: 1 }, [{ times: 3, plus: 0 }, 4], {}],
    ['ExpandDims', { input: 0 }, [1, rows, 4], { dim: 0 }],
    ['Transpose', { x: 1 }, [3, 4, rows], { perm: [1, 2, 0] }],
    ['Slice', { x: 1 }, [rows, 2, 3], { begin: [0, 1, 1], size: [rows, 2, 3] }],
    ['Slice', { x: 0 }, [{ times: 1, plus: -2 }, 4], { begin: [2, 0], size: [{ times: 1, plus: -2 }, 4] }],
    ['Concat', { 0: 1, 1: 2 }, [rows, 6, 4], { axis: 1 }],
    ['Pack', { 0: 0, 1: 0 }, [rows, 2, 4], { axis: 1 }],
    ['Tile', { x: 0 }, [{ times: 2, plus: 0 }, 12], { reps: [2, 3] }],
    ['PadV2', { x: 1 }, [rows, 6, 4], { paddings: [[0, 0], [1, 2], [0, 0]], constantValue: 1.5 }],
    ['GatherV2', { x: 1, indices: 6 }, [rows, 3, 2], { axis: 2, batchDims: 0 }],
    ['Fill', {}, [rows, 2], { shape: [rows, 2], value: 2.5, dtype: 'float32' }],
    ['filled', {}, [{ times: 2, plus: 1 }, 2], { value: 3 }],
  ]; // prettier-ignore

  const constants = [
    { data: Float32Array.of(1, 2, -3, 4), shape: [4] },
    { data: Float32Array.from({ length: 8 }, (_, i) => i - 3), shape: [1, 2, 4] },
    { data: Float32Array.of(0.5, -1), shape: [2] },
    { data: Float32Array.of(3, 1), shape: [2] },
  ];

  test.each(nodes.map(([op, into, shape, attributes = {}]) => [op, attributes, into, shape] as const))(
    '%s %o',
    async (op, attributes, into, shape) => {
      const told = constants.map(({ shape }, i): ProgramNode => ({ op: 'stored', in: {}, out: [3 + i], shapes: [shape], attributes: { array: i } })); // prettier-ignore
      const double: ProgramNode = { op: 'Add', in: { a: 1, b: 3 }, out: [2], shapes: [[rows, 3, 4]] };
      const program: Program = {
        inputs: [
          { name: 'dense', value: 0 },
          { name: 'vectors', value: 1 },
        ],
        nodes: [...told, double, { op, in: into, out: [7], shapes: [shape], attributes }],
        output: 7,
      };
      const stored: Stored = {
        ...{
          operations: new IndexOperations(heldMaps([])),
          rowsOf: unused,
          weight: unused,
          variable: unused,
        },
        array: (number) => constants[number],
      };
      const given = { dense: { data: a, shape: [5, 4] }, vectors: { data: v, shape: [5, 3, 4] } };
      const wanted = runProgram(program, given, 5, stored);

      const graph = new Graph();
      const arrays: Arrays = {
        ...{ table: unused, map: unused, weight: unused, variable: unused },
        array: (number) => {
          const { data, shape } = constants[number];
          return { name: graph.tensor('float', shape, [new Uint8Array(data.buffer)]), shape };
        },
      };
      const inputs = {
        dense: { name: 'dense', shape: [rows, 4] },
        vectors: { name: 'vectors', shape: [rows, 3, 4] },
      };
      graph.rename(convertProgram(graph, program, inputs, arrays).name, 'y');
      const started = await start(
      modelMessage(
        [
          ...graph.messages,
          ...valueMessage(11, 'dense', 'float', ['rows', 4]),
          ...valueMessage(11, 'vectors', 'float', ['rows', 3, 4]),
          ...valueMessage(11, 'ids', 'int64', ['rows', 1]),
          ...valueMessage(12, 'y', 'float', shape.map((_, i) => `s${i}`)),
        ],
        {},
      ),
    ); // prettier-ignore
      const { y } = await started.run({
        dense: floats(a, [5, 4]),
        vectors: floats(v, [5, 3, 4]),
        ids: integers([0, 0, 0, 0, 0], [5, 1]),
      });
      expect(y.dims).toEqual(wanted.shape);
      (y.data as Float32Array).forEach((x, i) => expect(x).toBeCloseTo(wanted.data[i], 5));
    },
  );

  test('an operation without a counterpart is named', () => {
    const program: Program = {
      inputs: [{ name: 'dense', value: 0 }],
      nodes: [{ op: 'Erf', in: { x: 0 }, out: [1], shapes: [[rows, 4]] }],
      output: 1,
    };
    const arrays: Arrays = { table: unused, map: unused, weight: unused, variable: unused, array: unused };
    expect(() =>
      convertProgram(new Graph(), program, { dense: { name: 'dense', shape: [rows, 4] } }, arrays),
    ).toThrow('the operation Erf has no counterpart in ONNX');
  });
});

import { UserError } from '../../base/user-error.ts';
import type { Program, ProgramNode } from '../program/program.ts';
import type { Graph } from './graph.ts';
import { indexOperation, type IndexValue, type MapValue } from './index-operations.ts';
import { type FloatValue, kernels } from './kernels.ts';
import { elementTypes } from './messages.ts';
import type { LookUp } from './tables.ts';

/** Everything that a program reads beside its inputs. */
export interface Arrays {
  readonly table: (number: number) => LookUp;
  readonly map: (number: number) => MapValue;
  readonly weight: (number: number) => FloatValue;
  readonly variable: (number: number) => FloatValue;
  readonly array: (number: number) => FloatValue;
}

export type Value = FloatValue | IndexValue;

/** Writes the operations of a program into a graph. Throws a UserError that names an operation that is none of ONNX. */
export function convertProgram(
  graph: Graph,
  { inputs, nodes, output }: Program,
  given: Readonly<Record<string, Value>>,
  arrays: Arrays,
): FloatValue {
  const values: Value[] = [];
  for (const { name, value } of inputs) values[value] = given[name];
  for (const node of nodes) {
    const into = Object.fromEntries(Object.entries(node.in).map(([name, value]) => [name, values[value]]));
    const made = node.op === 'SplitV' ? parts(graph, node, into.x as FloatValue) : [converted(graph, node, into, arrays)]; // prettier-ignore
    node.out.forEach((value, i) => (values[value] = made[i]));
  }
  return values[output] as FloatValue;
}

function converted(
  graph: Graph,
  { op, shapes: [shape], attributes = {} }: ProgramNode,
  into: Readonly<Record<string, Value>>,
  arrays: Arrays,
): Value {
  const number = (name: string) => attributes[name] as number;
  const { x } = into;
  switch (op) {
    case 'rows':
      return { name: arrays.table(number('table'))(x as IndexValue), shape };
    case 'weight':
      return arrays.weight(number('weight'));
    case 'network':
      return arrays.variable(number('variable'));
    case 'stored':
      return arrays.array(number('array'));
    case 'filled':
      return {
        name: graph.add('Expand', [graph.float(Number(attributes.value)), graph.shape(shape)]),
        shape,
      };
    case 'index-floats':
      return { name: graph.add('Cast', [x.name], { to: elementTypes.float }), shape };
  }
  const index = op.startsWith('index-')
    ? indexOperation(graph, op, into as Record<string, IndexValue>, attributes, arrays.map)
    : undefined;
  if (index !== undefined) return index;
  const name = kernels[op]?.(graph, into as Record<string, FloatValue>, attributes, shape);
  if (name === undefined)
    throw new UserError(
      `the operation ${op} has no counterpart in ONNX: this model has no model.onnx; use the TypeScript or the Python reader`,
    );
  return { name, shape };
}

/** The parts of an array along an axis, the only operation with several results. */
function parts(graph: Graph, { shapes, attributes }: ProgramNode, x: FloatValue): FloatValue[] {
  const axis = Number(attributes?.axis);
  const at = axis < 0 ? axis + x.shape.length : axis;
  const sizes = graph.shape(shapes.map((shape) => shape[at]));
  const names = graph.addSeveral('Split', [x.name, sizes], shapes.length, { axis: at });
  return names.map((name, i) => ({ name, shape: shapes[i] }));
}

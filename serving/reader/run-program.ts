import { UserError } from '../../base/user-error.ts';
import { type Program, type ProgramNode, sizeFor } from '../program/program.ts';
import { type Floats, gathered, sizeOf, stridesOf } from './arrays.ts';
import type { IndexArray, IndexOperations } from './index-operations.ts';
import { kernels } from './kernels.ts';

/** Everything that the nodes of a program read beside its inputs. */
export interface Stored {
  readonly operations: IndexOperations;
  /** Rows of a table: [rows, columns, width]; `none` gives zeros. */
  readonly rowsOf: (table: number, indices: IndexArray) => Floats;
  readonly weight: (number: number) => Floats;
  readonly variable: (number: number) => Floats;
  readonly array: (number: number) => Floats;
}

export type Value = Floats | IndexArray;

/** Carries out a program for so many rows. Throws a UserError for an operation that it does not know. */
export function runProgram(
  { inputs, nodes, output }: Program,
  given: Readonly<Record<string, Value>>,
  rows: number,
  stored: Stored,
): Floats {
  const values: Value[] = [];
  for (const { name, value } of inputs) values[value] = given[name];
  for (const node of nodes) {
    const into = Object.fromEntries(Object.entries(node.in).map(([name, value]) => [name, values[value]]));
    const made =
      node.op === 'SplitV' ? parts(node, into.x as Floats, rows) : [carriedOut(node, into, rows, stored)];
    node.out.forEach((value, i) => (values[value] = made[i]));
  }
  return values[output] as Floats;
}

function carriedOut(
  { op, shapes, attributes = {} }: ProgramNode,
  into: Readonly<Record<string, Value>>,
  rows: number,
  stored: Stored,
): Value {
  const shape = shapes[0].map((size) => sizeFor(size, rows));
  const number = (name: string) => attributes[name] as number;
  switch (op) {
    case 'rows':
      return stored.rowsOf(number('table'), into.x as IndexArray);
    case 'weight':
      return stored.weight(number('weight'));
    case 'network':
      return stored.variable(number('variable'));
    case 'stored':
      return stored.array(number('array'));
    case 'filled':
      return { data: new Float32Array(sizeOf(shape)).fill(Number(attributes.value)), shape };
    case 'index-floats':
      return { data: Float32Array.from((into.x as IndexArray).data), shape };
  }
  if (op.startsWith('index-'))
    return stored.operations.run(op, into as Record<string, IndexArray>, attributes);
  const kernel = kernels[op];
  if (kernel === undefined)
    throw new UserError(`this reader does not know the operation ${op}; use a newer one`);
  return kernel(into as Record<string, Floats>, sizedAttributes(attributes, rows), shape);
}

/** The parts of an array along an axis, the only operation with several results. */
function parts({ shapes, attributes }: ProgramNode, x: Floats, rows: number): Floats[] {
  const strides = stridesOf(x.shape);
  const axis = Number(attributes?.axis);
  const at = axis < 0 ? axis + x.shape.length : axis;
  let start = 0;
  return shapes.map((sizes) => {
    const shape = sizes.map((size) => sizeFor(size, rows));
    const part = gathered(x, shape, strides, start * strides[at]);
    start += shape[at];
    return part;
  });
}

/** Attributes with their sizes as numbers. */
function sizedAttributes(
  attributes: NonNullable<ProgramNode['attributes']>,
  rows: number,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, sized(value, rows)]));
}

function sized(value: unknown, rows: number): unknown {
  if (Array.isArray(value)) return value.map((one) => sized(one, rows));
  if (typeof value === 'object' && value !== null && 'times' in value && 'plus' in value)
    return sizeFor(value as { times: number; plus: number }, rows);
  return value;
}

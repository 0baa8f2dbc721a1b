import type { Attribute, Program, ProgramInput, ProgramNode, Size } from '../program/program.ts';
import { jsonNumber } from './json-number.ts';
import { joinedAttribute, type RowsOfTwo } from './joined-runs.ts';
import type { RecordedNode, StoredValues } from './recorded.ts';
import type { TracedBatch } from './trace-layer.ts';

/** A program, and the arrays that it brings along beside those of the plan: its nodes `stored` number them. */
export interface TracedProgram {
  readonly program: Program;
  readonly stored: readonly { readonly values: StoredValues; readonly shape: readonly number[] }[];
}

/** A batch, and the number of its rows. */
export type Sized = readonly [batch: TracedBatch, rows: number];

/**
 * The program that three batches of different sizes have in common. Operations that the output does not need are left out. Throws an Error where
 * they differ in more than sizes, and in sizes that do not go with the number of rows.
 */
export function programOf(first: Sized, second: Sized, third: Sized): TracedProgram {
  const found = programOfTwo(first, second);
  if (JSON.stringify(found.program) !== JSON.stringify(programOfTwo(first, third).program))
    throw new Error(`sizes of ${first[1]}, ${second[1]} and ${third[1]} rows do not go with the rows`);
  return found;
}

function programOfTwo([few, fewRows]: Sized, [many, manyRows]: Sized): TracedProgram {
  const rows: RowsOfTwo = [fewRows, manyRows];
  const [first, second] = [needed(few), needed(many)];
  if (first.length !== second.length)
    throw new Error(`${first.length} operations with ${fewRows} rows, ${second.length} with ${manyRows}`);
  const numbers = new Map<number, number>();
  const numberOf = (value: number) => {
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    return numbers.get(value)!;
  };
  const inputs = Object.entries(few.inputs).map(
    ([name, value]) => ({ name, value: numberOf(value) }) as ProgramInput,
  );
  const stored: TracedProgram['stored'][number][] = [];
  const nodes = first.map((node, i): ProgramNode => {
    const other = second[i];
    const same = node.op === other.op && JSON.stringify(node.in) === JSON.stringify(other.in);
    if (!same) throw new Error(`operation ${i} is ${node.op} with one batch, and ${other.op} with another`);
    const shapes = joinedAttribute(node.shapes, other.shapes, node.op, rows) as Size[][];
    const joined = joinedAttribute(node.attributes, other.attributes, node.op, rows) as Record<
      string,
      Attribute
    >;
    const { op, attributes } = node.values
      ? constant(node.values, other.values!, shapes[0], stored)
      : { op: node.op, attributes: joined };
    const into = Object.fromEntries(Object.entries(node.in).map(([name, value]) => [name, numberOf(value)]));
    const told = Object.keys(attributes).length > 0 && { attributes };
    return { op, in: into, out: node.out.map(numberOf), shapes, ...told };
  });
  return { program: { inputs, nodes, output: numberOf(few.output) }, stored };
}

/** An array that the plan brought along. One whose size goes with the batch has the same number everywhere. */
function constant(
  values: StoredValues,
  others: StoredValues,
  shape: readonly Size[],
  stored: TracedProgram['stored'][number][],
): { op: string; attributes: Record<string, Attribute> } {
  const isFirst = (one: number) => Object.is(one, values[0]);
  if (values.every(isFirst) && others.every(isFirst))
    return {
      op: 'filled',
      attributes: { value: jsonNumber(values[0] ?? 0), integers: values instanceof Int32Array },
    };
  const sizes = shape.filter((size): size is number => typeof size === 'number');
  if (sizes.length < shape.length || !values.every((one, i) => Object.is(one, others[i])))
    throw new Error('an array of the lookup depends on the batch, and no operation says how');
  stored.push({ values, shape: sizes });
  return { op: 'stored', attributes: { array: stored.length - 1 } };
}

/** The operations that the output needs, in their order. */
function needed({ recorded, output }: TracedBatch): RecordedNode[] {
  const asked = new Set([output]);
  const kept = [...recorded.nodes].reverse().filter(({ in: into, out }) => {
    if (!out.some((value) => asked.has(value))) return false;
    for (const value of Object.values(into)) asked.add(value);
    return true;
  });
  return kept.reverse();
}

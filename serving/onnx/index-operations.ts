import { mix32 } from '../../base/hash.ts';
import type { Graph } from './graph.ts';
import { elementTypes } from './messages.ts';

/** Indices as 64-bit integers 0 .. 2^32 - 1 [rows, columns], of which the last is no index. */
export interface IndexValue {
  readonly name: string;
  readonly columns: number;
  /** No index is larger: where a sum stays below 2^32, nothing is to wrap. */
  readonly most: number;
  readonly mayBeNone: boolean;
}

export const none = 2 ** 32 - 1;

type Operand = number | readonly number[];
type Attributes = Readonly<Record<string, unknown>>;

/** A map of the model as an array of the graph. */
export interface MapValue {
  readonly name: string;
  readonly most: number;
  readonly mayBeNone: boolean;
}

const all = (by: Operand) => (typeof by === 'number' ? [by] : by);
const largest = (by: Operand) => all(by).reduce((most, one) => Math.max(most, one), 0);

/** Operations on indices that integers of 64 bits can do. Undefined for the others. */
export function indexOperation(
  graph: Graph,
  op: string,
  inputs: Readonly<Record<string, IndexValue>>,
  attributes: Attributes,
  mapOf: (number: number) => MapValue,
): IndexValue | undefined {
  const { x, other } = inputs;
  const by = attributes.by as Operand;
  const operand = () => graph.integers(all(by));
  const wrapped = (name: string, most: number) => most < none ? { name, most } : { name: masked(graph, name), most: none }; // prettier-ignore
  const each = (made: { readonly name: string; readonly most: number }): IndexValue => ({
    ...x,
    ...made,
    name: x.mayBeNone ? graph.add('Where', [isNone(graph, x), graph.integers([none]), made.name]) : made.name,
  });
  switch (op) {
    case 'index-plus':
      return largest(by) === 0
        ? x
        : each(wrapped(graph.add('Add', [x.name, operand()]), x.most + largest(by)));
    case 'index-times':
      return each(times(graph, x, by));
    case 'index-div':
      return each({ name: graph.add('Div', [x.name, operand()]), most: x.most });
    case 'index-mod':
      return each({ name: graph.add('Mod', [x.name, operand()]), most: Math.min(x.most, largest(by) - 1) });
    case 'index-and':
      return each({
        name: graph.add('BitwiseAnd', [x.name, operand()]),
        most: Math.min(x.most, largest(by)),
      });
    case 'index-hash':
      return each({ name: hashed(graph, x.name, all(by)), most: none });
    case 'index-within':
      return within(graph, x, attributes.from as Operand, attributes.to as Operand);
    case 'index-pick': {
      const columns = attributes.columns as readonly number[];
      const same = columns.length === x.columns && columns.every((column, i) => column === i);
      if (same) return x;
      const name = graph.add('Gather', [x.name, graph.integers(columns)], { axis: 1 });
      return { ...x, name, columns: columns.length };
    }
    case 'index-map': {
      const map = mapOf(attributes.map as number);
      const known = x.mayBeNone
        ? graph.add('Where', [isNone(graph, x), graph.integers([0]), x.name])
        : x.name;
      const entries = graph.add('Gather', [map.name, known]);
      const made = each({ name: graph.add('Cast', [entries], { to: elementTypes.int64 }), most: map.most });
      return { ...made, mayBeNone: x.mayBeNone || map.mayBeNone };
    }
    case 'index-with': {
      const parts = Object.values(inputs);
      return joined(parts, graph.add('Concat', parts.map(({ name }) => name), { axis: 1 }), parts.reduce((sum, { columns }) => sum + columns, 0)); // prettier-ignore
    }
    case 'index-choose': {
      const here = graph.booleans((attributes.here as readonly number[]).map((one) => one === 1));
      return joined([x, other], graph.add('Where', [here, x.name, other.name]), x.columns);
    }
    case 'index-add': {
      const sum = wrapped(graph.add('Add', [x.name, other.name]), x.most + other.most);
      const made = each(sum);
      if (!other.mayBeNone) return made;
      const name = graph.add('Where', [isNone(graph, other), graph.integers([none]), made.name]);
      return { ...made, name, mayBeNone: true };
    }
    case 'index-or': {
      const name = graph.add('Where', [isNone(graph, x), other.name, x.name]);
      return { ...joined([x, other], name, x.columns), mayBeNone: other.mayBeNone };
    }
    case 'index-unless': {
      const name = graph.add('Where', [isNone(graph, other), x.name, graph.integers([none])]);
      return { ...x, name, mayBeNone: true };
    }
    case 'index-known': {
      const absent = graph.add('Not', [isNone(graph, x)]);
      const name = graph.add('Cast', [absent], { to: elementTypes.int64 });
      return { ...x, name, most: 1, mayBeNone: false };
    }
    default:
      return undefined;
  }
}

export const isNone = (graph: Graph, { name }: IndexValue) =>
  graph.add('Equal', [name, graph.integers([none])]);

const masked = (graph: Graph, name: string) => graph.add('BitwiseAnd', [name, graph.integers([none])]);

const joined = (parts: readonly IndexValue[], name: string, columns: number): IndexValue => ({
  name,
  columns,
  most: parts.reduce((most, part) => Math.max(most, part.most), 0),
  mayBeNone: parts.some(({ mayBeNone }) => mayBeNone),
});

function within(graph: Graph, x: IndexValue, from: Operand, to: Operand): IndexValue {
  const [start, end] = [graph.integers(all(from)), graph.integers(all(to))];
  const inside = graph.add('And', [
    graph.add('GreaterOrEqual', [x.name, start]),
    graph.add('Less', [x.name, end]),
  ]);
  const name = graph.add('Where', [inside, graph.add('Sub', [x.name, start]), graph.integers([none])]);
  return { ...x, name, most: Math.min(x.most, largest(to)), mayBeNone: true };
}

function times(graph: Graph, x: IndexValue, by: Operand): { name: string; most: number } {
  const most = x.most * largest(by);
  if (most < none) return { name: graph.add('Mul', [x.name, graph.integers(all(by))]), most };
  return { name: product(graph, x.name, all(by)), most: none };
}

/**
 * A product modulo 2^32. The factor goes in two halves of 16 bits, so that nothing passes 2^49: signed integers of 64 bits have no defined
 * result beyond their range.
 */
function product(graph: Graph, x: string, by: readonly number[]): string {
  const low = graph.add('Mul', [x, graph.integers(by.map((one) => one & 0xffff))]);
  const high = graph.add('Mul', [x, graph.integers(by.map((one) => one >>> 16))]);
  const kept = graph.add('BitwiseAnd', [high, graph.integers([0xffff])]);
  const shifted = graph.add('Mul', [kept, graph.integers([0x10000])]);
  return masked(graph, graph.add('Add', [low, shifted]));
}

/** mix32 of base/hash.ts. */
function mixed(graph: Graph, x: string): string {
  const xorShift = (value: string, bits: number) =>
    graph.add('BitwiseXor', [value, graph.add('Div', [value, graph.integers([2 ** bits])])]);
  const first = product(graph, xorShift(x, 16), [0x7feb352d]);
  return xorShift(product(graph, xorShift(first, 15), [0x846ca68b]), 16);
}

/** hash32 of base/hash.ts. */
function hashed(graph: Graph, x: string, seeds: readonly number[]): string {
  const salted = graph.add('BitwiseXor', [x, graph.integers(seeds.map(mix32))]);
  const sum = graph.add('Add', [mixed(graph, salted), graph.integers(seeds)]);
  return mixed(graph, masked(graph, sum));
}

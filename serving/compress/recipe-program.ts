import type { Case, FieldRecipe, IdsOfCase, RowOfTerm, Term } from '../../harness/contract/conversion.ts';
import type { Program } from '../program/program.ts';
import { n, ProgramNodes } from './program-nodes.ts';

/** The parts that recipes name by their numbers, and the place of these numbers among those of the folder. */
export interface RecipeLayer {
  readonly dim: number;
  /** Floats of a row of each table, and of each weight. */
  readonly widths: readonly number[];
  readonly weightFloats: readonly number[];
  /** Numbers in the folder of the layer's first table, weight and map. */
  readonly first: { readonly table: number; readonly weight: number; readonly map: number };
}

/** A recipe as a program of the exported form (docs/export-format.md): from ids [n, 1] to vectors [n, dim]. */
export function recipeProgram(recipe: FieldRecipe, layer: RecipeLayer): Program {
  const nodes = new ProgramNodes();
  const vectors = casesOf(nodes, recipe, layer).flatMap((one) => valuesOf(nodes, one, layer));
  const [first, ...others] = vectors;
  const output = others.reduce((a, b) => nodes.add('Add', { a, b }, [n, layer.dim]), first);
  return programOf(nodes, output ?? nodes.add('filled', {}, [n, layer.dim], { value: 0, integers: false }));
}

/** The program that tells ids with a stored row or code of their own from others: floats [n, 1], 1 and 0. */
export function ownRowsProgram(recipe: FieldRecipe, layer: RecipeLayer): Program {
  const nodes = new ProgramNodes();
  const own = casesOf(nodes, recipe, layer).filter(({ terms }) => terms.some(isOwn));
  const [first, ...others] = own.map(({ positions }) => positions);
  if (first === undefined) return programOf(nodes, nodes.add('filled', {}, [n, 1], { value: 0, integers: false })); // prettier-ignore
  return programOf(nodes, nodes.known(others.reduce((x, other) => nodes.index('or', x, undefined, { other }), first))); // prettier-ignore
}

const isOwn = (term: Term) => 'table' in term && (term.row.add === 'position' || term.row.add === 'map');

const programOf = (nodes: ProgramNodes, output: number): Program => ({
  inputs: [{ name: 'ids', value: 0 }],
  nodes: nodes.list,
  output,
});

/** A case with the values of its positions and of its ids, `none` for ids that are not in it. */
interface PlacedCase {
  readonly positions: number;
  readonly ids: () => number;
  readonly terms: readonly Term[];
}

function casesOf(nodes: ProgramNodes, recipe: FieldRecipe, layer: RecipeLayer): PlacedCase[] {
  let left = 0;
  return recipe.map(({ ids, terms }: Case, i) => {
    const own = left;
    const positions = positionsIn(nodes, ids, own, layer);
    const others = () => nodes.index('unless', own, undefined, { other: positions });
    if (i + 1 < recipe.length) left = others();
    const whole = () => nodes.index('unless', own, undefined, { other: others() });
    return { positions, ids: ids.kind === 'below' ? () => positions : whole, terms };
  });
}

function positionsIn(nodes: ProgramNodes, ids: IdsOfCase, x: number, { first }: RecipeLayer): number {
  if (ids.kind === 'below') return nodes.index('within', x, { from: 0, to: ids.end });
  const set = { ...ids.set, maps: ids.set.maps.map((map) => first.map + map) };
  const place = nodes.index(ids.kind === 'in' ? 'among' : 'besides', nodes.plus(x, ids.offset), { set });
  return nodes.plus(place, -ids.first);
}

/** A term's columns `at`..`at + columns` of the vectors, [n, columns]. */
interface Columns {
  readonly value: number;
  readonly at: number;
  readonly columns: number;
}

/** The arrays whose sum the vectors of a case are. Terms that lie side by side, in their order, are in one array. */
function valuesOf(nodes: ProgramNodes, one: PlacedCase, layer: RecipeLayer): number[] {
  const groups: Columns[][] = [];
  for (const term of one.terms) {
    const own = columnsOf(nodes, term, one, layer);
    if (own === undefined) continue;
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && own.at >= last.at + last.columns) groups.at(-1)!.push(own);
    else groups.push([own]);
  }
  return groups.map((group) => sideBySide(nodes, group, layer.dim));
}

function sideBySide(nodes: ProgramNodes, group: readonly Columns[], dim: number): number {
  let end = 0;
  const parts = group.map(({ value, at, columns }, i) => {
    const before = at - end;
    end = at + columns;
    return nodes.padded(value, columns, before, i + 1 === group.length ? dim - end : 0);
  });
  if (parts.length === 1) return parts[0];
  const inputs = Object.fromEntries(parts.map((part, i) => [String(i), part]));
  return nodes.add('Concat', inputs, [n, dim], { axis: 1 });
}

/** Undefined for a term of which no coordinate is left. */
function columnsOf(nodes: ProgramNodes, term: Term, one: PlacedCase, layer: RecipeLayer): Columns | undefined {
  const { dim, widths, weightFloats, first } = layer;
  if (!('table' in term)) {
    const weight = nodes.partOf(first.weight + term.weight, weightFloats[term.weight], term.from, 1, dim);
    const value = nodes.add('Multiply', { a: nodes.known(one.positions), b: weight }, [n, dim]);
    return { value, at: 0, columns: dim };
  }
  const { table, row, at, matrix } = term;
  if (at >= dim) return undefined;
  const width = widths[table];
  const rows = nodes.add('rows', { x: rowOf(nodes, row, one, layer) }, [n, 1, width], { table: first.table + table }); // prettier-ignore
  const flat = nodes.reshape(rows, [n, width]);
  if (matrix === undefined) return cut(nodes, flat, width, at, dim);
  const b = nodes.partOf(first.weight + matrix.weight, weightFloats[matrix.weight], matrix.from, width, dim);
  const attributes = { transposeA: false, transposeB: false };
  return cut(nodes, nodes.add('BatchMatMul', { a: flat, b }, [n, dim], attributes), dim, at, dim);
} // prettier-ignore

function cut(nodes: ProgramNodes, x: number, width: number, at: number, dim: number): Columns {
  const columns = Math.min(width, dim - at);
  if (columns === width) return { value: x, at, columns };
  const value = nodes.add('Slice', { x }, [n, columns], { begin: [0, 0], size: [n, columns] });
  return { value, at, columns };
}

/** Rows of a table, `none` for ids that are not in the case. */
function rowOf(nodes: ProgramNodes, row: RowOfTerm, { positions, ids }: PlacedCase, layer: RecipeLayer): number {
  const { first } = row;
  switch (row.add) {
    case 'nothing':
      return nodes.plus(nodes.index('times', positions, { by: 0 }), first);
    case 'position':
      return nodes.plus(positions, first);
    case 'block':
      return nodes.plus(nodes.index('mod', positions, { by: row.block }), first);
    case 'hash':
      return nodes.plus(nodes.index('mod', nodes.index('hash', ids(), { by: row.seed >>> 0 }), { by: row.rows }), first); // prettier-ignore
    case 'map': {
      const { block, start } = row;
      const map = layer.first.map + row.map;
      if (block === 1) return nodes.plus(nodes.index('map', nodes.plus(positions, start), { map }), first);
      const place = nodes.plus(nodes.index('div', positions, { by: block }), start);
      const begin = nodes.index('times', nodes.index('map', place, { map }), { by: block });
      const inside = nodes.index('mod', positions, { by: block });
      return nodes.plus(nodes.index('add', begin, undefined, { other: inside }), first);
    }
  }
} // prettier-ignore

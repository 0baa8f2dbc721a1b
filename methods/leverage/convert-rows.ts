import type { Conversion, RowSource, Term } from '../../harness/contract/conversion.ts';
import type { Layer, Plan, Table, Weight } from '../../harness/contract/method.ts';
import type { ChosenIds } from '../shared/id-sets/chosen-ids.ts';
import { storedSet } from '../shared/id-sets/id-set.ts';
import type { FieldAxes } from '../shared/low-rank/principal-axes.ts';
import { piecesOf, takePieces } from '../shared/rows/row-source.ts';
import { countIds, fieldOffsets } from '../shared/rows/table-parts.ts';

/** The tables and weights of what is stored: see rows-beside-subspace.ts. */
export interface StoredParts {
  readonly rows: Table;
  readonly means: Weight;
  readonly others?: { readonly coordinates: Table; readonly basis: Weight };
}

export interface RowsToStore {
  /** Ascending numbers of the rows that are kept. */
  readonly chosen: Uint32Array;
  readonly ids: ChosenIds;
  readonly rank: number;
  readonly axesOf: (field: number) => FieldAxes;
  readonly rowsOf: (field: number) => RowSource;
}

/** The contents of retained rows, means and coordinates, of rows that are read in pieces; and how ids find them. */
export function convertedRows(
  { fields, dim }: Layer,
  plan: Pick<Plan, 'tables' | 'weights' | 'maps' | 'choices'>,
  { rows, means, others }: StoredParts,
  { chosen, ids, rank, axesOf, rowsOf }: RowsToStore,
): Conversion {
  const offsets = fieldOffsets(fields);
  const found = fields.map((_, f) => axesOf(f));
  const stored = found.map(({ mean }) => Float32Array.from(mean));
  const allMeans = new Float32Array(fields.length * dim);
  const bases = new Float32Array(fields.length * rank * dim);
  found.forEach(({ axes }, f) => {
    allMeans.set(stored[f], f * dim);
    bases.set(axes.subarray(0, rank * dim), f * rank * dim);
  });
  const ownOf = (f: number) => chosen.slice(ids.starts[f], ids.ends[f]).map((row) => row - offsets[f]);
  function* ownPieces() {
    for (let f = 0; f < fields.length; f++)
      for (const piece of takePieces(rowsOf(f), ownOf(f)))
        yield piece.map((x, at) => x - stored[f][at % dim]);
  }
  function* coordinatePieces() {
    for (let f = 0; f < fields.length; f++) {
      const [own, { axes }] = [ownOf(f), found[f]];
      let next = 0;
      for (const { first, values } of piecesOf(rowsOf(f))) {
        const piece = new Float32Array((values.length / dim) * rank);
        let to = 0;
        for (let at = 0, id = first; at < values.length; at += dim, id++) {
          if (next < own.length && own[next] === id) {
            next++;
            continue;
          }
          for (let r = 0; r < rank; r++) {
            let sum = 0;
            for (let k = 0; k < dim; k++) sum += (values[at + k] - stored[f][k]) * axes[r * dim + k];
            piece[to++] = sum;
          }
        }
        yield piece.subarray(0, to);
      }
    }
  }
  const set = storedSet({ ids: countIds(fields), capacity: chosen.length }, 0);
  const recipe = fields.map(({ cardinality }, f) => {
    const mean: Term = { weight: 0, from: f * dim };
    const row = (table: number): Term => ({ table, row: { first: 0, add: 'position' }, at: 0 });
    const matrix = { weight: 1, from: f * rank * dim };
    const inSet = { kind: 'in', set, offset: offsets[f], first: 0 } as const;
    const outside = others
      ? { ids: { ...inSet, kind: 'outside' as const }, terms: [{ ...row(1), matrix } as Term, mean] }
      : { ids: { kind: 'below', end: cardinality } as const, terms: [mean] };
    return [{ ids: inSet, terms: [row(0), mean] }, outside];
  });
  return {
    plan,
    tables: new Map([
      [rows, ownPieces],
      ...(others ? [[others.coordinates, coordinatePieces] as const] : []),
    ]),
    weights: new Map([[means, allMeans], ...(others ? [[others.basis, bases] as const] : [])]),
    recipe,
  };
}

import type { Conversion, RowSource } from '../../harness/contract/conversion.ts';
import * as tf from '../../tensors/index.ts';
import type { Layer, Plan, Serving, Stage, Table, ToldApart, Weight } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { joinFields } from '../../harness/ops/join-fields.ts';
import { chosenIds } from '../shared/id-sets/chosen-ids.ts';
import { idSetMaps } from '../shared/id-sets/id-set.ts';
import { type FieldAxes, principalAxes } from '../shared/low-rank/principal-axes.ts';
import { countIds, fieldOffsets, idInit } from '../shared/rows/table-parts.ts';
import type { Retraining } from '../shared/pruning/sparse-rows.ts';
import { fullTable } from '../shared/rows/full-table.ts';
import type { AnyRows } from '../shared/rows/row-source.ts';
import { convertedRows } from './convert-rows.ts';

/**
 * Some ids retain their row; of all others, coordinates along `rank` axes of their field are left. Both are stored less a
 * mean of their field, [fields, dim]: at rank 0 the mean is all that is left of the others.
 */
export interface RetainedShape {
  /** Number of ids that retain their row. */
  readonly retained: number;
  readonly rank: number;
}

interface Stored {
  /** [kept, dim] */
  readonly rows: Table;
  readonly means: Weight;
  /** [all others, rank] and [fields, rank, dim]; absent at rank 0. */
  readonly others?: { readonly coordinates: Table; readonly basis: Weight };
}

function storedOf(layer: Layer, { retained, rank }: RetainedShape): Stored {
  const { fields, dim } = layer;
  const ids = countIds(layer.fields);
  const tableOf = (rows: number, width: number): Table => ({ width, parts: [{ rows, init: idInit(ids) }] });
  const zeros = { mean: 0, halfWidth: 0 };
  return {
    rows: tableOf(retained, dim),
    means: { shape: [fields.length, dim], init: zeros },
    ...(rank > 0 && {
      others: {
        coordinates: tableOf(ids - retained, rank),
        basis: { shape: [fields.length, rank, dim], init: zeros },
      },
    }),
  };
}

const arraysOf = ({ rows, means, others }: Stored) => ({
  tables: others ? [rows, others.coordinates] : [rows],
  weights: others ? [means, others.basis] : [means],
});

/** The layout before training: it is not known which ids are retained, but the bytes of the list are. */
export function retainedServing(layer: Layer, shape: RetainedShape): Serving {
  const maps = idSetMaps({ ids: countIds(layer.fields), capacity: shape.retained });
  const { retained, rank } = shape;
  return {
    ...arraysOf(storedOf(layer, shape)),
    maps,
    ...toldWhereShared(rank, { byField: layer.fields.map(() => 0), anyField: retained }),
  };
}

/** Ids are told apart by the list of retained ones at rank 0; with coordinates of their own, all ids are. */
const toldWhereShared = (rank: number, toldApart: ToldApart) => (rank === 0 ? { toldApart } : {});

export const retainedBytes = (layer: Layer, shape: RetainedShape): number =>
  sizeOf(retainedServing(layer, shape)).servingBytes;

export interface RetainedContents {
  /** The table that was trained, with a row for each id of all fields. */
  readonly table: Table;
  /** Numbers of the rows that are kept, ascending. */
  readonly chosen: Uint32Array;
  /** Its rows: [ids, dim]. */
  readonly values: Float32Array;
  readonly rank: number;
  /** Rows of the sketch that the axes are found by (AxesRule). */
  readonly sketch: number;
}

/**
 * The stage that is served. Means and axes are those of the rows that are not retained, weighted by training counts.
 * Retained rows are the same as before, less a mean, and have the same gradients; everything else is new.
 */
export function retainedStage(
  layer: Layer,
  contents: RetainedContents,
  { name, network, share }: Retraining,
): Stage {
  const { chosen, rank } = contents;
  const stored = storedOf(layer, { retained: chosen.length, rank });
  const { maps, starts, ends, columns, otherColumns } = chosenIds(layer, chosen);
  const fields = [...layer.fields.keys()];
  const retained = ends.map((end, f) => end - starts[f]);
  const plan: Plan = {
    ...arraysOf(stored),
    maps,
    choices: { rows: retained },
    ...toldWhereShared(rank, { byField: retained }),
    embed(lookup) {
      const { rows, weight } = lookup;
      const own = rows(stored.rows, columns(lookup));
      const means = weight(stored.means);
      if (stored.others === undefined) return tf.add(own, means);
      const { coordinates, basis } = stored.others;
      const others = {
        fields,
        vectors: rows(coordinates, otherColumns(lookup)),
        matrices: weight(basis) as tf.Tensor3D,
      };
      return tf.add(joinFields([{ fields, vectors: own }, others], fields.length, layer.dim), means);
    },
    training: { name, share },
  };
  const states = new Map([[stored.rows, { of: contents.table, rows: chosen }]]);
  return { plan, contents: contentsOf(layer, stored, contents), network, states };
}

/** The same, without training, of rows that are read in pieces. */
export function convertRetained(
  layer: Layer,
  of: Pick<RetainedContents, 'chosen' | 'rank' | 'sketch'>,
  rowsOf: (field: number) => RowSource,
): Conversion {
  const { chosen, rank } = of;
  const stored = storedOf(layer, { retained: chosen.length, rank });
  const ids = chosenIds(layer, chosen);
  const choices = { rows: ids.ends.map((end, f) => end - ids.starts[f]) };
  const plan = { ...arraysOf(stored), maps: ids.maps, choices };
  const axesOf = axesOfOthers(layer, of, rowsOf);
  return convertedRows(layer, plan, stored, { chosen, ids, rank, axesOf, rowsOf });
}

/** Means and axes of the rows that are not retained. */
function axesOfOthers(
  layer: Layer,
  { chosen, sketch }: Pick<RetainedContents, 'chosen' | 'sketch'>,
  rowsOf: (field: number) => AnyRows,
): (field: number) => FieldAxes {
  const { fields } = layer;
  const offsets = fieldOffsets(fields);
  const isRetained = new Uint8Array(countIds(fields));
  for (const row of chosen) isRetained[row] = 1;
  return principalAxes(layer, [...fields.keys()], rowsOf, {
    centred: true,
    scope: 'field',
    weightsOf: (f) => fields[f].counts.map((count, id) => (isRetained[offsets[f] + id] ? 0 : count)),
    sketch,
  });
}

function contentsOf(
  layer: Layer,
  { rows, means, others }: Stored,
  { chosen, values, rank, sketch }: RetainedContents,
): Map<Table | Weight, Float32Array> {
  const { fields, dim } = layer;
  const { offsets, rowsOf } = fullTable(layer, dim);
  const isRetained = new Uint8Array(values.length / dim);
  for (const row of chosen) isRetained[row] = 1;
  const axesOf = axesOfOthers(layer, { chosen, sketch }, (f) => rowsOf(values, f));
  const own = new Float32Array(chosen.length * dim);
  const allMeans = new Float32Array(fields.length * dim);
  const bases = new Float32Array(fields.length * rank * dim);
  const coordinates = new Float32Array((isRetained.length - chosen.length) * rank);
  let [toOwn, toOthers] = [0, 0];
  fields.forEach(({ cardinality }, f) => {
    const { mean, axes } = axesOf(f);
    // The stored (rounded) mean is subtracted, because lookups add that.
    const stored = allMeans.subarray(f * dim, (f + 1) * dim);
    stored.set(mean);
    bases.set(axes.subarray(0, rank * dim), f * rank * dim);
    for (let row = offsets[f]; row < offsets[f] + cardinality; row++) {
      const at = row * dim;
      if (isRetained[row]) for (let k = 0; k < dim; k++) own[toOwn++] = values[at + k] - stored[k];
      else
        for (let r = 0; r < rank; r++) {
          let sum = 0;
          for (let k = 0; k < dim; k++) sum += (values[at + k] - stored[k]) * axes[r * dim + k];
          coordinates[toOthers++] = sum;
        }
    }
  });
  return new Map<Table | Weight, Float32Array>([
    [rows, own],
    [means, allMeans],
    ...(others
      ? ([
          [others.coordinates, coordinates],
          [others.basis, bases],
        ] as const)
      : []),
  ]);
}

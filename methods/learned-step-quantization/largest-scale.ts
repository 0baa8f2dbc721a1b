import * as tf from '../../tensors/index.ts';
import type { Layer, Lookup, Step, StepMemory, Table } from '../../harness/contract/method.ts';
import { tableRows } from '../../harness/contract/table-shape.ts';
import { type Ends, endsOf } from '../shared/precision/integer-grid.ts';
import type { FullTable } from '../shared/rows/full-table.ts';

/** The least magnitude that a step is made of: a field of zeros has a step, too. */
const leastMagnitude = 1e-8;

/** The step whose highest multiple is the largest magnitude of a field, in single precision. */
export function stepOfLargest(magnitude: number, { highest }: Ends): number {
  return Math.fround(Math.max(Math.fround(magnitude), leastMagnitude) / highest);
}

/**
 * x as it would be stored, step * round(clip(x / step)), [batch, fields, dim], with steps [batch, fields, 1] and ends per field. x
 * gets the whole gradient, also where it is clipped (DQRM, section 3.1); the steps get none.
 */
export function straightThrough(x: tf.Tensor3D, steps: tf.Tensor3D, ends: readonly Ends[]): tf.Tensor3D {
  const bound = (of: (ends: Ends) => number) => tf.tensor3d(ends.map(of), [1, ends.length, 1]);
  const [lowest, highest] = [bound(({ lowest }) => lowest), bound(({ highest }) => highest)];
  const op = tf.customGrad((x) => ({
    value: tf.mul(tf.round(tf.minimum(tf.maximum(tf.div<tf.Tensor3D>(x as tf.Tensor3D, steps), lowest), highest)), steps), // prettier-ignore
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return op(x) as tf.Tensor3D;
}

export interface LargestScale {
  /** A row of one float for every field, its step, which no gradient trains. */
  readonly table: Table;
  /** Vectors as they would be stored, [batch, fields, dim]. */
  vectors(lookup: Lookup): tf.Tensor3D;
  /** The largest magnitudes that were seen. */
  readonly memory: StepMemory;
  /** Every `period` steps the steps of fields are made anew. */
  afterStep(step: Step): Promise<void>;
}

/**
 * One symmetric step per field, of the largest magnitude of its floats. `exact`: of all its floats at the end of every period, as
 * in the paper. Otherwise of the first rows' bound and of all rows that were looked up since: a step never shrinks then, and the
 * table is not read as a whole.
 */
export function largestScale(
  { fields }: Pick<Layer, 'fields'>,
  { table: floats, offsets, vectors }: FullTable,
  bitsOf: readonly number[],
  { period, exact }: { readonly period: number; readonly exact: boolean },
): LargestScale {
  const ends = bitsOf.map(endsOf);
  const bounds = fields.map(({ cardinality }) => 1 / Math.sqrt(cardinality)); // the first rows are uniform on +-this
  const parts = bounds.map((bound, f) => ({ rows: 1, init: { mean: stepOfLargest(bound, ends[f]), halfWidth: 0 } })); // prettier-ignore
  const table: Table = { width: 1, parts, frozen: true };
  const ofField = { first: fields.map(() => 1), row: fields.map((_, f) => f) };
  let largest: Float64Array = Float64Array.from(bounds);
  return {
    table,
    vectors(lookup) {
      const steps = lookup.rows(table, lookup.ids.mod(ofField.first).plus(ofField.row));
      return straightThrough(vectors(lookup), steps, ends);
    },
    memory: {
      read: () => ({ largest }),
      write: (remembered) => (largest = remembered.largest as Float64Array),
    },
    async afterStep(step) {
      if (step.index === 0) largest = Float64Array.from(bounds);
      const ending = (step.index + 1) % period === 0;
      if (!exact) {
        const rows = step.ids.map((id, at) => id + offsets[at % offsets.length]);
        raise(largest, await step.read(floats, rows), floats.width, (row) => row % offsets.length);
      } else if (ending) {
        largest = await largestOfAll(step, floats, offsets);
      }
      if (!ending) return;
      const steps = Float32Array.from(largest, (magnitude, f) => stepOfLargest(magnitude, ends[f]));
      step.write(table, Uint32Array.from(ofField.row), steps);
    },
  };
}

function raise(
  largest: Float64Array,
  values: Float32Array,
  width: number,
  fieldOf: (row: number) => number,
): void {
  for (let row = 0, at = 0; at < values.length; row++) {
    let most = 0;
    for (const end = at + width; at < end; at++) most = Math.max(most, Math.abs(values[at]));
    const f = fieldOf(row);
    if (most > largest[f]) largest[f] = most;
  }
}

const rowsPerPiece = 2 ** 16;

/** The largest magnitudes of the rows of all fields, read in pieces. */
async function largestOfAll(
  { read }: Pick<Step, 'read'>,
  table: Table,
  offsets: readonly number[],
): Promise<Float64Array> {
  const largest = new Float64Array(offsets.length);
  const all = tableRows(table);
  let f = 0;
  for (let from = 0; from < all; from += rowsPerPiece) {
    const rows = Uint32Array.from({ length: Math.min(rowsPerPiece, all - from) }, (_, i) => from + i);
    raise(largest, await read(table, rows), table.width, (row) => {
      while (f + 1 < offsets.length && from + row >= offsets[f + 1]) f++;
      return f;
    });
  }
  return largest;
}

import * as tf from '../../tensors/index.ts';
import type { IdMap } from '../../harness/contract/indices.ts';
import type { Layer, Plan, Table, Weight } from '../../harness/contract/method.ts';
import { classBytes, type ClassShape, idClasses } from '../shared/id-sets/id-classes.ts';
import { endsOf, nearestInteger } from '../shared/precision/integer-grid.ts';
import { fieldOffsets } from '../shared/rows/table-parts.ts';
import { sum } from '../../base/sum.ts';
import { floatBytes } from './width-choice.ts';

const zeros = { mean: 0, halfWidth: 0 };

/** Steps and offsets that were learned: [fields, bits] and [dim]. */
export interface Learned {
  readonly steps: Float32Array;
  readonly offsets: Float32Array;
}

export interface ServedWidths {
  readonly plan: Plan;
  /** Integers nearest to the rows of all ids. */
  contents(rows: Float32Array, learned: Learned): [Table | Weight, Float32Array][];
}

/** Class 0 has no rows; it comes last where ids are counted by their class. */
const shapeOf = ({ fields }: Pick<Layer, 'fields'>, bits: readonly number[]): ClassShape => ({
  fields,
  classes: bits.length + 1,
  stored: bits.length,
});
const numberOf = (width: number, bits: readonly number[]) => (width === 0 ? bits.length : width - 1);

/** Serving bytes where so many ids have each width, and a field's ids are in so many runs of one width. */
export function widthBytes(
  layer: Pick<Layer, 'fields' | 'dim'>,
  bits: readonly number[],
  idsOf: readonly number[],
  runs: readonly number[],
): number {
  const { fields, dim } = layer;
  const weights = 4 * (fields.length * bits.length + dim);
  const floats = sum(bits.map((b, at) => floatBytes(idsOf[at + 1], dim, b)));
  return floats + weights + classBytes(shapeOf(layer, bits), sum(idsOf.slice(1)), runs);
}

/** The class of every id, by its group's. */
export const classesOf = ({ values }: IdMap, widths: readonly number[]) =>
  Uint8Array.from(values, (group) => widths[group]);

/** A table of integers for each width, and the width of each id. `classes`: of every id, 0 or 1 and the place of its width in `bits`. */
export function servedWidths(layer: Layer, bits: readonly number[], classes: Uint8Array): ServedWidths {
  const { fields, dim } = layer;
  const F = fields.length;
  const labels = classes.map((width) => numberOf(width, bits));
  const known = idClasses(shapeOf(layer, bits), labels);
  const used = bits.flatMap((b, at) => {
    if (known.sizes[at] === 0) return [];
    const table: Table = { width: dim, parts: [{ rows: known.sizes[at], init: zeros }], stored: { kind: 'grid', bits: b, step: 1 } }; // prettier-ignore
    return [{ at, table, ends: endsOf(b) }];
  });
  const steps: Weight = { shape: [1, F, bits.length], init: zeros };
  const offsets: Weight = { shape: [1, 1, dim], init: zeros };
  const firsts = fieldOffsets(fields);
  const ofField = (f: number) => classes.subarray(firsts[f], firsts[f] + fields[f].cardinality);
  const stored = fields.map((_, f) => ofField(f).reduce((count, width) => count + Math.min(1, width), 0));
  const meanBits = fields.map(({ cardinality }, f) => {
    const all = ofField(f).reduce((total, width) => total + (width > 0 ? bits[width - 1] : 0), 0);
    return Math.round((100 * all) / cardinality) / 100;
  });
  return {
    plan: {
      tables: used.map(({ table }) => table),
      weights: [steps, offsets],
      maps: known.maps,
      toldApart: { byField: stored },
      choices: { bits: meanBits, ids: Object.fromEntries([[0, known.sizes.at(-1)], ...bits.map((b, at) => [b, known.sizes[at]])]) }, // prettier-ignore
      embed(lookup) {
        const { batch } = lookup.ids;
        if (used.length === 0) return tf.zeros([batch, F, dim]);
        const columns = known.columns(lookup, used.map(({ at }) => at)); // prettier-ignore
        const byWidth = tf.split(lookup.weight(steps), bits.length, 2);
        const products = used.map(({ at, table }, i) => tf.mul(lookup.rows(table, columns[i]), byWidth[at]));
        const some = tf.reshape(known.among(lookup, used.map(({ at }) => at)), [batch, F, 1]); // prettier-ignore
        return tf.add<tf.Tensor3D>(tf.addN(products), tf.mul(some, lookup.weight(offsets)));
      },
    },
    contents(rows, learned) {
      const integers = used.map(({ table }) => new Float32Array(table.parts[0].rows * dim));
      const next = used.map(() => 0);
      fields.forEach(({ cardinality }, f) => {
        for (let id = firsts[f]; id < firsts[f] + cardinality; id++) {
          const i = used.findIndex(({ at }) => at === labels[id]);
          if (i < 0) continue;
          const step = learned.steps[f * bits.length + used[i].at];
          for (let k = 0; k < dim; k++)
            integers[i][next[i]++] = nearestInteger(Math.fround(rows[id * dim + k] - learned.offsets[k]), step, used[i].ends); // prettier-ignore
        }
      });
      return [
        ...used.map(({ table }, i): [Table, Float32Array] => [table, integers[i]]),
        [steps, learned.steps],
        [offsets, learned.offsets],
      ];
    },
  };
}

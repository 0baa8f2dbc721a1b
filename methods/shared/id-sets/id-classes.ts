import type { Tensor2D } from '../../../tensors/index.ts';
import { none } from '../../../harness/contract/backend.ts';
import type { IndexFormula } from '../../../harness/contract/index-formula.ts';
import type { IdMap, Indices } from '../../../harness/contract/indices.ts';
import type { Lookup } from '../../../harness/contract/method.ts';
import { fieldOffsets } from '../rows/table-parts.ts';
import {
  type ClassShape,
  inRuns,
  labelled,
  labelledSet,
  labelMaps,
  type MapShape,
  runMaps,
  runsIn,
  setMaps,
  type StoredClasses,
} from './class-forms.ts';
import { mapBytes } from './id-set.ts';

export { type ClassShape, runsIn } from './class-forms.ts';

/** The class of every id of all fields, and its position among the ids of its class; looked up in the values of maps alone. */
export interface IdClasses {
  readonly maps: readonly IdMap[];
  /** Ids of each class. */
  readonly sizes: readonly number[];
  /**
   * Positions of a batch's ids among those of each class asked for, `none` for ids of others: [batch, fields] each. Classes that are
   * not stored have one position, 0.
   */
  columns(lookup: Pick<Lookup, 'compute'>, classes: readonly number[]): Indices[];
  /** 1 for a batch's ids of any of these classes, 0 for others: [batch, fields]. */
  among(lookup: Pick<Lookup, 'compute'>, classes: readonly number[]): Tensor2D;
}

interface Form {
  readonly maps: readonly MapShape[];
  readonly store: (labels: Uint8Array) => StoredClasses;
}

/** The form of fewest bytes: labels of all ids, labels of those of a set, or runs. `kept`: ids of stored classes. */
function smallestForm(shape: ClassShape, kept: number, runs?: readonly number[]): Form {
  const forms: Form[] = [
    ...(runs ? [{ maps: runMaps(shape, runs), store: (labels: Uint8Array) => inRuns(shape, labels, runs) }] : []), // prettier-ignore
    ...(shape.classes === shape.stored + 1 ? [{ maps: setMaps(shape, kept), store: (labels: Uint8Array) => labelledSet(shape, labels) }] : []), // prettier-ignore
    { maps: labelMaps(shape), store: (labels: Uint8Array) => labelled(shape, labels) },
  ];
  return forms.reduce((best, form) => (mapBytes(form.maps) < mapBytes(best.maps) ? form : best));
}

/**
 * The bytes that classes take where so many ids are of stored ones, and a field's ids are in so many runs of one class; at most, where
 * runs are not known.
 */
export function classBytes(shape: ClassShape, kept: number, runs?: readonly number[]): number {
  return mapBytes(smallestForm(shape, kept, runs).maps);
}

/** `labels`: the class of every id, field after field. */
export function idClasses(shape: ClassShape, labels: Uint8Array): IdClasses {
  const { fields, classes, stored } = shape;
  const F = fields.length;
  const sizes = Array.from({ length: classes }, () => 0);
  for (const label of labels) sizes[label]++;
  const offsets = fieldOffsets(fields);
  const runs = fields.map(({ cardinality }, f) =>
    runsIn(labels.subarray(offsets[f], offsets[f] + cardinality)),
  );
  const kept = sizes.slice(0, stored).reduce((sum, ids) => sum + ids, 0);
  const { maps, placeOf, form } = smallestForm(shape, kept, runs).store(labels);
  return {
    maps,
    sizes,
    columns({ compute }, asked) {
      const at = new Map(asked.map((one, i) => [one, i]));
      const rowsOf = (batch: Uint32Array) => {
        const found = new Uint32Array(asked.length * batch.length).fill(none);
        for (let i = 0; i < batch.length; i++) {
          const field = i % F;
          const [label, position] = placeOf(field, batch[i]);
          const column = at.get(label);
          if (column !== undefined) found[(i - field) * asked.length + column * F + field] = position;
        }
        return found;
      };
      const all = compute(rowsOf, asked.length * F, (ids) => {
        const [first, ...others] = asked.map((label) => ids.ofClass(form, label));
        return first.with(...others);
      });
      return asked.map((_, column) => all.pick(fields.map((_, f) => column * F + f)));
    },
    among({ compute }, asked) {
      const has = (id: number, at: number) => Number(asked.includes(placeOf(at % F, id)[0]));
      const formula = (ids: IndexFormula) =>
        asked
          .map((label) => ids.ofClass(form, label))
          .reduce((found, one) => found.or(one))
          .known();
      return compute((batch) => batch.map(has), F, formula).toFloats();
    },
  };
}

import type { Layer, Plan, Storage, Table, Weight } from '../../harness/contract/method.ts';
import { storedBytes } from '../../harness/contract/storage.ts';
import { joinRows } from '../../harness/ops/join-rows.ts';
import { sum } from '../../base/sum.ts';
import { classBytes, type ClassShape, idClasses } from '../shared/id-sets/id-classes.ts';
import { countIds, fieldOffsets } from '../shared/rows/table-parts.ts';
import type { TierSizes } from './tier-layout.ts';

/** The form of a tier's rows; undefined: 32-bit floats. */
export type Form = Storage | undefined;

const precise: readonly Form[] = [
  undefined,
  { kind: 'fp16' },
  { kind: 'row-wise', bits: 8, range: 'min-max' },
];
const four: Form = { kind: 'row-wise', bits: 4, range: 'min-max' };

/** The tiers for rows of a width, the most precise first: without those that take no less than the one before. */
export function formsFor(dim: number, int4: boolean): readonly Form[] {
  const all = int4 ? [...precise, four] : precise;
  return all.filter((form, tier) => tier === 0 || all.slice(0, tier).every((before) => rowBytes(dim, form) < rowBytes(dim, before))); // prettier-ignore
}

export const rowBytes = (dim: number, form: Form) => storedBytes(tableOf(1, dim, form));

function tableOf(rows: number, width: number, stored: Form): Table {
  return { width, parts: [{ rows, init: { mean: 0, halfWidth: 0 } }], ...(stored && { stored }) };
}

const shapeOf = ({ fields }: Pick<Layer, 'fields'>, tiers: number): ClassShape => ({
  fields,
  classes: tiers + 1,
  stored: tiers,
});

/** Serving bytes of rows in tiers, and of what says which they are, at most; with a shared row for each field if ids are dropped. */
export function tierBytes(
  layer: Pick<Layer, 'fields' | 'dim'>,
  used: readonly Form[],
  sizes: TierSizes,
): number {
  const { fields, dim } = layer;
  const kept = sum(sizes);
  const rows = sum(sizes.map((count, tier) => storedBytes(tableOf(count, dim, used[tier]))));
  const shared = kept < countIds(fields) ? 4 * dim * fields.length : 0;
  return rows + shared + classBytes(shapeOf(layer, used.length), kept);
}

export interface ServedTiers {
  readonly plan: Plan;
  /** First contents, from the trained rows of all ids. */
  contents(rows: Float32Array): Map<Table | Weight, Float32Array>;
}

/** A table for each tier, and a row for the dropped ids of each field. `labels`: tier of every id, the last number for dropped ones. */
export function servedTiers(layer: Layer, used: readonly Form[], labels: Uint8Array): ServedTiers {
  const { fields, dim } = layer;
  const F = fields.length;
  const known = idClasses(shapeOf(layer, used.length), labels);
  const dropped = used.length;
  const tiers = used.flatMap((form, tier) =>
    known.sizes[tier] === 0 ? [] : [{ tier, table: tableOf(known.sizes[tier], dim, form) }],
  );
  const shared = known.sizes[dropped] > 0 ? tableOf(F, dim, undefined) : undefined;
  const all = [...tiers, ...(shared ? [{ tier: dropped, table: shared }] : [])];
  const firsts = fieldOffsets(fields);
  const numbers = [...fields.keys()];
  const stored = fields.map(
    ({ cardinality }, f) =>
    labels.subarray(firsts[f], firsts[f] + cardinality).reduce((count, tier) => count + Number(tier < dropped), 0), // prettier-ignore
  );
  return {
    plan: {
      tables: all.map(({ table }) => table),
      maps: known.maps,
      toldApart: { byField: stored },
      choices: { rows: known.sizes.slice(0, dropped), dropped: known.sizes[dropped] },
      embed(lookup) {
        const columns = known.columns(lookup, all.map(({ tier }) => tier)); // prettier-ignore
        const groups = all.map(({ tier, table }, i) => ({
          table,
          indices: tier === dropped ? columns[i].plus(numbers) : columns[i],
          fields: numbers,
        }));
        return joinRows(lookup, groups, F, dim);
      },
    },
    contents(rows) {
      const values = new Map<number, Float32Array>(all.map(({ tier, table }) => [tier, new Float32Array(table.parts[0].rows * dim)])); // prettier-ignore
      const next = new Map<number, number>(all.map(({ tier }) => [tier, 0]));
      labels.forEach((tier, id) => {
        if (tier === dropped) return;
        const at = next.get(tier)!;
        values.get(tier)!.set(rows.subarray(id * dim, (id + 1) * dim), at);
        next.set(tier, at + dim);
      });
      if (shared) values.get(dropped)!.set(meansOfDropped(layer, labels, dropped, rows));
      return new Map(all.map(({ tier, table }) => [table, values.get(tier)!]));
    },
  };
}

/** Mean row of the dropped ids of each field by their look-ups, [fields, dim]; zeros where none was looked up. */
function meansOfDropped(
  { fields, dim }: Layer,
  labels: Uint8Array,
  dropped: number,
  rows: Float32Array,
): Float32Array {
  const means = new Float32Array(fields.length * dim);
  const firsts = fieldOffsets(fields);
  fields.forEach(({ cardinality, counts }, f) => {
    const sums = new Float64Array(dim);
    let total = 0;
    for (let id = 0; id < cardinality; id++) {
      if (labels[firsts[f] + id] !== dropped) continue;
      total += counts[id];
      for (let k = 0; k < dim; k++) sums[k] += counts[id] * rows[(firsts[f] + id) * dim + k];
    }
    if (total > 0) means.set(sums.map((x) => x / total), f * dim); // prettier-ignore
  });
  return means;
}

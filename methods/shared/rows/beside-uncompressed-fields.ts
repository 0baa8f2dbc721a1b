import type { Indices } from '../../../harness/contract/indices.ts';
import { everyId } from '../../../harness/contract/keys.ts';
import {
  isInfeasible,
  type Infeasible,
  type Layer,
  type Lookup,
  type Plan,
  type ToldApart,
} from '../../../harness/contract/method.ts';
import { withinBudget } from '../../../harness/contract/size.ts';
import { joinFields } from '../../../harness/ops/join-fields.ts';
import { fieldsWhere, wholeFields } from './uncompressed-fields.ts';
import { firstRows, rowPerId } from './table-parts.ts';

/** What a method makes of the fields that it compresses. */
export type PartPlan = Pick<Plan, 'tables' | 'weights' | 'maps' | 'choices' | 'embed' | 'toldApart'>;

/**
 * Rows for all ids of small fields (wholeFields), and `compress` for the others: it is given a layer of those fields and
 * of the bytes that are left, and its plan is asked for their ids only. Where it finds no plan beside whole fields, it gets
 * all fields and all bytes.
 */
export function besideWholeFields(
  layer: Layer,
  keep: number,
  compress: (others: Layer) => PartPlan | Infeasible,
): Plan | Infeasible {
  const { fields, dim, budget } = layer;
  const isWhole = wholeFields(fields, keep, Math.floor(budget / (4 * dim)));
  const whole = fieldsWhere(isWhole, (kept) => kept);
  const rest = fieldsWhere(isWhole, (kept) => !kept);
  if (whole.length === 0) return compress(layer);

  const table = { width: dim, parts: whole.map((f) => rowPerId(fields[f])) };
  const ids = table.parts.reduce((sum, { rows }) => sum + rows, 0);
  const offsets = firstRows(table.parts);
  const part =
    rest.length === 0 ? undefined : compress({ ...ofFields(layer, rest), budget: budget - 4 * dim * ids });
  if (part !== undefined && isInfeasible(part)) return compress(layer);

  const plan: Plan = {
    tables: [table, ...(part?.tables ?? [])],
    weights: part?.weights ?? [],
    maps: part?.maps ?? [],
    choices: { whole, ...part?.choices },
    toldApart: besideAllOf(layer, rest, part),
    embed(lookup) {
      const kept = lookup.rows(table, lookup.ids.pick(whole).plus(offsets));
      const others = part && [{ vectors: part.embed(forFields(lookup, rest)), fields: rest }];
      return joinFields([{ vectors: kept, fields: whole }, ...(others ?? [])], fields.length, dim);
    },
  };
  return withinBudget(plan, budget, 'a row for every id of small fields');
}

/** All ids of whole fields, and of the others what their plan says. */
function besideAllOf({ fields }: Layer, rest: readonly number[], part: PartPlan | undefined): ToldApart {
  const told = everyId(fields);
  if (part?.toldApart === undefined) return told;
  const { byField, anyField = 0 } = part.toldApart;
  return { byField: told.byField.map((all, f) => byField[rest.indexOf(f)] ?? all), anyField };
}

function ofFields({ fields, sample, ...layer }: Layer, some: readonly number[]): Layer {
  return {
    ...layer,
    fields: some.map((f) => fields[f]),
    ...(sample && { sample: (rows) => columnsOf(sample(rows), fields.length, some) }),
  };
}

/** The same look-up of some of the fields. */
function forFields(lookup: Lookup, fields: readonly number[]): Lookup {
  let picked: Indices | undefined;
  return {
    ...lookup,
    get ids() {
      return (picked ??= lookup.ids.pick(fields));
    },
    compute: (rowsOf, columns) =>
      lookup.compute((ids) => rowsOf(columnsOf(ids, lookup.ids.fields, fields)), columns),
  };
}

function columnsOf(ids: Uint32Array, fields: number, columns: readonly number[]): Uint32Array {
  const picked = new Uint32Array((ids.length / fields) * columns.length);
  for (let row = 0, to = 0; row < ids.length; row += fields)
    for (const f of columns) picked[to++] = ids[row + f];
  return picked;
}

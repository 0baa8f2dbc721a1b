import type { Indices } from '../../../harness/contract/indices.ts';
import { everyId } from '../../../harness/contract/keys.ts';
import {
  isInfeasible,
  type Infeasible,
  type Layer,
  type Lookup,
  type Plan,
  type RowGroup,
  type ToldApart,
} from '../../../harness/contract/method.ts';
import { withinBudget } from '../../../harness/contract/size.ts';
import { uncompressedFields } from './uncompressed-fields.ts';
import { chooseUncompressed, fieldsWhere } from './keep-option.ts';

/** A method's plan for the fields that it compresses. */
export type PartPlan = Pick<Plan, 'tables' | 'weights' | 'maps' | 'choices' | 'embed' | 'toldApart'> & {
  /** The rows that the vectors are put together of, where that is all that embed() does; of the fields that are compressed. */
  readonly group?: (lookup: Lookup) => RowGroup;
};

/**
 * A row for every id of small fields (chooseUncompressed), and `compress` for the others: it gets a layer of those fields
 * and of the bytes that are left, and its plan is asked for their ids only. Where it finds no plan beside uncompressed
 * fields, it gets all fields and all bytes.
 */
export function besideUncompressedFields(
  layer: Layer,
  keep: number,
  compress: (others: Layer) => PartPlan | Infeasible,
): Plan | Infeasible {
  const { fields, dim, budget } = layer;
  const kept = chooseUncompressed(fields, keep, Math.floor(budget / (4 * dim)));
  const uncompressed = uncompressedFields(
    layer,
    fieldsWhere(kept, (keeps) => keeps),
  );
  const rest = fieldsWhere(kept, (keeps) => !keeps);
  if (uncompressed.fields.length === 0) return compress(layer);

  const left = budget - 4 * dim * uncompressed.rows;
  const part = rest.length === 0 ? undefined : compress({ ...ofFields(layer, rest), budget: left });
  if (part !== undefined && isInfeasible(part)) return compress(layer);

  const members = new WeakMap<readonly number[], readonly number[]>();
  /** The fields of a group among all fields: the same array for the same fields. */
  const ofAll = (fields: readonly number[]) => {
    const known = members.get(fields) ?? fields.map((f) => rest[f]);
    members.set(fields, known);
    return known;
  };
  const others = part && {
    fields: rest,
    embed: (lookup: Lookup) => part.embed(forFields(lookup, rest)),
    ...(part.group && {
      group: (lookup: Lookup) => {
        const group = part.group!(forFields(lookup, rest));
        return { ...group, fields: ofAll(group.fields) };
      },
    }),
  };
  const plan: Plan = {
    tables: [...uncompressed.tables, ...(part?.tables ?? [])],
    weights: part?.weights ?? [],
    maps: part?.maps ?? [],
    choices: { whole: uncompressed.fields, ...part?.choices },
    toldApart: besideAllOf(layer, rest, part),
    embed: (lookup) => uncompressed.embedBeside(lookup, others ? [others] : []),
  };
  return withinBudget(plan, budget, 'a row for every id of small fields');
}

/** All ids of uncompressed fields; for the others, what their plan says. */
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

/** The same lookup of some of the fields. */
function forFields(lookup: Lookup, fields: readonly number[]): Lookup {
  let picked: Indices | undefined;
  return {
    ...lookup,
    get ids() {
      return (picked ??= lookup.ids.pick(fields));
    },
    compute: (rowsOf, columns, formula) =>
      lookup.compute(
        (ids) => rowsOf(columnsOf(ids, lookup.ids.fields, fields)),
        columns,
        formula && ((ids) => formula(ids.pick(fields))),
      ),
  };
}

function columnsOf(ids: Uint32Array, fields: number, columns: readonly number[]): Uint32Array {
  const picked = new Uint32Array((ids.length / fields) * columns.length);
  for (let row = 0, to = 0; row < ids.length; row += fields)
    for (const f of columns) picked[to++] = ids[row + f];
  return picked;
}

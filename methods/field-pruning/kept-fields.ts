import { sum } from '../../base/sum.ts';
import type { Layer, Plan, Stage, Table, Trained } from '../../harness/contract/method.ts';
import { joinRows } from '../../harness/ops/join-rows.ts';
import { chooseWithin } from '../shared/budget/knapsack.ts';
import type { FullTable } from '../shared/rows/full-table.ts';
import { firstRows, idInit, rowPerId } from '../shared/rows/table-parts.ts';

export const orders = ['knapsack', 'rank'] as const;

/** Tells of each field if it keeps its rows: as many as fit, and none that would still fit is left out. */
export function keptFields(
  { fields, dim, budget }: Pick<Layer, 'fields' | 'dim' | 'budget'>,
  scores: readonly number[],
  order: (typeof orders)[number],
): boolean[] {
  const costs = fields.map(({ cardinality }) => 4 * dim * cardinality);
  const falling = [...fields.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
  const bytesOf = (kept: readonly boolean[]) => sum(kept.map((keep, f) => (keep ? costs[f] : 4 * dim)));
  if (order === 'rank') {
    const kept = fields.map(() => true);
    for (const f of falling.toReversed()) {
      if (bytesOf(kept) <= budget) break;
      kept[f] = false;
    }
    return kept;
  }
  const choices = costs.map((cost, f) => [{ value: 0, cost: 4 * dim }, { value: scores[f], cost }]); // prettier-ignore
  const kept = chooseWithin(choices, budget)!.map((choice) => choice === 1);
  for (const f of falling) {
    if (kept[f]) continue;
    kept[f] = true;
    if (bytesOf(kept) > budget) kept[f] = false;
  }
  return kept;
}

interface Found {
  /** [fields, dim] */
  readonly means: Float32Array;
  readonly scores: readonly number[];
  /** The search, where it is served as it is. */
  readonly trained: Trained | undefined;
}

/** The layer whose kept fields have a row for each id, and whose other fields have a vector each, which starts as the mean. */
export async function keeping(
  { fields, dim }: Layer,
  full: FullTable,
  kept: readonly boolean[],
  { means, scores, trained }: Found,
): Promise<Stage> {
  const [members, dropped] = [true, false].map((keep) => [...fields.keys()].filter((f) => kept[f] === keep));
  const rows: Table = { width: dim, parts: members.map((f) => rowPerId(fields[f])) };
  const vectors: Table = {
    width: dim,
    parts: dropped.map((f) => ({ rows: 1, init: idInit(fields[f].cardinality) })),
  };
  const firsts = [...dropped.keys()];
  const all = sum(scores);
  const plan: Plan = {
    tables: members.length > 0 ? [rows, vectors] : [vectors],
    choices: {
      widths: kept.map((keep) => (keep ? dim : 0)),
      scores: scores.map((score) => (all > 0 ? Math.round((1e4 * score) / all) / 1e4 : 0)),
    },
    toldApart: { byField: fields.map(({ cardinality }, f) => (kept[f] ? cardinality : 0)) },
    training: trained ? { share: 0 } : { name: 'retraining' },
    embed(lookup) {
      const own = { table: rows, indices: lookup.ids.pick(members).plus(firstRows(rows.parts)), fields: members }; // prettier-ignore
      const shared = { table: vectors, indices: lookup.ids.pick(dropped).mod(1).plus(firsts), fields: dropped }; // prettier-ignore
      return joinRows(lookup, members.length > 0 ? [own, shared] : [shared], fields.length, dim);
    },
  };
  const contents = new Map([[vectors, pieces(dropped.map((f) => means.subarray(f * dim, (f + 1) * dim)))]]);
  if (trained === undefined) return { plan, contents, network: 'fresh' };
  const values = await trained.rows(full.table);
  if (members.length > 0) contents.set(rows, pieces(members.map((f) => full.rowsOf(values, f))));
  return { plan, contents, network: 'kept' };
}

/** Arrays one after the other. */
function pieces(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(sum(arrays.map(({ length }) => length)));
  let to = 0;
  for (const array of arrays) {
    all.set(array, to);
    to += array.length;
  }
  return all;
}

import { z } from 'zod';
import { none } from '../../harness/contract/backend.ts';
import { idMap } from '../../harness/contract/indices.ts';
import type { Layer, Method, Plan, Step } from '../../harness/contract/method.ts';
import { withinBudget } from '../../harness/contract/size.ts';
import { Admission, type AdmissionState } from './admission.ts';
import { idSet, idSetMaps, mapBytes } from '../shared/id-sets/id-set.ts';
import { importanceOf, importances } from '../shared/dedicated-rows/importance.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { sum } from '../../base/sum.ts';
import { compactRows, DedicatedRows } from '../shared/dedicated-rows/dedicated-rows.ts';
import { type DedicatedRowsShape, noDedicatedRows } from '../shared/dedicated-rows/row-numbers.ts';
import { chooseUncompressed, keepOption } from '../shared/rows/keep-option.ts';

const options = z.strictObject({
  others: z
    .enum(['zeros', 'shared'])
    .default('zeros')
    .describe('vectors of ids without a row: zeros, or a row per field'),
  importance: z
    .enum(importances)
    .default('gradient')
    .describe("measure of an id's importance: its gradients, or its lookups"),
  reallocations: z
    .int()
    .min(1)
    .default(75)
    .describe(
      'number of times in a training that rows may change hands; 75 is what the authors of CAFE took on Criteo',
    ),
  decay: z
    .number()
    .positive()
    .max(1)
    .default(0.8)
    .describe('factor of importance at every fourth reallocation'),
  normalize: z
    .boolean()
    .default(false)
    .describe("if true, importance is in units of the 95th percentile of its field, as in CAFE's code"),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const adaEmbed: Method<Options> = {
  name: 'ada-embed',
  aliases: ['adaembed', 'ada'],
  title: 'AdaEmbed',
  idea: 'rows belong to the ids whose gradients are largest at the time; the other ids have none',
  formula: 'E(i) = T[row(i)] of the ids of highest score, else 0; score(i): decayed sum of ‖∂L / ∂E(i)‖',
  paper: {
    cite: 'Lai et al., AdaEmbed: Adaptive Embedding for Large-Scale Recommendation Models, OSDI 2023',
    url: 'https://www.usenix.org/conference/osdi23/presentation/lai',
  },
  departures: [
    {
      what: 'rows change hands 75 times in a training, as in the reimplementation beside CAFE',
      why: "the paper's own code was not at hand",
    },
    {
      what: 'ids without a row are zeros',
      why: 'as in that reimplementation; others=shared gives them a row of their field; its effect on AUC is +0.0007 ± 0.0016 at 16x, +0.0012 ± 0.0003 at 64x on the Criteo sample',
    },
    {
      what: 'importance is compared across fields as it is',
      why: 'that code divides it by a percentile of its field, which is normalize=true; its effect on AUC is −0.0019 ± 0.0044 at 16x, −0.0041 ± 0.0011 at 64x on planted clicks; −0.0046 ± 0.0021 at 16x, −0.0025 ± 0.0019 at 64x on the Criteo sample',
    },
    {
      what: 'the list of ids with rows is stored and counted',
      why: 'a pointer and a score for every id, which training keeps, would be an eighth of a full table of 16 floats',
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'it is the rule of all methods here that share rows; not measured',
    },
  ],
  family: 'adaptive',
  cost: 'upkeep',
  options,
  plan(layer, options) {
    const dedicatedRows = new DedicatedRows(layer, solveRows(layer, options));
    const plan =
      dedicatedRows.shape.dedicated > 0
        ? adaptivePlan(options, dedicatedRows)
        : dedicatedRows.plan(noDedicatedRows);
    return withinBudget(plan, layer.budget, options.others === 'zeros' ? 'one row' : 'a row per field');
  },
};

function adaptivePlan(options: Options, dedicatedRows: DedicatedRows): Plan {
  const { keys } = dedicatedRows.numbers;
  const { dedicated } = dedicatedRows.shape;
  const scoreMap = idMap(keys, 32, () => new Uint32Array(keys));
  const rowMap = idMap(keys, 32, () => new Uint32Array(keys).fill(none));
  let made: AdmissionState | undefined;
  const state = () => (made ??= { scores: new Float32Array(scoreMap.values.buffer), rows: rowMap.values });
  const plan = dedicatedRows.plan({
    ...noDedicatedRows,
    rowsOf: (keys) => keys.map((key) => (key === none ? none : state().rows[key])),
  });
  let admission: Admission | undefined;
  const set = { ids: keys, capacity: dedicated };

  /** Empty: no id has a row. */
  const begun = () =>
    new Admission(state(), {
      hotRows: dedicated,
      bounds: dedicatedRows.numbers.bounds,
      normalize: options.normalize,
    });
  const giveRows = async (step: Step, ids: Uint32Array, rows: Uint32Array) => {
    // A shared row has seen so many gradients that the optimizer's steps would be tiny: forget them.
    if (options.others === 'shared') await dedicatedRows.promote(step, ids, rows, false);
    else step.write(dedicatedRows.table, rows, new Float32Array(rows.length * dedicatedRows.table.width));
  };

  return {
    ...plan,
    maps: [scoreMap, rowMap],
    serving: { tables: plan.tables, maps: idSetMaps(set), toldApart: dedicatedRows.toldApart },
    embed(lookup) {
      if (lookup.training?.reached(1) === false) admission = begun();
      return plan.embed(lookup);
    },
    memory: {
      read: () => admission?.read() ?? {},
      write(remembered) {
        if (Object.keys(remembered).length > 0) (admission = begun()).write(remembered);
      },
    },
    async afterStep(step) {
      if (admission === undefined) throw new Error('no training has begun');
      const ids = dedicatedRows.numbers.keysOf(step.ids, step.counted);
      admission.add(ids, await importanceOf(step, options.importance));
      const first = admission.admitAny(ids);
      await giveRows(step, first.ids, first.rows);
      const every = Math.ceil(step.steps / options.reallocations);
      if ((step.index + 1) % every > 0) return;
      const moved = admission.reallocate();
      await giveRows(step, moved.ids, moved.rows);
      if (((step.index + 1) / every) % 4 === 0) admission.decay(options.decay);
    },
    next(trained) {
      const { rows } = state();
      const members = rows.map((_, id) => id).filter((id) => rows[id] !== none);
      const finalSet = idSet(set, () => members);
      const last = dedicatedRows.plan({
        ...noDedicatedRows,
        rowsOf: (keys) => finalSet.positionsOf(keys),
        formula: { rows: (keys) => keys.among(finalSet.stored), twice: (keys) => keys.within(0, 0) },
      });
      const { bounds } = dedicatedRows.numbers;
      const admitted = dedicatedRows.shape.rows.map(
        (_, f) => members.filter((id) => id >= bounds[f] && id < bounds[f + 1]).length,
      );
      const choices = { ...last.choices, admitted };
      return compactRows(
        { ...last, maps: finalSet.maps, choices },
        members.map((id) => rows[id]),
        trained,
      );
    },
  };
}

/** Finds the largest number of dedicated rows that fit beside the rows of small fields and the shared rows. */
function solveRows({ fields, dim, budget }: Layer, { others, keep }: Options): DedicatedRowsShape {
  const rowBytes = 4 * dim;
  const uncompressed = chooseUncompressed(fields, keep, Math.floor(budget / rowBytes));
  const shared = fields.map((_, f) => (!uncompressed[f] && others === 'shared' ? 1 : 0));
  const rows = fields.map(({ cardinality }, f) => (uncompressed[f] ? cardinality : shared[f]));
  const left = budget - rowBytes * sum(rows);
  const keys = sum(fields.map(({ cardinality }, f) => (uncompressed[f] ? 0 : cardinality)));
  const max = Math.max(0, Math.min(keys, Math.floor(left / rowBytes)));
  const bytes = (rows: number) => rows * rowBytes + mapBytes(idSetMaps({ ids: keys, capacity: rows }));
  const found = largestWithin(max, (rows) => bytes(rows) <= left);
  // A layer without rows would always be zero: one row at least.
  const dedicated = rows.every((n) => n === 0) ? Math.max(1, found) : found;
  return { dedicated, uncompressed, rows, secondRows: [], tracked: dedicated };
}

import { z } from 'zod';
import { none } from '../harness/contract/backend.ts';
import type { Layer, Method, Plan, Stage, Trained } from '../harness/contract/method.ts';
import { deriveSeed } from '../harness/contract/mix.ts';
import { fullSize, sizeOf, withinBudget } from '../harness/contract/size.ts';
import { HashedRows, type HashedRowsShape, type Tiers } from './shared/hashed-rows.ts';
import { HotSketch, type SketchState, slotOf as findSlot } from './shared/hot-sketch.ts';
import { importanceOf, importances } from './shared/importance.ts';
import { mostThatFit } from './shared/most-that-fit.ts';
import { rowShares } from './shared/row-shares.ts';
import { sketchMaps } from './shared/sketch-maps.ts';
import { mostMedium, storedTiers, tierMaps, type TiersShape } from './shared/stored-tiers.ts';
import { wholeFields } from './shared/whole-fields.ts';

const options = z.strictObject({
  hot: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('share of the bytes for hot ids; as the authors chose it for the compression where not given'),
  importance: z
    .enum(importances)
    .default('gradient')
    .describe('what makes an id hot: its gradients, or its look-ups'),
  threshold: z
    .number()
    .positive()
    .optional()
    .describe(
      'in mean look-ups, from which on an id is hot; where not given, it rises so that the rows suffice (CAFE+)',
    ),
  decay: z
    .number()
    .positive()
    .max(1)
    .default(0.99)
    .describe('of importance, each time that ten thresholds per row have come in'),
  levels: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .describe('2: ids of medium importance add a second hashed row'),
  stored: z
    .enum(['ids', 'sketch'])
    .default('ids')
    .describe(
      'to tell hot ids: which they are; or the sketch, as the authors count it, which could go on learning',
    ),
  keep: z.int().min(0).default(200).describe('fields with at most this many ids keep a row for each'),
});
type Options = z.infer<typeof options>;

export const cafe: Method<Options> = {
  name: 'cafe',
  aliases: [],
  title: 'CAFE',
  idea: 'a sketch finds the ids with the largest gradients while training; they get rows of their own, others are hashed',
  paper: {
    cite: 'Zhang et al., CAFE: Towards Compact, Adaptive, and Fast Embedding for Large-scale Recommendation Models, SIGMOD 2024',
    url: 'https://arxiv.org/abs/2312.03256',
  },
  options,
  plan(layer, options) {
    const hashed = new HashedRows(layer, solveRows(layer, options));
    const plan = hashed.shape.hotRows > 0 ? adaptivePlan(layer, options, hashed) : planWith(hashed, noTiers);
    return withinBudget(plan, layer.budget, 'one row per field');
  },
};

const noTiers: Tiers = { hotRow: () => none, isMedium: () => false };

function planWith(hashed: HashedRows, tiers: Tiers): Plan {
  const { hotRows, rows, secondRows } = hashed.shape;
  return {
    tables: [hashed.table],
    choices: { hotRows, rows, ...(secondRows.length > 0 && { secondRows }) },
    embed: (lookup) => hashed.embed(lookup, tiers),
  };
}

/** In mean look-ups, to begin with: an id that was seen once gets no row. */
const firstThreshold = 2;
/** Of the threshold, from which on an id is medium (the authors' code). */
const mediumShare = 0.2;

function adaptivePlan(layer: Layer, options: Options, hashed: HashedRows): Plan {
  const { importance, decay, threshold } = options;
  const { hotRows } = hashed.shape;
  const { maps, state } = sketchMaps(hotRows);
  const seed = deriveSeed(layer.seed, 'cafe');
  const plan = planWith(hashed, tiersOf(state, seed));
  let sketch: HotSketch;
  let added = 0; // since the last decay

  const adaptive: Plan = {
    ...plan,
    maps,
    embed(lookup) {
      if (lookup.training?.index === 0) {
        sketch = new HotSketch(state(), { hotRows, threshold: threshold ?? firstThreshold, seed });
        added = 0;
      }
      return plan.embed(lookup);
    },
    async afterStep(step) {
      const weights = await importanceOf(step, importance);
      for (let at = 0; at < weights.length; at++) {
        const key = hashed.keyOf(at % step.fields, step.ids[at]);
        if (key === none) continue;
        sketch.add(key, weights[at]);
        added += weights[at];
      }
      if (threshold === undefined && sketch.crowded) sketch.fitThreshold();
      if (added > 10 * hotRows * sketch.threshold) {
        sketch.decay(decay);
        added = 0;
      }
      const { ids, rows } = sketch.promote();
      await hashed.promote(step, ids, rows);
    },
  };
  if (options.stored === 'sketch') return adaptive;
  const shape = { keys: hashed.keys, hotRows, levels: options.levels };
  return {
    ...adaptive,
    serving: { tables: plan.tables, maps: tierMaps(shape) },
    next: (trained) => settle(hashed, shape, state(), trained),
  };
}

function tiersOf(state: () => SketchState, seed: number): Tiers {
  const slotOf = (key: number) => findSlot(state().ids, seed, key);
  return {
    hotRow(key) {
      const slot = slotOf(key);
      return slot === -1 ? none : state().rows[slot];
    },
    isMedium(key) {
      const slot = slotOf(key);
      return slot !== -1 && isMedium(state(), slot);
    },
  };
}

function isMedium({ rows, scores, threshold }: SketchState, slot: number): boolean {
  return rows[slot] === none && scores[slot] >= mediumShare * threshold[0];
}

/** The tiers as they are in the end, without scores. Hot rows are put in the order of their ids. */
async function settle(
  hashed: HashedRows,
  shape: TiersShape,
  state: SketchState,
  trained: Trained,
): Promise<Stage> {
  const byId = (slots: number[]) => slots.sort((a, b) => state.ids[a] - state.ids[b]);
  const idsOf = (slots: readonly number[]) => Uint32Array.from(slots, (slot) => state.ids[slot]);
  const known = [...state.ids.keys()].filter((slot) => state.ids[slot] !== none);
  const hot = byId(known.filter((slot) => state.rows[slot] !== none));
  const medium = known
    .filter((slot) => isMedium(state, slot))
    .sort((a, b) => state.scores[b] - state.scores[a])
    .slice(0, mostMedium(shape));
  const { maps, tiers } = storedTiers(shape, { hot: idsOf(hot), medium: idsOf(byId(medium)) });

  const { table } = hashed;
  const rows = await trained.rows(table);
  const before = rows.slice(0, shape.hotRows * table.width);
  hot.forEach((slot, row) => {
    const from = state.rows[slot] * table.width;
    rows.set(before.subarray(from, from + table.width), row * table.width);
  });
  const plan = planWith(hashed, tiers);
  const found = { hot: hot.length, threshold: state.threshold[0] };
  return {
    plan: { ...plan, maps, choices: { ...plan.choices, ...found }, training: { share: 0 } },
    contents: new Map([[table, rows]]),
    network: 'kept',
  };
}

/** As many hot rows as their share of the bytes pays for, what tells their ids included; hashed rows of the rest. */
function solveRows({ fields, dim, budget }: Layer, { levels, keep, stored, hot }: Options): HashedRowsShape {
  const rowBytes = 4 * dim;
  const whole = wholeFields(fields, keep, Math.floor(budget / rowBytes));
  const others = fields.filter((_, f) => !whole[f]).map(({ cardinality }) => cardinality);
  const keys = others.reduce((sum, n) => sum + n, 0);
  const full = fullSize({ fields, dim }).servingBytes;
  const left = budget - (full - rowBytes * keys);
  const forHot = (hot ?? authorsShare(full / budget)) * left;
  const bytes = (hotRows: number) => {
    if (hotRows === 0) return 0;
    const maps = stored === 'sketch' ? sketchMaps(hotRows).maps : tierMaps({ keys, hotRows, levels });
    return hotRows * rowBytes + sizeOf({ tables: [], maps }).servingBytes;
  };
  const hashed = (hotRows: number) => Math.floor((left - bytes(hotRows)) / rowBytes);
  const hotRows = mostThatFit(
    Math.min(keys, forHot / rowBytes),
    (n) => bytes(n) <= forHot && hashed(n) >= levels * others.length,
  );
  // Without a sketch no id is known to be medium.
  const second =
    levels === 2 && hotRows > 0 ? Math.max(others.length, Math.floor(secondShare * hashed(hotRows))) : 0;
  const perField = (rows: number, ofWhole: (cardinality: number) => number) => {
    const shares = rowShares(others, rows);
    return fields.map(({ cardinality }, f) => (whole[f] ? ofWhole(cardinality) : shares.shift()!));
  };
  return {
    hotRows,
    whole,
    rows: perField(hashed(hotRows) - second, (n) => n),
    secondRows: second > 0 ? perField(second, () => 0) : [],
  };
}

/** Of hashed rows, those of the second hash (the authors' code). */
const secondShare = 0.3;

/** Of the bytes, for hot ids: what the authors chose for Criteo at compressions from 2 to 10,000. */
function authorsShare(compression: number): number {
  const ends = [5, 50, 200, 2000];
  const shares = [0.3, 0.5, 0.7, 0.8, 0.9];
  return shares[ends.filter((end) => compression >= end).length];
}

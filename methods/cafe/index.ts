import { z } from 'zod';
import type { Layer, Method, Plan } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { fullSize, withinBudget } from '../../harness/contract/size.ts';
import { importances } from '../shared/dedicated-rows/importance.ts';
import { SketchLearning } from './sketch-learning.ts';
import { sketchMap, SketchState } from './sketch-state.ts';
import { finalTiers, tierMaps, tiersOf } from './sketch-tiers.ts';
import { solveDedicatedRows } from './solve-rows.ts';
import { compactRows, DedicatedRows } from '../shared/dedicated-rows/dedicated-rows.ts';
import { noDedicatedRows } from '../shared/dedicated-rows/row-numbers.ts';
import { mapBytes } from '../shared/id-sets/id-set.ts';
import { keepOption } from '../shared/rows/keep-option.ts';

const options = z.strictObject({
  hot: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('share of the bytes for hot ids; if not given, as the authors chose it for the compression'),
  importance: z
    .enum(importances)
    .default('gradient')
    .describe("measure of an id's importance: its gradients, or its lookups"),
  threshold: z
    .number()
    .positive()
    .optional()
    .describe(
      'importance, in mean lookups, at which an id is hot; if not given, it rises so that the rows suffice (CAFE+)',
    ),
  decay: z
    .number()
    .positive()
    .max(1)
    .default(0.99)
    .describe('factor of importance, each time that ten thresholds per row have been added'),
  levels: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .describe('2: ids of medium importance add a second hashed row'),
  stored: z
    .enum(['ids', 'sketch'])
    .default('ids')
    .describe(
      'form in which hot ids are stored: a list; or the sketch, as the authors count it, which could keep learning',
    ),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const cafe: Method<Options> = {
  name: 'cafe',
  aliases: [],
  title: 'CAFE',
  idea: 'a sketch finds the ids with the largest gradients while training; they get rows of their own, others are hashed',
  formula: 'E(i) = H[slot(i)] where the sketch holds i, else T[h(i)]; score(i) = Σ ‖∂L / ∂E(i)‖',
  paper: {
    cite: 'Zhang et al., CAFE: Towards Compact, Adaptive, and Fast Embedding for Large-scale Recommendation Models, SIGMOD 2024',
    url: 'https://arxiv.org/abs/2312.03256',
  },
  departures: [
    {
      what: 'an id that becomes hot takes the optimizer state of its hashed row along',
      why: 'the authors train with plain SGD, which has none; not measured',
    },
    {
      what: 'hot ids are stored as a list',
      why: "it takes 4 bytes for a row instead of 48; stored=sketch is the authors' form: not measured",
    },
    {
      what: 'the threshold rises so that the rows suffice',
      why: 'the authors set it by hand for every ratio, where CAFE+ lets it rise as well; not measured',
    },
    {
      what: 'a newcomer gets a row only when it is seen again, and never replaces an id with a row',
      why: 'it would inherit the score of the id that it replaces, which is not its own; not measured',
    },
    {
      what: 'buckets are found by a seeded hash',
      why: 'the authors take the id modulo the buckets, which spreads ids evenly that are in the order of counts; not measured',
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'the authors exempt small fields as well, by a rule that leaves their bytes uncounted',
    },
  ],
  family: 'adaptive',
  cost: 'upkeep',
  options,
  plan(layer, options) {
    const { levels, keep, stored } = options;
    const hot = options.hot ?? authorsShare(fullSize(layer).servingBytes / layer.budget);
    const tellingBytes = (keys: number, dedicated: number) => {
      const maps = stored === 'sketch' ? [sketchMap(dedicated)] : tierMaps({ keys, dedicated, levels });
      return mapBytes(maps);
    };
    const dedicatedRows = new DedicatedRows(
      layer,
      solveDedicatedRows(layer, { hot, levels, keep, tellingBytes }),
    );
    const plan =
      dedicatedRows.shape.dedicated > 0
        ? adaptivePlan(layer, options, dedicatedRows)
        : dedicatedRows.plan(noDedicatedRows);
    return withinBudget(plan, layer.budget, 'one row per field');
  },
};

/** Share of the bytes for hot ids that the authors chose for Criteo at compressions from 2 to 10,000. */
function authorsShare(compression: number): number {
  const ends = [5, 50, 200, 2000];
  const shares = [0.3, 0.5, 0.7, 0.8, 0.9];
  return shares[ends.filter((end) => compression >= end).length];
}

function adaptivePlan(layer: Layer, options: Options, dedicatedRows: DedicatedRows): Plan {
  const { importance, threshold, decay, levels } = options;
  const { dedicated } = dedicatedRows.shape;
  const map = sketchMap(dedicated);
  const seed = deriveSeed(layer.seed, 'cafe');
  let made: SketchState | undefined;
  const state = () => (made ??= new SketchState(map.values, seed));
  const learning = new SketchLearning(dedicatedRows, state, { importance, threshold, decay });
  const plan = dedicatedRows.plan(tiersOf(state));
  const adaptive: Plan = {
    ...plan,
    maps: [map],
    embed(lookup) {
      if (lookup.training?.reached(1) === false) learning.begin();
      return plan.embed(lookup);
    },
    afterStep: (step) => learning.learn(step),
  };
  if (options.stored === 'sketch') return adaptive;
  const shape = { keys: dedicatedRows.numbers.keys, dedicated, levels };
  return {
    ...adaptive,
    serving: { tables: plan.tables, maps: tierMaps(shape), toldApart: dedicatedRows.toldApart },
    next(trained) {
      const { maps, tiers, rows } = finalTiers(state(), shape);
      const last = dedicatedRows.plan(tiers);
      const choices = { ...last.choices, hot: rows.length, threshold: state().threshold };
      return compactRows({ ...last, maps, choices }, rows, trained);
    },
  };
}

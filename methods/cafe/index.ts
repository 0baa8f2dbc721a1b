import { z } from 'zod';
import type { Layer, Method, Plan } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { fullSize, withinBudget } from '../../harness/contract/size.ts';
import { importances } from '../shared/dedicated-rows/importance.ts';
import { SketchLearning } from './sketch-learning.ts';
import { frontBucketsOf, sketchMap, SketchState } from './sketch-state.ts';
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
    .union([z.number().positive(), z.literal('adaptive')])
    .optional()
    .describe(
      'importance, in mean lookups, at which an id is hot; if not given, it rises so that the rows suffice; adaptive: so does that of CAFE+, with its front stage and eviction by rank',
    ),
  front: z
    .number()
    .min(0)
    .max(0.5)
    .optional()
    .describe(
      'share of the sketch that is a front stage of ids seen lately, which have yet to reach the threshold; if not given, 0, or .1 with threshold=adaptive',
    ),
  evict: z
    .enum(['decay', 'rank'])
    .optional()
    .describe(
      'way in which ids lose their rows: importance decays; or ids of higher rank take them when the threshold rises; if not given, decay, or rank with threshold=adaptive',
    ),
  promotion: z
    .enum(['kept', 'fresh'])
    .optional()
    .describe(
      "optimizer state of an id that becomes hot: its hashed row's (kept, also if not given), or none",
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
      why: 'the authors train with plain SGD, which has none; promotion=fresh forgets it; its effect on AUC is −0.0009 ± 0.0058 at 16x, −0.0009 ± 0.0051 at 64x on planted clicks; +0.0001 ± 0.0022 at 16x, +0.0000 ± 0.0016 at 64x on the Criteo sample',
    },
    {
      what: 'hot ids are stored as a list',
      why: "it takes 4 bytes for a row instead of 48; stored=sketch is the authors' form; its effect on AUC is +0.0008 ± 0.0020 at 16x, −0.0016 ± 0.0072 at 64x on planted clicks; −0.0011 ± 0.0045 at 16x, −0.0015 ± 0.0033 at 64x on the Criteo sample",
    },
    {
      what: 'the threshold rises so that the rows suffice',
      why: 'the authors set it by hand for every ratio; threshold=adaptive is CAFE+, with its front stage and eviction by rank; its effect on AUC is −0.0006 ± 0.0044 at 16x, −0.0012 ± 0.0028 at 64x on planted clicks; +0.0008 ± 0.0005 at 16x, +0.0014 ± 0.0035 at 64x on the Criteo sample',
    },
    {
      what: 'with threshold=adaptive increments do not grow in time, and rows that change hands start from the hashed row',
      why: "the authors' code works the growth out and never applies it, and leaves such a row the vector of its owner before; not measured",
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
    const front = frontOf(options);
    const hot = options.hot ?? authorsShare(fullSize(layer).servingBytes / layer.budget);
    const tellingBytes = (keys: number, dedicated: number) => {
      const maps =
        stored === 'sketch' ? [sketchMap(dedicated, front)] : tierMaps({ keys, dedicated, levels });
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

/** First threshold where it rises: an id that was seen once gets no row. The authors of CAFE+ begin with 1. */
const firstThreshold = 2;

/** Share of the front stage of CAFE+ (the authors' code). */
const adaptiveFront = 0.1;

function frontOf({ front, threshold }: Options): number {
  return front ?? (threshold === 'adaptive' ? adaptiveFront : 0);
}

function adaptivePlan(layer: Layer, options: Options, dedicatedRows: DedicatedRows): Plan {
  const { importance, threshold, decay, levels } = options;
  const { dedicated } = dedicatedRows.shape;
  const front = frontOf(options);
  const map = sketchMap(dedicated, front);
  const evict = options.evict ?? (threshold === 'adaptive' ? 'rank' : 'decay');
  const seed = deriveSeed(layer.seed, 'cafe');
  let made: SketchState | undefined;
  const state = () => (made ??= new SketchState(map.values, seed, frontBucketsOf(dedicated, front)));
  const learning = new SketchLearning(dedicatedRows, state, {
    importance,
    threshold: threshold === 'adaptive' ? 1 : (threshold ?? firstThreshold),
    rises: typeof threshold !== 'number' || evict === 'rank',
    decay,
    evict,
    keepState: options.promotion !== 'fresh',
  });
  const plan = dedicatedRows.plan(tiersOf(state));
  const adaptive: Plan = {
    ...plan,
    maps: [map],
    embed(lookup) {
      if (lookup.training?.reached(1) === false) learning.begin();
      return plan.embed(lookup);
    },
    memory: learning,
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

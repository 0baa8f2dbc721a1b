import { z } from 'zod';
import type { Layer, Method, Plan, Table } from '../../harness/contract/method.ts';
import { sizeOf, withinBudget } from '../../harness/contract/size.ts';
import { joinFields } from '../../harness/ops/join-fields.ts';
import { sum } from '../../base/sum.ts';
import { coreFloats, rowFactors, widthFactors } from './core-shapes.ts';
import { hotIds, sortedByCount } from '../shared/frequency/hot-ids.ts';
import { hottest } from '../shared/frequency/hottest.ts';
import { lazily } from '../../base/lazily.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { countIds, firstRows, idInit } from '../shared/rows/table-parts.ts';
import { tensorCores } from './tensor-cores.ts';
import { chooseUncompressed, fieldsWhere, keepOption } from '../shared/rows/keep-option.ts';

const options = z.strictObject({
  cores: z.int().min(2).max(4).default(3).describe('factors of a table'),
  rank: z.int().min(1).optional().describe('rank of all cores; if not given, solved for the budget'),
  maxRank: z
    .int()
    .min(1)
    .default(64)
    .describe(
      'largest rank where it is solved; the rest of the budget goes to rows for the most frequent ids',
    ),
  hotRows: z
    .number()
    .min(0)
    .max(0.95)
    .default(0)
    .describe('share of the budget for rows of their own of the most frequent ids: the paper caches them'),
  order: z
    .enum(['first', 'last', 'ends'])
    .default('first')
    .describe(
      'cores that neighbouring ids share: the first ones (FBTT-Embedding), the last ones, or those at the ends',
    ),
  keep: keepOption,
});
type Options = z.infer<typeof options>;

export const tensorTrain: Method<Options> = {
  name: 'tensor-train',
  aliases: ['tt', 'tt-rec'],
  title: 'Tensor train',
  idea: "a field's table is a chain of small cores; a row is the product of one slice of each",
  formula: 'E(i) = G₁[i₁] G₂[i₂] G₃[i₃], i = (i₁, i₂, i₃) in mixed radix',
  paper: {
    cite: 'Yin et al., TT-Rec: Tensor Train Compression for Deep Learning Recommendation Models, MLSys 2021',
    url: 'https://arxiv.org/abs/2101.11714',
  },
  departures: [
    {
      what: 'cores start uniform with the variance that gives the product that of a full table',
      why: "the paper draws from the tails of a normal to keep the product from peaking at 0; uniform entries do as much at a fourth moment of 3.6 at rank 8, where 3 is a normal's; not measured",
    },
    {
      what: 'there are no cached rows for frequent ids',
      why: 'rows count as bytes here and take the place of rank; hotRows=0.1 gives them a tenth of the budget; its effect on AUC is +0.0021 ± 0.0108 at 16x, +0.0034 ± 0.0090 at 64x on planted clicks; +0.0030 ± 0.0071 at 16x, +0.0045 ± 0.0052 at 64x on the Criteo sample',
    },
    {
      what: 'the rank is solved for the budget, the same for all fields',
      why: 'the paper tries some ranks on the largest tables',
    },
    {
      what: 'fields of at most 200 ids keep a row for each',
      why: 'the paper compresses its largest tables alone',
    },
  ],
  family: 'structured',
  cost: 'heavier step',
  options,
  plan(layer, options) {
    const { fields, dim, budget } = layer;
    const small = chooseUncompressed(fields, options.keep, Math.floor(budget / (4 * dim)));
    const plan = solve(layer, options, small);
    const fits = sizeOf(plan).servingBytes <= budget;
    // If uncompressed fields leave too little for the others, there are none.
    return withinBudget(fits ? plan : solve(layer, options), budget, `rank ${options.rank ?? 1}`);
  },
};

/** Takes the largest rank that fits beside the share of the hot rows, then as many hot rows as still fit. */
function solve(layer: Layer, options: Options, small: readonly boolean[] = []): Plan {
  const { fields, budget } = layer;
  const { rank: asked, maxRank, hotRows } = options;
  // The counts of all ids are read only if there are hot ones.
  const counted = lazily(() => ({ take: hottest(fields), sorted: sortedByCount(fields) }));
  const none = { hot: fields.map(() => 0), sorted: fields.map(() => true) };
  const planAt = (rank: number, rows: number) => {
    const hot = rows > 0 ? { hot: counted().take(rows), sorted: counted().sorted } : none;
    return planWith(layer, options, { rank, small, ...hot });
  };
  const bytes = (rank: number, hot = 0) => sizeOf(planAt(rank, hot)).servingBytes;
  const solved = largestWithin(maxRank, (rank) => bytes(rank) <= (1 - hotRows) * budget);
  const rank = asked ?? Math.max(1, solved);
  if (hotRows === 0 && (asked !== undefined || rank < maxRank)) return planAt(rank, 0);
  const ids = countIds(fields);
  const hot = largestWithin(ids, (hot) => bytes(rank, hot) <= budget);
  return planAt(rank, hot);
}

interface Choice {
  readonly rank: number;
  /** Fields that are uncompressed whatever the rank. */
  readonly small: readonly boolean[];
  /** Number of ids of each compressed field with rows of their own. */
  readonly hot: readonly number[];
  readonly sorted: boolean[];
}

function planWith({ fields, dim }: Layer, { cores, order }: Options, choice: Choice): Plan {
  const { rank, small, hot, sorted } = choice;
  const widths = widthFactors(dim, cores);
  // If ids are in the order of their counts, those in the cores start after the hot ones.
  const skipped = fields.map((_, f) => (sorted[f] ? hot[f] : 0));
  const keepsRows = fields.map(({ cardinality: n }, f) => {
    const floats = coreFloats(rowFactors(n - skipped[f], cores), widths, rank);
    return small[f] || hot[f] * dim + sum(floats) >= n * dim;
  });
  const own = fields.map(({ cardinality }, f) => (keepsRows[f] ? cardinality : hot[f]));
  const withOwn = fieldsWhere(own, (rows) => rows > 0);
  const inCores = fieldsWhere(keepsRows, (keepsRows) => !keepsRows);
  const ids = hotIds(fields, own, sorted);
  const ownRows: Table = {
    width: dim,
    parts: withOwn.map((f) => ({ rows: own[f], init: idInit(fields[f].cardinality) })),
  };
  const parts = inCores.map((f) => {
    const { cardinality } = fields[f];
    return { rows: cardinality - skipped[f], init: idInit(cardinality) };
  });
  const [coreColumns, from, to] = [
    inCores.map((f) => f + fields.length),
    inCores.map((f) => skipped[f]),
    inCores.map((f) => fields[f].cardinality),
  ];
  const trains = tensorCores(parts, dim, { cores, rank, order });
  return {
    tables: [ownRows, ...trains.tables].filter(({ parts }) => parts.length > 0),
    maps: ids.maps,
    choices: {
      rank,
      factors: trains.widths,
      cores: fields.map((_, f) => trains.shapes[inCores.indexOf(f)] ?? 'whole'),
      ...(inCores.some((f) => own[f] > 0) && { hotRows: own }),
    },
    embed(lookup) {
      const parted = ids.columns(lookup);
      const owners = parted.pick(withOwn).plus(firstRows(ownRows.parts));
      const others = parted.pick(coreColumns).within(from, to);
      return joinFields(
        [
          ...(withOwn.length > 0 ? [{ fields: withOwn, vectors: lookup.rows(ownRows, owners) }] : []),
          ...(inCores.length > 0 ? [{ fields: inCores, vectors: trains.embed(lookup.rows, others) }] : []),
        ],
        fields.length,
        dim,
      );
    },
  };
}

import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Field } from '../harness/contract/data.ts';
import type { IdMap } from '../harness/contract/indices.ts';
import {
  isInfeasible,
  type Infeasible,
  type Layer,
  type Lookup,
  type Method,
  type Plan,
  type Table,
  type Weight,
} from '../harness/contract/method.ts';
import { infeasible, sizeOf } from '../harness/contract/size.ts';
import { projectFields } from '../harness/ops/project-fields.ts';
import { sumBlocks } from '../harness/ops/sum-blocks.ts';
import { joinFields } from './shared/join-fields.ts';
import { equalMassRanges, rankMap, type RankRange } from './shared/popularity.ts';
import { firstRows, idInit } from './shared/rows.ts';
import { mixedWidths } from './shared/temperature.ts';

const options = z.strictObject({
  temperature: z.number().min(0).max(1).optional().describe('solved for the budget where not given'),
  blocking: z
    .enum(['auto', 'field', 'popularity'])
    .default('auto')
    .describe(
      'what shares a width: a field; ids of a field of like popularity; auto: fields while the budget allows',
    ),
  blocks: z.int().min(2).max(64).default(4).describe('per field, with popularity blocking'),
  rounding: z.enum(['nearest', 'power-of-two']).default('nearest').describe('of widths'),
});
type Options = z.infer<typeof options>;

export const mixedDimension: Method<Options> = {
  name: 'mixed-dimension',
  aliases: ['md', 'mde'],
  title: 'Mixed dimension',
  idea: 'popular ids get wide rows, rare ones narrow rows and a projection; widths follow a power law',
  paper: {
    cite: 'Ginart et al., Mixed Dimension Embeddings with Application to Memory-Efficient Recommendation Systems, ISIT 2021',
    url: 'https://arxiv.org/abs/1909.11810',
  },
  options,
  plan(layer, options) {
    const { blocking } = options;
    if (blocking === 'popularity') return planByPopularity(layer, options);
    const byField = planByField(layer, options);
    // A block per field leaves a float per id, dim times compression; finer blocks go on from there.
    return blocking === 'auto' && isInfeasible(byField) ? planByPopularity(layer, options) : byField;
  },
};

/** The paper's blocks on Criteo. No field is narrower than 1. */
function planByField(layer: Layer, options: Options): Plan | Infeasible {
  const ranges = layer.fields.map(({ cardinality }) => [{ from: 0, to: cardinality, mass: 1 }]);
  return solveTemperature(layer, options, { ranges, narrowest: 1 });
}

/** Blocks of a field's ids by training count. The rarest may round to width 0: their ids are zero vectors. */
function planByPopularity(layer: Layer, options: Options): Plan | Infeasible {
  const ranges = layer.fields.map((field) => equalMassRanges(field, options.blocks));
  return solveTemperature(layer, options, { ranges, narrowest: 0, ranks: rankMap(layer.fields) });
}

interface Blocks {
  readonly ranges: readonly (readonly RankRange[])[]; // per field
  readonly narrowest: number;
  /** Where ids are not in the order of their counts. */
  readonly ranks?: IdMap;
}

function solveTemperature(
  layer: Layer,
  { temperature, rounding }: Options,
  blocks: Blocks,
): Plan | Infeasible {
  const { dim, budget } = layer;
  const popularities = blocks.ranges
    .flat()
    .map(({ from, to, mass }) => ({ ids: to - from, popularity: mass / (to - from) }));
  const planAt = (t: number) => {
    const widths = mixedWidths(popularities, t, { dim, rounding, narrowest: blocks.narrowest });
    return planWithWidths(layer, blocks, widths, t);
  };
  const bytes = (t: number) => sizeOf(planAt(t)).servingBytes;
  if (temperature !== undefined) {
    const asked = bytes(temperature);
    return asked <= budget ? planAt(temperature) : infeasible(asked, budget, `temperature ${temperature}`);
  }
  if (bytes(0) <= budget) return planAt(0);
  if (bytes(1) > budget) return infeasible(Math.min(bytes(0), bytes(1)), budget, 'temperature 1');
  // Bytes fall, in steps, as temperature rises. `high` fits at all times, so the result does, whatever the steps.
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (bytes(middle) <= budget) high = middle;
    else low = middle;
  }
  return planAt(high);
}

/** A column of look-ups: one block of one field. */
interface Column {
  readonly field: number;
  readonly range: RankRange;
  /** Position among all blocks, field by field. */
  readonly position: number;
}

/** Blocks of equal width share a table, so that each width costs one gather and one product whatever the blocks. */
function planWithWidths(
  layer: Layer,
  { ranges, ranks }: Blocks,
  widths: readonly number[],
  temperature: number,
): Plan {
  const { fields, dim } = layer;
  const columns = ranges
    .flatMap((ofField, field) => ofField.map((range) => ({ field, range })))
    .map((column, position): Column => ({ ...column, position }));
  const groups = [...new Set(widths)].map((width) => {
    const members = columns.filter(({ position }) => widths[position] === width);
    return createGroup(fields, width, members, dim);
  });
  const blocksPerField = ranges[0].length;
  const fieldOffsets = firstRows(fields.map(({ cardinality }) => ({ rows: cardinality })));
  return {
    tables: groups.flatMap(({ table }) => table ?? []),
    weights: groups.flatMap(({ projection }) => projection ?? []),
    maps: ranks === undefined ? [] : [ranks],
    choices: {
      temperature,
      widths: fields.map((_, f) => widths.slice(f * blocksPerField, (f + 1) * blocksPerField)),
    },
    embed(lookup) {
      const ids = ranks === undefined ? lookup.ids : lookup.ids.plus(fieldOffsets).through(ranks);
      const joined = joinFields(groups.map((group) => embedGroup(group, { ...lookup, ids }, dim)));
      return sumBlocks(joined, blocksPerField); // an id is in one block of its field; the others gave zeros
    },
  };
}

interface Group {
  readonly members: readonly Column[];
  readonly table?: Table; // absent where the width is 0
  readonly projection?: Weight; // [members, width, dim]; absent where the width is dim
}

function createGroup(
  fields: readonly Field[],
  width: number,
  members: readonly Column[],
  dim: number,
): Group {
  if (width === 0) return { members };
  const parts = members.map(({ field, range }) => ({
    rows: range.to - range.from,
    init: idInit(fields[field].cardinality),
  }));
  const table = { width, parts };
  if (width === dim) return { members, table };
  // Uniform with variance 1 / width: the projected vectors have the variance of the rows.
  const init = { mean: 0, halfWidth: Math.sqrt(3 / width) };
  return { members, table, projection: { shape: [members.length, width, dim], init } };
}

function embedGroup({ members, table, projection }: Group, { ids, rows, weight }: Lookup, dim: number) {
  const positions = members.map(({ position }) => position);
  if (table === undefined)
    return { positions, vectors: tf.zeros<tf.Rank.R3>([ids.batch, members.length, dim]) };
  const picked = ids.pick(members.map(({ field }) => field));
  const within = picked.within(
    members.map(({ range }) => range.from),
    members.map(({ range }) => range.to),
  );
  const found = rows(table, within.plus(firstRows(table.parts))); // [batch, members, width]
  return {
    positions,
    vectors: projection === undefined ? found : projectFields(found, weight(projection) as tf.Tensor3D),
  };
}

import { z } from 'zod';
import type { Layer } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { codedLayer, type CodeLayout } from './codes.ts';
import { sortedByCount } from './hot-ids.ts';
import { hotMass } from './hot-mass.ts';
import { hottest } from './hottest.ts';
import { largestWithin } from './largest-within.ts';
import { wholeFields } from './whole-fields.ts';

/** Options of methods whose codes are chosen for the budget where nobody says otherwise. */
export const codebookOptions = (mostCodewords: number) => ({
  parts: z.int().min(1).optional().describe('codes per id; chosen for the budget where not given'),
  codewords: z
    .int()
    .min(2)
    .max(mostCodewords)
    .optional()
    .describe('at most so many in a codebook; chosen for the budget, up to 256, where not given'),
});

/** What a layout may be made of. One part of any number of codewords has to be among it. */
export interface CodeGrid {
  /** Numbers of parts and of codewords to choose among. */
  readonly parts: readonly number[];
  readonly codewords: readonly number[];
  /** Which of them go together, all where absent. */
  readonly allowed?: (parts: number, codewords: number) => boolean;
  /** Fields with at most this many ids keep a row for each, see `wholeFields`. */
  readonly keep: number;
  /** Which share of each field's ids chooses among all codewords, and how many times fewer the others have. */
  readonly tiers?: { readonly hot: number; readonly fewer: number };
}

/** Numbers of codewords that take a byte per part at most. */
export const byteCodewords = [2, 4, 8, 16, 32, 64, 128, 256] as const;

/**
 * Numbers of parts for a width, one for every width of a part; or the one asked for, but no part may lie beyond the
 * vector's end.
 */
export function partsOf(dim: number, asked?: number): number[] {
  const widths =
    asked === undefined ? Array.from({ length: dim }, (_, i) => i + 1) : [Math.ceil(dim / asked)];
  return [...new Set(widths.map((width) => Math.ceil(dim / width)))];
}

/**
 * The layout with the least distortion that fits the budget, or the bytes of the smallest there is. Codebooks take at
 * most half of what whole fields leave, those of large fields first; codes get the rest. Where that does not do for all
 * ids, the most frequent ones have codes, and the others of a field share a vector.
 *
 * Distortion is what b bits at best leave of the variance of `dim` Gaussian numbers, 4^(-b / dim), averaged over the
 * look-ups of the training part. It weighs bits for more ids against more bits for some. Of layouts within a
 * tenth of the least, the one with the fewest parts is taken: longer codewords can follow how their floats depend on each
 * other.
 */
export function solveCodes(layer: Layer, grid: CodeGrid): CodeLayout | { readonly smallestBytes: number } {
  const { fields, dim, budget } = layer;
  const kept = wholeFields(fields, grid.keep, Math.floor(budget / (4 * dim)));
  const smallest = Math.min(...grid.parts.map((parts) => 4 * fields.length * parts * Math.ceil(dim / parts)));
  if (kept.every(Boolean)) return wholeLayout(fields.length, dim);
  if (smallest > budget) return { smallestBytes: smallest };
  return bestOf(layer, grid, kept) ?? bestOf(layer, grid, fields.map(() => false))!; // prettier-ignore
}

function wholeLayout(fields: number, dim: number): CodeLayout {
  const zeros = Array.from({ length: fields }, () => 0);
  return {
    whole: zeros.map(() => true),
    parts: 1,
    width: dim,
    codewords: zeros,
    hot: zeros,
    coldCodewords: zeros,
  };
}

function bestOf(layer: Layer, grid: CodeGrid, whole: readonly boolean[]): CodeLayout | undefined {
  const { fields } = layer;
  const sorted = sortedByCount(fields);
  const coded = fields.filter((_, f) => !whole[f]);
  const hottestOf = hottest(coded);
  const masses = fields.map((field, f) => (whole[f] ? () => 1 : hotMass(field)));
  const spareOf = (layout: CodeLayout) =>
    layer.budget - sizeOf(codedLayer(layer, layout, { sorted }).serving).servingBytes;

  const candidates: { layout: CodeLayout; distortion: number }[] = [];
  for (const parts of [...grid.parts].sort((a, b) => a - b))
    for (const most of grid.codewords) {
      if (grid.allowed?.(parts, most) === false) continue;
      const base = layoutOf(layer, whole, parts, most, spareOf);
      if (base === undefined) continue;
      const layout = tiered(layer, grid, base, spareOf) ?? truncated(layer, base, hottestOf, spareOf);
      candidates.push({ layout, distortion: distortionOf(layer, layout, masses) });
    }
  const least = Math.min(...candidates.map(({ distortion }) => distortion));
  return candidates.find(({ distortion }) => distortion <= least * (1 + indifference))?.layout;
}

/** Differences in distortion that are less than what the model of it is wrong by. */
const indifference = 0.1;

type SpareOf = (layout: CodeLayout) => number;

/** Codebooks only; undefined where not even one codeword per field fits. */
function layoutOf(
  { fields, dim }: Layer,
  whole: readonly boolean[],
  parts: number,
  most: number,
  spareOf: SpareOf,
): CodeLayout | undefined {
  const width = Math.ceil(dim / parts);
  const ones = fields.map((_, f) => (whole[f] ? 0 : 1));
  const least = { whole, parts, width, codewords: ones, hot: fields.map(() => 0), coldCodewords: ones };
  const spare = spareOf(least);
  if (spare < 0) return undefined;
  const rows = Math.floor(spare / 2 / (4 * parts * width));
  // In proportion to ids, as far as codebooks may grow.
  const at = (share: number) =>
    fields.map(({ cardinality }, f) =>
      whole[f] ? 0 : Math.min(most, 1 + Math.floor((cardinality - 1) * (share / steps))),
    );
  const fits = (share: number) => at(share).reduce((sum, count, f) => sum + count - ones[f], 0) <= rows;
  return { ...least, codewords: at(largestWithin(steps, fits)) };
}

/** Of an id's codeword, which shares are told apart. */
const steps = 2 ** 30;

/** All ids with codes, hot ones with more bits; undefined where they do not fit, or are not asked for. */
function tiered({ fields }: Layer, { tiers }: CodeGrid, base: CodeLayout, spareOf: SpareOf) {
  if (tiers === undefined) return undefined;
  const layout = {
    ...base,
    hot: fields.map(({ cardinality }, f) => (base.whole[f] ? 0 : Math.ceil(tiers.hot * cardinality))),
    coldCodewords: base.codewords.map((count) => Math.ceil(count / tiers.fewer)),
  };
  return spareOf(layout) >= 0 ? layout : undefined;
}

/** Codes for as many ids as fit, the most frequent ones of all fields. */
function truncated(
  { fields }: Layer,
  base: CodeLayout,
  hottestOf: (ids: number) => number[],
  spareOf: SpareOf,
): CodeLayout {
  const total = fields.reduce((sum, { cardinality }, f) => sum + (base.whole[f] ? 0 : cardinality), 0);
  const bits = base.parts * Math.ceil(Math.log2(Math.max(2, ...base.codewords)));
  const most = Math.min(total, Math.floor((8 * spareOf(base)) / bits));
  const at = (ids: number): CodeLayout => {
    const taken = hottestOf(ids);
    // An id that has one codeword to choose has nothing to store.
    const hot = base.codewords.map((count, f) =>
      base.whole[f] ? 0 : count > 1 ? taken.shift()! : (taken.shift(), 0),
    );
    return { ...base, hot };
  };
  // Where ids are not sorted, it is stored which ones are hot.
  return at(largestWithin(most, (ids) => spareOf(at(ids)) >= 0));
}

function distortionOf(
  { fields, dim }: Layer,
  { whole, parts, codewords, coldCodewords, hot }: CodeLayout,
  masses: readonly ((hot: number) => number)[],
): number {
  const of = (count: number) => 4 ** ((-parts * Math.log2(count)) / dim);
  return fields.reduce((sum, _, f) => {
    if (whole[f]) return sum;
    const mass = masses[f](hot[f]);
    return sum + mass * of(codewords[f]) + (1 - mass) * of(coldCodewords[f]);
  }, 0);
}

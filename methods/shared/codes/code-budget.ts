import { z } from 'zod';
import type { Layer } from '../../../harness/contract/method.ts';
import { codeBytes } from './code-bytes.ts';
import { type CodeSpending, type FieldLayout, spendOnCodes } from './code-spending.ts';
import type { CodeLayout } from './coded-layer.ts';
import { sortedByCount } from '../frequency/hot-ids.ts';
import { hotMass, hottest } from '../frequency/hottest.ts';
import { largestWithin } from '../budget/bisection.ts';
import { chooseUncompressed } from '../rows/uncompressed-fields.ts';
import { sum } from '../../../base/sum.ts';

/** Options of methods whose codes are chosen for the budget where nobody says otherwise. */
export const codebookOptions = (maxCodewords: number) => ({
  parts: z.int().min(1).optional().describe('codes per id; chosen for the budget where not given'),
  codewords: z
    .int()
    .min(2)
    .max(maxCodewords)
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
  /** Fields with at most this many ids keep a row for each, see `chooseUncompressed`. */
  readonly keep: number;
  /**
   * Ids that have codes are in two tiers: which share of them chooses among all codewords, chosen for the budget where not
   * given, and how many times fewer codewords the others have.
   */
  readonly tiers?: { readonly hot: number | undefined; readonly fewer: number };
  /** Tables as large as the codebooks that are stored beside them: 0 where absent. */
  readonly beside?: number;
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
 * most half of what uncompressed fields leave, those of large fields first; codes get the rest. Where that does not do for all
 * ids, the most frequent ones of all fields have codes, and the others of a field share a vector. Bytes that are left go
 * where they are worth most: to fields with more codewords, and to fields with a row per id.
 *
 * Distortion is what b bits at best leave of the variance of `dim` Gaussian numbers, 4^(-b / dim), averaged over the
 * look-ups of the training part. It weighs bits for more ids against more bits for some. Of layouts within a
 * tenth of the least, the one with the fewest parts is taken: longer codewords can follow how their floats depend on each
 * other. Layouts that leave more than a fiftieth of the budget unspent come after those that do not.
 */
export function solveCodes(layer: Layer, grid: CodeGrid): CodeLayout | { readonly smallestBytes: number } {
  const { fields, dim, budget } = layer;
  const kept = chooseUncompressed(fields, grid.keep, Math.floor(budget / (4 * dim)));
  const tables = 1 + (grid.beside ?? 0);
  const smallest = Math.min(
    ...grid.parts.map((parts) => 4 * tables * fields.length * parts * Math.ceil(dim / parts)),
  );
  if (kept.every(Boolean)) return uncompressedLayout(fields.length, dim);
  if (smallest > budget) return { smallestBytes: smallest };
  return bestOf(layer, grid, kept) ?? bestOf(layer, grid, fields.map(() => false))!; // prettier-ignore
}

function uncompressedLayout(fields: number, dim: number): CodeLayout {
  const zeros = Array.from({ length: fields }, () => 0);
  return {
    uncompressed: zeros.map(() => true),
    parts: 1,
    width: dim,
    codewords: zeros,
    hot: zeros,
    warm: zeros,
    warmCodewords: zeros,
  };
}

function bestOf(layer: Layer, grid: CodeGrid, uncompressed: readonly boolean[]): CodeLayout | undefined {
  const { fields, budget } = layer;
  const sorted = sortedByCount(fields);
  const tables = 1 + (grid.beside ?? 0);
  const hottestOf = hottest(fields.filter((_, f) => !uncompressed[f]));
  const masses = fields.map((field, f) => (uncompressed[f] ? () => 1 : hotMass(field)));
  const spareOf = (layout: CodeLayout) => budget - codeBytes(layer, layout, { sorted, tables });
  const fewer = grid.tiers?.fewer;
  const ofField = (f: number, own: FieldLayout) => fieldDistortion(own, layer.dim, masses[f]);
  const solve: Solve = {
    layer,
    tables,
    warmOf: (codewords) => (fewer === undefined ? 0 : Math.ceil(codewords / fewer)),
    hottestOf,
    spareOf,
  };

  const candidates: { layout: CodeLayout; distortion: number; spent: boolean }[] = [];
  for (const parts of [...grid.parts].sort((a, b) => a - b))
    for (const most of grid.codewords) {
      if (grid.allowed?.(parts, most) === false) continue;
      const base = layoutOf(solve, uncompressed, parts, most);
      if (base === undefined) continue;
      const largest = Math.max(...grid.codewords.filter((count) => grid.allowed?.(parts, count) !== false));
      const filled = sharesOf(grid).map((share) => {
        const coded = codedWithin(
          solve,
          base,
          share,
          grid.tiers !== undefined && grid.tiers.hot === undefined,
        );
        // Parts and codewords that are asked for are taken as they are.
        const chosen = grid.parts.length > 1 || grid.codewords.length > 1;
        const spending = { ...solve, largest, distortionOf: ofField, tolerated: tolerated * budget };
        const layout = chosen ? spendOnCodes(coded, spending) : coded;
        return { layout, distortion: distortionOf(layout, ofField) };
      });
      const best = filled.reduce((best, one) => (one.distortion < best.distortion ? one : best));
      candidates.push({ ...best, spent: spareOf(best.layout) <= tolerated * budget });
    }
  const least = Math.min(...candidates.map(({ distortion }) => distortion));
  const near = candidates.filter(({ distortion }) => distortion <= least * (1 + indifference));
  return (near.find(({ spent }) => spent) ?? near.at(0))?.layout;
}

/** Shares of the ids with codes that are hot. */
const sharesOf = ({ tiers }: CodeGrid): readonly number[] => {
  if (tiers === undefined) return [1];
  return tiers.hot === undefined ? [0.05, 0.1, 0.2, 0.3, 0.5] : [tiers.hot];
};

/** Share of ids that may be hot where there are bytes for it: with all there would be one tier. */
const maxHot = 0.9;

/** Share of the budget that may be left. */
const tolerated = 0.02;

/** Differences in distortion that are less than what the model of it is wrong by. */
const indifference = 0.1;

interface Solve extends Omit<CodeSpending, 'largest' | 'distortionOf' | 'tolerated' | 'layer'> {
  readonly layer: Layer;
  readonly hottestOf: (ids: number) => number[];
}

/** Codebooks only; undefined where not even one codeword per field fits. */
function layoutOf(
  { layer: { fields, dim }, tables, spareOf }: Solve,
  uncompressed: readonly boolean[],
  parts: number,
  most: number,
): CodeLayout | undefined {
  const width = Math.ceil(dim / parts);
  const ones = fields.map((_, f) => (uncompressed[f] ? 0 : 1));
  const zeros = fields.map(() => 0);
  const least = {
    uncompressed,
    parts,
    width,
    codewords: ones,
    hot: zeros,
    warm: zeros,
    warmCodewords: zeros,
  };
  const spare = spareOf(least);
  if (spare < 0) return undefined;
  const rows = Math.floor(spare / 2 / (4 * parts * width * tables));
  // In proportion to ids, as far as codebooks may grow.
  const at = (share: number) =>
    fields.map(({ cardinality }, f) =>
      uncompressed[f] ? 0 : Math.min(most, 1 + Math.floor((cardinality - 1) * (share / steps))),
    );
  const fits = (share: number) => at(share).reduce((sum, count, f) => sum + count - ones[f], 0) <= rows;
  return { ...least, codewords: at(largestWithin(steps, fits)) };
}

/** Of an id's codeword, which shares are told apart. */
const steps = 2 ** 30;

/**
 * Codes for as many ids as fit, the most frequent ones of all fields together, the `share` of them that is most frequent
 * hot. Where all fit and the share may be chosen, as many are hot as fit, up to nine tenths.
 */
function codedWithin(
  { layer: { fields }, warmOf, hottestOf, spareOf }: Solve,
  base: CodeLayout,
  share: number,
  mayRise: boolean,
): CodeLayout {
  const total = sum(fields.map(({ cardinality }, f) => (base.uncompressed[f] ? 0 : cardinality)));
  const warmCodewords = base.codewords.map(warmOf);
  // An id that has one codeword to choose has nothing to store.
  const among = (counts: readonly number[], codewords: readonly number[]) => {
    const taken = [...counts];
    return codewords.map((count, f) => {
      const own = base.uncompressed[f] ? 0 : taken.shift()!;
      return count > 1 ? own : 0;
    });
  };
  const at = (coded: number, hottest: number): CodeLayout => {
    const all = hottestOf(coded);
    const hot = hottestOf(hottest).map((ids, i) => Math.min(ids, all[i]));
    const warm = all.map((ids, i) => ids - hot[i]);
    return {
      ...base,
      hot: among(hot, base.codewords),
      warm: among(warm, warmCodewords),
      warmCodewords,
    };
  };
  const ofShare = (coded: number) => at(coded, Math.ceil(share * coded));
  const coded = largestWithin(total, (ids) => spareOf(ofShare(ids)) >= 0);
  if (coded < total || !mayRise) return ofShare(coded);
  const least = Math.ceil(share * total);
  const more = largestWithin(
    Math.floor(maxHot * total) - least,
    (more) => spareOf(at(total, least + more)) >= 0,
  );
  return at(total, least + more);
}

function distortionOf(layout: CodeLayout, ofField: CodeSpending['distortionOf']): number {
  const { uncompressed, parts, codewords, warmCodewords, hot, warm } = layout;
  return uncompressed.reduce((sum, isWhole, f) => {
    const own = {
      parts,
      hot: hot[f],
      warm: warm[f],
      codewords: codewords[f],
      warmCodewords: warmCodewords[f],
    };
    return isWhole ? sum : sum + ofField(f, own);
  }, 0);
}

function fieldDistortion(
  { parts, hot, warm, codewords, warmCodewords }: FieldLayout,
  dim: number,
  mass: (ids: number) => number,
): number {
  const of = (count: number) => 4 ** ((-parts * Math.log2(count)) / dim);
  const [ofHot, ofCoded] = [mass(hot), mass(hot + warm)];
  const ofWarm = warm > 0 ? (ofCoded - ofHot) * of(warmCodewords) : 0;
  return ofHot * of(codewords) + ofWarm + (1 - ofCoded);
}

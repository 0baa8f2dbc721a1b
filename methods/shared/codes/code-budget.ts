import type { Layer } from '../../../harness/contract/method.ts';
import { codeBytes } from './code-bytes.ts';
import { type CodeSpending, type FieldLayout, spendOnCodes } from './code-spending.ts';
import type { CodeLayout } from './coded-layer.ts';
import { sortedByCount } from '../frequency/hot-ids.ts';
import { hotMass, hottest } from '../frequency/hottest.ts';
import type { CodeGrid } from './code-grid.ts';
import { codebooksWithin, codedWithin, type Solve } from './codes-within.ts';
import { chooseUncompressed } from '../rows/keep-option.ts';

/**
 * The layout with the least distortion that fits the budget, or the bytes of the smallest there is. Codebooks take at
 * most half of what uncompressed fields leave, those of large fields first; codes get the rest. Where that does not do for all
 * ids, the most frequent ones of all fields have codes, and the others of a field share a vector. Bytes that are left go
 * where they are worth most: to fields with more codewords, and to fields with a row per id.
 *
 * Distortion is what b bits at best leave of the variance of `dim` Gaussian numbers, 4^(-b / dim), averaged over the
 * lookups of the training part. It weighs bits for more ids against more bits for some. Of layouts within a
 * tenth of the least, the one with the fewest parts is taken: longer codewords can follow how their floats depend on each
 * other. Layouts that leave more than a fiftieth of the budget unspent come after those that do not.
 */
export function solveCodes(layer: Layer, grid: CodeGrid): CodeLayout | { readonly smallestBytes: number } {
  const { fields, dim, budget } = layer;
  const keepsRows = chooseUncompressed(fields, grid.keep, Math.floor(budget / (4 * dim)));
  const tables = 1 + (grid.beside ?? 0);
  const smallest = Math.min(
    ...grid.parts.map((parts) => 4 * tables * fields.length * parts * Math.min(...levelsOf(grid)) * Math.ceil(dim / parts)), // prettier-ignore
  );
  if (keepsRows.every(Boolean)) return uncompressedLayout(fields.length, dim);
  if (smallest > budget) return { smallestBytes: smallest };
  return bestOf(layer, grid, keepsRows) ?? bestOf(layer, grid, fields.map(() => false))!; // prettier-ignore
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
  const cuts = [...grid.parts]
    .sort((a, b) => a - b)
    .flatMap((parts) => levelsOf(grid).map((levels) => ({ parts, levels })))
    .filter(({ parts, levels }) => levels === 1 || levelsOf(grid).length === 1 || parts * levels <= maxCodes);
  for (const { parts, levels } of cuts)
    for (const maxCodewords of grid.codewords) {
      if (grid.allowed?.(parts, maxCodewords) === false) continue;
      const base = codebooksWithin(solve, uncompressed, { parts, levels }, maxCodewords);
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
        const chosen = cuts.length > 1 || grid.codewords.length > 1;
        const spending = { ...solve, largest, distortionOf: ofField, tolerated: tolerated * budget };
        const layout = chosen ? spendOnCodes(coded, spending) : coded;
        return { layout, distortion: distortionOf(layout, ofField) };
      });
      const best = filled.reduce((best, one) => (one.distortion < best.distortion ? one : best));
      candidates.push({ ...best, spent: spareOf(best.layout) <= tolerated * budget });
    }
  const lowest = Math.min(...candidates.map(({ distortion }) => distortion));
  const near = candidates.filter(({ distortion }) => distortion <= lowest * (1 + indifference));
  return (near.find(({ spent }) => spent) ?? near.at(0))?.layout;
}

const levelsOf = ({ levels = [1] }: CodeGrid) => levels;

/** Codes per id beyond which levels are not tried: as many as there are bytes for at 4x. */
const maxCodes = 16;

/** Shares of the ids with codes that are hot. */
const sharesOf = ({ tiers }: CodeGrid): readonly number[] => {
  if (tiers === undefined) return [1];
  return tiers.hot === undefined ? [0.05, 0.1, 0.2, 0.3, 0.5] : [tiers.hot];
};

/** Share of the budget that may be left. */
const tolerated = 0.02;

/** Differences in distortion that are less than what the model of it is wrong by. */
const indifference = 0.1;

function distortionOf(layout: CodeLayout, ofField: CodeSpending['distortionOf']): number {
  const { uncompressed, parts, levels = 1, codewords, warmCodewords, hot, warm } = layout;
  return uncompressed.reduce((sum, keeps, f) => {
    const own = {
      parts: parts * levels,
      hot: hot[f],
      warm: warm[f],
      codewords: codewords[f],
      warmCodewords: warmCodewords[f],
    };
    return keeps ? sum : sum + ofField(f, own);
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

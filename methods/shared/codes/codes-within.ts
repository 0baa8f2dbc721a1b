import { sum } from '../../../base/sum.ts';
import type { Layer } from '../../../harness/contract/method.ts';
import type { CodeSpending } from './code-spending.ts';
import type { CodeLayout } from './coded-layer.ts';
import { largestWithin } from '../budget/bisection.ts';

/** Share of ids that may be hot where there are bytes for it: with all there would be one tier. */
const maxHot = 0.9;

export interface Solve extends Omit<CodeSpending, 'largest' | 'distortionOf' | 'tolerated' | 'layer'> {
  readonly layer: Layer;
  readonly hottestOf: (ids: number) => number[];
}

/** Codebooks only; undefined if not even one codeword per field fits. */
export function codebooksWithin(
  { layer: { fields, dim }, tables, spareOf }: Solve,
  uncompressed: readonly boolean[],
  { parts, levels }: { readonly parts: number; readonly levels: number },
  maxCodewords: number,
): CodeLayout | undefined {
  const width = Math.ceil(dim / parts);
  const ones = fields.map((_, f) => (uncompressed[f] ? 0 : 1));
  const zeros = fields.map(() => 0);
  const least = {
    uncompressed,
    parts,
    ...(levels > 1 && { levels }),
    width,
    codewords: ones,
    hot: zeros,
    warm: zeros,
    warmCodewords: zeros,
  };
  const spare = spareOf(least);
  if (spare < 0) return undefined;
  const rows = Math.floor(spare / 2 / (4 * parts * levels * width * tables));
  // Codebooks grow in proportion to ids, up to their largest size.
  const at = (share: number) =>
    fields.map(({ cardinality }, f) =>
      uncompressed[f] ? 0 : Math.min(maxCodewords, 1 + Math.floor((cardinality - 1) * (share / steps))),
    );
  const fits = (share: number) => at(share).reduce((sum, count, f) => sum + count - ones[f], 0) <= rows;
  return { ...least, codewords: at(largestWithin(steps, fits)) };
}

/** Shares of an id's codeword that are told apart. */
const steps = 2 ** 30;

/**
 * Codes for as many ids as fit, the most frequent ones of all fields together, the `share` of them that is most frequent
 * hot. Where all fit and the share may be chosen, as many are hot as fit, up to nine tenths.
 */
export function codedWithin(
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

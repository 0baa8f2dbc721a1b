import * as tf from '../../../tensors/index.ts';
import type { Layer, Lookup, Trained, Weight } from '../../../harness/contract/method.ts';
import { barred } from '../../../harness/ops/nearest-codewords.ts';
import type { Choosing, CodedLayer } from '../codes/coded-layer.ts';
import type { ChoosingTiers } from './queries.ts';
import { firstRows, idInit } from '../rows/table-parts.ts';
import { sum } from '../../../base/sum.ts';

/** Codebooks while they are trained, and what queries are compared with. */
export interface CodebookWeights {
  readonly weights: readonly Weight[];
  codebooks(lookup: Lookup): tf.Tensor3D; // [groups, codewords, width]
  /** Keys of codewords, where they are not the codewords themselves: [groups, codewords, width]. */
  keys(lookup: Lookup): tf.Tensor3D | undefined;
  /** Added to scores [groups, batch, codewords]: what fields do not have, [groups, 1, codewords]. */
  barred(): tf.Tensor3D;
  /** Each query's codeword among those of its tier, the first one where an id has no choice: [groups, batch]. `tiers`: see queries.ts. */
  choose(best: BestOf, tiers: ChoosingTiers | undefined): tf.Tensor2D;
  after(trained: Trained): Promise<TrainedCodebooks>;
}

/** The best of the first `counts` codewords of each group for every query: [groups, batch]. */
export type BestOf = (counts: readonly number[]) => tf.Tensor2D;

/** The best by scores [groups, batch, codewords], the first one of equals. */
export function bestByScores(scores: tf.Tensor3D): BestOf {
  return (counts) => {
    const most = Math.max(1, ...counts);
    const some = most < scores.shape[2] ? tf.slice(scores, [0, 0, 0], [-1, -1, most]) : scores;
    return tf.argMax<tf.Tensor2D>(tf.add(some, barred(counts, most)), 2);
  };
}

export interface TrainedCodebooks {
  /** Rows of the layer's codebook table. */
  readonly books: Float32Array;
  /** Codewords or keys that choosing ids compare their queries with: [codewords, width]. */
  searched(choosing: Choosing): Float32Array;
}

export function codebookWeights(
  { fields }: Pick<Layer, 'fields'>,
  { layout, coded, codebooks }: CodedLayer,
  withKeys: boolean,
): CodebookWeights {
  const { parts, width } = layout;
  const perGroup = <T>(of: (field: number) => T) =>
    coded.flatMap((f) => Array.from({ length: parts }, () => of(f)));
  const maxCodewords = Math.max(...coded.map((f) => layout.codewords[f]));
  const shape = [coded.length * parts, maxCodewords, width];
  // A weight is drawn at one scale: times each field's, and moved from there.
  const drawn: Weight = { shape, init: { mean: 0, halfWidth: 1 }, frozen: true };
  const moved: Weight = { shape, init: { mean: 0, halfWidth: 0 } };
  const scales = Float32Array.from(perGroup((f) => idInit(fields[f].cardinality).halfWidth));
  const keyWeight: Weight | undefined = withKeys ? { shape, init: { mean: 0, halfWidth: 1 } } : undefined;
  // Products of `width` floats of a key and a query, which starts as wide as a field's vectors, have variance 1.
  const keyScales = scales.map((halfWidth) => 3 / (halfWidth * Math.sqrt(width)));
  const times = (weight: tf.Tensor, scales: Float32Array) =>
    tf.mul<tf.Tensor3D>(weight, tf.tensor3d(scales, [shape[0], 1, 1]));
  const counts = perGroup((f) => layout.codewords[f]);
  const warmCounts = perGroup((f) => layout.warmCodewords[f]);

  return {
    weights: [drawn, moved, ...(keyWeight ? [keyWeight] : [])],
    codebooks: ({ weight }) => tf.add(times(weight(drawn), scales), weight(moved)),
    keys: ({ weight }) => keyWeight && times(weight(keyWeight), keyScales),
    barred: () => barred(counts, maxCodewords),
    choose(best, tiers) {
      const own = best(counts);
      if (tiers === undefined) return own;
      const of = (codes: tf.Tensor2D, tier: tf.Tensor3D) =>
        tf.mul<tf.Tensor2D>(codes, tf.cast(tf.squeeze(tier, [2]), 'int32'));
      const hot = of(own, tiers.hot);
      if (tiers.warm === undefined) return hot;
      return tf.add<tf.Tensor2D>(hot, of(best(warmCounts), tiers.warm));
    },
    async after(trained) {
      const [start, move] = [await trained.weight(drawn), await trained.weight(moved)];
      const size = maxCodewords * width;
      const all = start.map((x, at) => Math.fround(x * scales[Math.floor(at / size)]) + move[at]);
      const keys = keyWeight
        ? (await trained.weight(keyWeight)).map((x, at) => x * keyScales[Math.floor(at / size)])
        : all;
      const firsts = firstRows(codebooks!.parts);
      const books = new Float32Array(sum(codebooks!.parts.map(({ rows }) => rows)) * width);
      codebooks!.parts.forEach(({ rows }, group) =>
        books.set(all.subarray(group * size, group * size + rows * width), firsts[group] * width),
      );
      return {
        books,
        searched({ field, part, codewords }) {
          const from = (coded.indexOf(field) * parts + part) * size;
          return keys.subarray(from, from + codewords * width);
        },
      };
    },
  };
}

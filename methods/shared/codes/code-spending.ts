import { codeBits } from './code-bytes.ts';
import type { Layer } from '../../../harness/contract/method.ts';
import type { CodeLayout } from './coded-layer.ts';
import { type CodebookGrowth, growCodebooks, type Codewords } from './codebook-growth.ts';

export interface CodeSpending {
  readonly layer: Pick<Layer, 'fields' | 'dim'>;
  /** Tables as large as the codebooks, these among them. */
  readonly tables: number;
  /** Number of codewords of warm ids, from that of hot ids. */
  readonly warmOf: (codewords: number) => number;
  /** The most that a codebook may have. */
  readonly largest: number;
  /** Bytes that a layout leaves of the budget. */
  readonly spareOf: (layout: CodeLayout) => number;
  /** Bytes that need not be spent. */
  readonly tolerated: number;
  /** Distortion of a compressed field. */
  readonly distortionOf: (field: number, layout: FieldLayout) => number;
}

export interface FieldLayout {
  /** Codes per id. */
  readonly parts: number;
  readonly hot: number;
  readonly warm: number;
  readonly codewords: number;
  readonly warmCodewords: number;
}

/**
 * Spends what a layout leaves of the budget. A field gets all the codewords that its bits can tell apart, those of a bit
 * more, up to `largest`, or a row for each id, whichever takes most distortion away for each byte. Where that leaves much
 * because what is left to take are large fields, those that fit become uncompressed first, the largest first. Which ids have
 * codes stays as it is.
 */
export function spendOnCodes(layout: CodeLayout, spending: CodeSpending): CodeLayout {
  const { layer, tables, warmOf, largest, spareOf, tolerated, distortionOf } = spending;
  const { fields, dim } = layer;
  const { parts, levels = 1, width, hot, warm } = layout;
  const pieces = parts * levels;
  const distortion = (f: number, has: Codewords) => {
    if (has === 'uncompressed') return 0;
    const counts = { codewords: has, warmCodewords: warmOf(has) };
    return distortionOf(f, { parts: pieces, hot: hot[f], warm: warm[f], ...counts });
  };
  const bytesOf = (f: number, has: Codewords) => {
    if (has === 'uncompressed') return 4 * dim * fields[f].cardinality;
    const books = 4 * pieces * width * has * tables;
    const codes = [hot[f] * codeBits(has), warm[f] * codeBits(warmOf(has))];
    return codes.reduce((sum, bits) => sum + Math.ceil((pieces * bits) / 8), books);
  };
  const growth: CodebookGrowth = {
    cardinalities: fields.map(({ cardinality }) => cardinality),
    bytesOf,
    distortionOf: distortion,
    steps(f, has) {
      // If there is one codeword, no id has a choice, and none has codes.
      if (has === 1) return [];
      const full = 2 ** codeBits(has);
      const counts = [full, 2 * full].map((count) => Math.min(count, largest, fields[f].cardinality));
      return counts.filter((count) => count > has);
    },
    largest,
  };
  const start = fields.map((_, f): Codewords =>
    layout.uncompressed[f] ? 'uncompressed' : layout.codewords[f],
  );
  const spare = spareOf(layout);
  const byWorth = growCodebooks(start, spare, growth);
  const byRoom = byWorth.left > tolerated ? largestFirst() : byWorth;
  const { states } = byRoom.left < byWorth.left ? byRoom : byWorth;

  function largestFirst() {
    const order = [...fields.keys()].sort((a, b) => fields[b].cardinality - fields[a].cardinality);
    const taken = [...start];
    let left = spare;
    for (const f of order) {
      const bytes = bytesOf(f, 'uncompressed') - bytesOf(f, start[f]);
      if (bytes > left) continue;
      taken[f] = 'uncompressed';
      left -= bytes;
    }
    return growCodebooks(taken, left, growth);
  }

  const coded = <T>(f: number, value: (count: number) => T, whole: T) => {
    const has = states[f];
    return has === 'uncompressed' ? whole : value(has);
  };
  const spent: CodeLayout = {
    ...layout,
    uncompressed: states.map((has) => has === 'uncompressed'),
    codewords: fields.map((_, f) => coded(f, (count) => count, 0)),
    hot: fields.map((_, f) => coded(f, () => hot[f], 0)),
    warm: fields.map((_, f) => coded(f, () => warm[f], 0)),
    warmCodewords: fields.map((_, f) => coded(f, warmOf, 0)),
  };
  return spareOf(spent) >= 0 ? spent : layout;
}

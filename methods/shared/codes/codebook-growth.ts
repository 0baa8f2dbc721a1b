import { codeBits } from './code-bytes.ts';
import { spendGreedily, type Move, type Spent } from '../budget/greedy.ts';
import { largestWithin } from '../budget/bisection.ts';

/** The codewords of a field: their number, or 'uncompressed', a row for each id. */
export type Codewords = number | 'uncompressed';

/** The choices of fields, the bytes they take, and the distortion they cause. */
export interface CodebookGrowth {
  readonly cardinalities: readonly number[];
  readonly bytesOf: (field: number, has: Codewords) => number;
  /** Falls as a field has more; 0 if it is uncompressed. */
  readonly distortionOf: (field: number, has: Codewords) => number;
  /** Numbers of codewords that are tried beyond those that a field has, ascending. */
  readonly steps: (field: number, codewords: number) => readonly number[];
  /** The most codewords that a field may have. */
  readonly largest: number;
}

/**
 * Spends bytes on codewords and on rows of uncompressed fields: step by step the one that takes away most distortion per
 * byte, then as many codewords as fit, of the bits that a field has or of one more.
 */
export function growCodebooks(
  start: readonly Codewords[],
  bytes: number,
  growth: CodebookGrowth,
): Spent<Codewords> {
  const moveTo = (f: number, has: Codewords, to: Codewords): Move<Codewords> => ({
    to,
    bytes: Math.max(1, growth.bytesOf(f, to) - growth.bytesOf(f, has)),
    worth: growth.distortionOf(f, has) - growth.distortionOf(f, to),
  });
  const bySteps = spendGreedily(start, bytes, (f, has) =>
    has === 'uncompressed'
      ? []
      : [...growth.steps(f, has), 'uncompressed' as const].map((to) => moveTo(f, has, to)),
  );
  return fillUp(bySteps, moveTo, growth);
}

function fillUp(
  { states: before, left: spare }: Spent<Codewords>,
  moveTo: (f: number, has: Codewords, to: Codewords) => Move<Codewords>,
  { cardinalities, largest }: CodebookGrowth,
): Spent<Codewords> {
  const states = [...before];
  let left = spare;
  for (;;) {
    const moves = states.flatMap((has, at) => {
      if (has === 'uncompressed') return [];
      const bits = codeBits(has);
      return [bits, bits + 1].flatMap((own) => {
        const max = Math.min(2 ** own, largest, cardinalities[at] - 1);
        const fits = (more: number) => moveTo(at, has, has + more).bytes <= left;
        const more = max > has ? largestWithin(max - has, fits) : 0;
        return more > 0 ? [{ at, ...moveTo(at, has, has + more) }] : [];
      });
    });
    if (moves.length === 0) return { states, left };
    const best = moves.reduce((best, one) => (one.worth / one.bytes > best.worth / best.bytes ? one : best));
    if (!(best.worth > 0)) return { states, left };
    states[best.at] = best.to;
    left -= best.bytes;
  }
}

import { codeBits } from './code-bytes.ts';
import { spendGreedily, type Move, type Spent } from '../budget/greedy.ts';
import { largestWithin } from '../budget/bisection.ts';

/** The codewords of a field: their number, or 'whole', a row for each id. */
export type Has = number | 'whole';

/** The choices of fields, the bytes they take, and the distortion they cause. */
export interface CodebookGrowth {
  readonly cardinalities: readonly number[];
  readonly bytesOf: (field: number, has: Has) => number;
  /** Falls as a field has more; 0 where it is whole. */
  readonly distortionOf: (field: number, has: Has) => number;
  /** Numbers of codewords that are tried beyond those that a field has, ascending. */
  readonly steps: (field: number, codewords: number) => readonly number[];
  /** The most codewords that a field may have. */
  readonly largest: number;
}

/**
 * Spends bytes on codewords and on rows of whole fields: step by step the one that takes away most distortion for each
 * byte, then as many codewords as fit, of the bits that a field has or of one more.
 */
export function growCodebooks(start: readonly Has[], bytes: number, growth: CodebookGrowth): Spent<Has> {
  const moveTo = (f: number, has: Has, to: Has): Move<Has> => ({
    to,
    bytes: Math.max(1, growth.bytesOf(f, to) - growth.bytesOf(f, has)),
    worth: growth.distortionOf(f, has) - growth.distortionOf(f, to),
  });
  const bySteps = spendGreedily(start, bytes, (f, has) =>
    has === 'whole' ? [] : [...growth.steps(f, has), 'whole' as const].map((to) => moveTo(f, has, to)),
  );
  return fillUp(bySteps, moveTo, growth);
}

function fillUp(
  { states: before, left: spare }: Spent<Has>,
  moveTo: (f: number, has: Has, to: Has) => Move<Has>,
  { cardinalities, largest }: CodebookGrowth,
): Spent<Has> {
  const states = [...before];
  let left = spare;
  for (;;) {
    const moves = states.flatMap((has, at) => {
      if (has === 'whole') return [];
      const bits = codeBits(has);
      return [bits, bits + 1].flatMap((own) => {
        const most = Math.min(2 ** own, largest, cardinalities[at] - 1);
        const fits = (more: number) => moveTo(at, has, has + more).bytes <= left;
        const more = most > has ? largestWithin(most - has, fits) : 0;
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

import { differenceTail, halfWidth } from '../statistics/difference-tail.ts';
import type { Estimate } from '../statistics/estimates.ts';
import { holm } from '../statistics/holm.ts';
import type { CompletedRow } from '../summary/rows.ts';
import { bareGap } from './bare-gap.ts';
import { testLevel } from './judge.ts';
import type { Noise } from './noise.ts';

/** The verdict about a method and a named one, such as the uncompressed tables. */
export type NamedVerdict = 'better' | 'equivalent' | 'worse' | 'undecided' | 'unjudged';

export interface AgainstNamed {
  readonly verdict: NamedVerdict;
  /** Shown to be at most the margin below the named one: enough to choose it for a lower cost. */
  readonly notBelow: boolean;
  /** AUC of the row minus that of the named one, with an interval that holds for all rows at once; undefined without a common seed. */
  readonly gap: Estimate | undefined;
}

/**
 * Judges rows against one that was named before their numbers were seen. The 5 % are shared by all statements that a row is
 * better or worse (Holm), and by all that it is at most the margin below. Equivalent: shown to be less than the margin away on
 * either side.
 */
export function againstNamed(
  rows: readonly CompletedRow[],
  named: CompletedRow,
  noise: Noise,
  margin: number,
): ReadonlyMap<CompletedRow, AgainstNamed> {
  const judged = rows.flatMap((row) => {
    const difference = row === named ? undefined : noise.between(row, named);
    return difference === undefined ? [] : [{ row, difference }];
  });
  const level = testLevel(judged.length + 1);
  const sides = holm(
    judged.flatMap(({ difference }) => [-1, 1].map((side) => differenceTail(side * difference.value, difference))), // prettier-ignore
  );
  const below = holm(judged.map(({ difference }) => differenceTail(margin + difference.value, difference)));
  const above = holm(judged.map(({ difference }) => differenceTail(margin - difference.value, difference)));
  const verdicts = new Map<CompletedRow, AgainstNamed>();
  for (const row of rows) {
    if (row === named) continue;
    const i = judged.findIndex((one) => one.row === row);
    if (i < 0) {
      verdicts.set(row, { verdict: 'unjudged', notBelow: false, gap: bareGap(row, named, noise) });
      continue;
    }
    const { difference } = judged[i];
    const [worse, better, notBelow] = [sides[2 * i], sides[2 * i + 1], below[i]].map((p) => p <= level);
    const equivalent = notBelow && above[i] <= level;
    const error = halfWidth(level / (2 * judged.length), difference);
    verdicts.set(row, {
      verdict: worse ? 'worse' : better ? 'better' : equivalent ? 'equivalent' : 'undecided',
      notBelow,
      gap: { value: difference.value, error, count: difference.count },
    });
  }
  return verdicts;
}

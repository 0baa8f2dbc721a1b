import { analyze } from '../../analysis/recording.ts';
import { findableIn } from '../../analysis/power/found.ts';
import { isCompleted } from '../../analysis/summary/rows.ts';
import type { Ranking } from '../../analysis/verdicts/ranking.ts';
import type { Recording } from '../../results/recording.ts';

/** The verdicts of a recording for machines, with the margin that they are about. */
export function verdictsJson(recording: Recording, margin?: number) {
  const analyzed = analyze(recording, margin);
  return {
    margin: analyzed.margin,
    rowNoiseProblem: analyzed.rowNoiseProblem,
    verdicts: analyzed.comparisons.map(({ setting, rows, noise, rankings }) => {
      const { budgets } = findableIn(rows, noise, recording.environment.data!.rows.test);
      return {
        setting,
        rowNoise: noise.source,
        budgets: rankings.map((ranking) => ({
          compression: ranking.requested,
          smallestDifference: budgets.find(({ requested }) => requested === ranking.requested)?.worse ?? null,
          methods: methodsOf(ranking),
        })),
      };
    }),
  };
}

function methodsOf(ranking: Ranking) {
  const { standings, toFull, leader } = ranking;
  return [...standings].flatMap(([row, { verdict, byMargin, within, gap }]) => {
    if (!isCompleted(row)) return [];
    const against = toFull.get(row);
    const interval = (one: typeof gap) => one && { value: one.value, error: one.error ?? null };
    return [
      {
        ...{ method: row.series.method, options: row.series.options, auc: row.estimates.auc.value },
        ...{ verdict, leader: row === leader, worseByMargin: byMargin, within },
        bound: ranking.bound(row) ?? null,
        places: ranking.places(row) ?? null,
        belowLeader: interval(gap) ?? null,
        againstFull: against === undefined ? null : { verdict: against.verdict, notBelow: against.notBelow, difference: interval(against.gap) ?? null }, // prettier-ignore
      },
    ];
  });
}

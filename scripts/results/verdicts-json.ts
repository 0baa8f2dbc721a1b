import { analyze } from '../../analysis/recording.ts';
import { findableIn } from '../../analysis/power/found.ts';
import { isCompleted } from '../../analysis/summary/rows.ts';
import type { Ranking } from '../../analysis/verdicts/ranking.ts';
import { standingJson } from '../../reports/standing-json.ts';
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
  return [...ranking.standings.keys()].filter(isCompleted).map((row) => ({
    ...{ method: row.series.method, options: row.series.options, auc: row.estimates.auc.value },
    ...standingJson(row, ranking),
  }));
}

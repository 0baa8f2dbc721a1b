import { canonicalJson } from '../../base/canonical-json.ts';
import type { Data } from '../../harness/contract/data.ts';
import { scoresByFrequency } from '../../harness/metrics/by-frequency.ts';
import { rarestIds } from '../../harness/metrics/rarest-ids.ts';
import { scoresOf } from '../../harness/metrics/scores.ts';
import type { CompletedRun } from '../../results/record.ts';

/** The test rows that quality is computed from: their labels, and whatever else is known of them. */
export interface TestPart {
  readonly labels: ArrayLike<number>;
  /** Absent if nobody has the data here: then the quality by groups of rows, and the best possible one, are not computed. */
  readonly data?: Data;
  /** Counts of the rarest id of every test row, of those data. */
  readonly rarest?: ReturnType<typeof rarestIds>;
}

/** The test part of data that are here. */
export const testPartOf = (data: Data): TestPart => ({
  ...{ labels: data.labels('test'), data, rarest: rarestIds(data, 'test') },
});

/** The problems of a run's recorded quality, by its click probabilities of the test rows: every number is computed again, bit by bit. */
export function qualityProblems(
  run: CompletedRun,
  probabilities: Float32Array,
  { labels, data, rarest }: TestPart,
): string[] {
  const recorded = run.quality;
  if (probabilities.some((p) => !(p >= 0 && p <= 1))) return ['its scores are no probabilities'];
  const found = scoresOf(probabilities, labels);
  const problems = (Object.keys(found) as (keyof typeof found)[])
    .filter((name) => recorded[name] !== found[name])
    .map((name) => `quality.${name} is ${recorded[name]}, its scores of the test rows give ${found[name]}`);
  if (data === undefined || rarest === undefined) return problems;
  const truth = data.trueProbabilities('test');
  const best = truth && scoresOf(truth, labels);
  if (canonicalJson(best) !== canonicalJson(recorded.bestPossible))
    problems.push('quality.bestPossible is not what the true probabilities of the data give');
  const groups = scoresByFrequency(probabilities, data.labels('test'), rarest);
  if (recorded.byFrequency && canonicalJson(groups) !== canonicalJson(recorded.byFrequency))
    problems.push('quality.byFrequency is not what its scores of the test rows give');
  return problems;
}

import { mean } from '../statistics/estimates.ts';
import { type CompletedRow, type SummaryRow, baselineRow, compressedBudgets, isBaseline, isCompleted } from '../summary/rows.ts'; // prettier-ignore
import { type RowNoise, noiseOf } from './noise.ts';
import { type Verdict, rankingAmong } from './ranking.ts';

/** The verdicts of a budget, with all there is and without a part of it. */
export interface Stability {
  readonly requested: number;
  /** Rows that are called worse: with all; the fewest and the most without one method; without each seed in turn. */
  readonly worse: number;
  readonly withoutMethod: { readonly least: number; readonly most: number };
  readonly withoutSeed: readonly number[];
  /** Recordings without one other method, and without one seed, in which a row's verdict is the same. */
  readonly same: ReadonlyMap<CompletedRow, { readonly methods: number; readonly seeds: number }>;
}

/**
 * The stability of verdicts: judged again without each method, the pool of noise included, and without each seed. A recording of
 * three seeds is judged by two then, which no report would do.
 */
export function stabilityOf(rows: readonly SummaryRow[], rowNoise: RowNoise, margin: number): Stability[] {
  const completed = rows.filter(isCompleted).filter((row) => !isBaseline(row));
  const full = baselineRow(rows);
  const judge = (some: readonly CompletedRow[], requested: number, least?: number) => {
    const noise = noiseOf(
      compressedBudgets(some).map((one) => some.filter((row) => row.requested === one)),
      rowNoise,
      least,
    );
    const members = some.filter((row) => row.requested === requested);
    const { standings } = rankingAmong(members, { noise, margin, full });
    return new Map(members.map((row) => [row.series.key, standings.get(row)!.verdict]));
  };
  const seeds = [...new Set(completed.flatMap(({ runs }) => runs.map(({ seed }) => seed)))].sort((a, b) => a - b); // prettier-ignore
  return compressedBudgets(completed).map((requested) => {
    const members = completed.filter((row) => row.requested === requested);
    const all = judge(completed, requested);
    const methods = members.map(
      ({ series }) =>
      judge(completed.filter((row) => row.series !== series), requested), // prettier-ignore
    );
    const bySeed = seeds.map((seed) => judge(withoutSeed(completed, seed), requested, 2));
    const agreeing = (some: readonly ReadonlyMap<string, Verdict>[], { series }: CompletedRow) =>
      some.filter((one) => isSame(one.get(series.key), all.get(series.key))).length;
    const without = methods.map(countWorse);
    return {
      requested,
      worse: countWorse(all),
      withoutMethod: { least: Math.min(...without), most: Math.max(...without) },
      withoutSeed: bySeed.map(countWorse),
      same: new Map(
        members.map((row) => [row, { methods: agreeing(methods, row), seeds: agreeing(bySeed, row) }]),
      ),
    };
  });
}

/** A leader that is not better than all others without one of them is no other verdict about it. */
function isSame(one: Verdict | undefined, other: Verdict | undefined): boolean {
  return (
    one === other || (one !== undefined && [one, other].every((v) => v === 'best' || v === 'equivalent'))
  );
}

function countWorse(verdicts: ReadonlyMap<string, Verdict>): number {
  return [...verdicts.values()].filter((verdict) => verdict === 'worse').length;
}

/** The highest mean AUC first. */
function withoutSeed(rows: readonly CompletedRow[], seed: number): CompletedRow[] {
  const aucOf = ({ runs }: CompletedRow) => mean(runs.map(({ quality }) => quality.auc));
  return rows
    .map((row) => ({ ...row, runs: row.runs.filter((run) => run.seed !== seed) }))
    .filter(({ runs }) => runs.length > 0)
    .sort((a, b) => aucOf(b) - aucOf(a));
}

import { type CompletedRow, type SummaryRow, aucBySeed, compressedBudgets, isBaseline, isCompleted } from '../summary/rows.ts'; // prettier-ignore
import type { Noise } from '../verdicts/noise.ts';
import { type PairsAt, pairsOf } from '../verdicts/pairs.ts';
import { fewestMethods, type RankCorrelation, rankCorrelation } from './rank-correlation.ts';
import { selfAgreement } from './seed-ceiling.ts';

/** The rows of one comparison, and the noise among them. */
export interface Judged {
  readonly rows: readonly SummaryRow[];
  readonly noise: Noise;
}

/** How far two comparisons order the methods of one budget alike. */
export interface AgreementAt {
  readonly requested: number;
  /** Methods with a number in both. */
  readonly methods: number;
  /** The rank correlation of mean AUCs; undefined for fewer than five methods. */
  readonly correlation: RankCorrelation | undefined;
  /** The correlation to expect if the true orders were the same, because seeds are few; without the noise of test rows. Undefined with one seed, and where there is no correlation. */
  readonly ceiling: number | undefined;
  /** Methods that have one variant in each, with other options: they are compared all the same. */
  readonly otherOptions: readonly string[];
  /** Pairs of methods of which each comparison shows which one is better. */
  readonly shown: number;
  /** Those of them that the comparisons order in opposite ways: the first of a pair is better in the first comparison. */
  readonly reversed: readonly (readonly [string, string])[];
}

/**
 * Agreement of two comparisons, of other data, models or sizes, at the budgets that both have. Methods with several variants are paired by their options; `full` is in no rank. Pairs
 * have intervals that hold for all pairs of a budget at once, so that a false reversal is as rare as a false verdict.
 */
export function agreement(a: Judged, b: Judged): AgreementAt[] {
  return compressedBudgets(a.rows)
    .filter((requested) => compressedBudgets(b.rows).includes(requested))
    .map((requested) => {
      const [ofA, ofB] = commonRows(a.rows, b.rows, requested);
      const [pairsA, pairsB] = [pairsAt(a.noise, ofA), pairsAt(b.noise, ofB)];
      const [selfA, selfB] = [ofA, ofB].map((rows) => selfAgreement(rows.map(({ runs }) => aucBySeed(runs))));
      const means = (rows: readonly CompletedRow[]) => rows.map(({ estimates }) => estimates.auc.value);
      return {
        requested,
        methods: ofA.length,
        correlation: rankCorrelation(means(ofA), means(ofB)),
        ceiling:
          selfA === undefined || selfB === undefined || ofA.length < fewestMethods
            ? undefined
            : Math.sqrt(selfA * selfB),
        otherOptions: ofA
          .filter(({ series }, i) => series.key !== ofB[i].series.key)
          .map(({ series }) => series.label),
        ...reversals(pairsA, pairsB),
      };
    });
}

/** Rows of the same method and options at one budget, in the same order. A method with one variant in each goes together whatever its options are called. */
function commonRows(
  a: readonly SummaryRow[],
  b: readonly SummaryRow[],
  requested: number,
): [CompletedRow[], CompletedRow[]] {
  const at = (rows: readonly SummaryRow[]) =>
    rows.filter(isCompleted).filter((row) => row.requested === requested && !isBaseline(row));
  const [ofA, ofB] = [at(a), at(b)];
  const variants = (rows: readonly CompletedRow[], method: string) =>
    rows.filter(({ series }) => series.method === method);
  const pairs = ofA.flatMap((row) => {
    const { key, method } = row.series;
    const [own, others] = [variants(ofA, method), variants(ofB, method)];
    const other =
      own.length === 1 && others.length === 1 ? others[0] : others.find(({ series }) => series.key === key);
    return other === undefined ? [] : [[row, other] as const];
  });
  return [pairs.map(([row]) => row), pairs.map(([, row]) => row)];
}

/** The margin of equivalence is 0: it decides nothing about which of two is better. */
function pairsAt(noise: Noise, rows: readonly CompletedRow[]): PairsAt | undefined {
  return pairsOf(
    rows,
    rows.map(({ series }) => series),
    noise,
    0,
  ).at(0);
}

function reversals(a: PairsAt | undefined, b: PairsAt | undefined): Pick<AgreementAt, 'shown' | 'reversed'> {
  const names = a?.rows.map((row) => row!.series.label) ?? [];
  const pairs = names.flatMap((first, i) => names.slice(i + 1).map((second) => [first, second] as const));
  const isShown = (pair: PairsAt['gaps'][number]) => pair?.verdict === 'better' || pair?.verdict === 'worse';
  const shown = pairs.map((pair, i) => ({ pair, ofA: a?.gaps[i], ofB: b?.gaps[i] })).filter(({ ofA, ofB }) => isShown(ofA) && isShown(ofB)); // prettier-ignore
  const reversed = shown
    .filter(({ ofA, ofB }) => ofA!.verdict !== ofB!.verdict)
    .map(({ pair: [first, second], ofA }) =>
      ofA!.verdict === 'better' ? ([first, second] as const) : ([second, first] as const),
    );
  return { shown: shown.length, reversed };
}

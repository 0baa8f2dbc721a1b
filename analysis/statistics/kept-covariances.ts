import type { CompletedRun } from '../../results/record.ts';
import type { BudgetCovariances, RowCovariances } from '../../results/row-noise.ts';
import { type Difference, differenceOf } from './seeds-and-rows.ts';
import type { TestRows } from './test-rows.ts';

/**
 * Test rows as their kept covariances know them, or why they are left out: a run that is to be judged is missing, or was made
 * again since. Runs of two budgets have none between them.
 */
export function testRowsKept(
  { rows, budgets }: RowCovariances,
  judged: readonly CompletedRun[],
): TestRows | { readonly problem: string } {
  const places = budgets.map(({ ids }) => new Map(ids.map((id, i) => [id, i])));
  const isKnown = ({ id, quality }: CompletedRun, b: number) => {
    const place = places[b].get(id);
    return place !== undefined && budgets[b].aucs[place] === quality.auc;
  };
  const isCurrent = (run: CompletedRun) => {
    const holding = [...places.keys()].filter((b) => places[b].has(run.id));
    return holding.length > 0 && holding.every((b) => isKnown(run, b));
  };
  const outdated = judged.filter((run) => !isCurrent(run)).length;
  if (outdated > 0)
    return {
      problem:
        `row-noise.jsonl is left out: it does not know ${outdated} of the ${judged.length} runs, or knows them with another AUC; ` +
        'make it again where the scores are, with npm run report -- <recording> --keep-row-noise',
    };
  return {
    count: rows,
    source: 'covariances',
    difference(a, b) {
      const pairs = a.flatMap((run) => {
        const other = b.find(({ seed }) => seed === run.seed);
        return other === undefined ? [] : [{ run, other }];
      });
      // References are no reason to leave the file out: those that were made again since are not known.
      const at = places.findIndex((_, b) => pairs.every(({ run, other }) => isKnown(run, b) && isKnown(other, b))); // prettier-ignore
      if (pairs.length === 0 || at < 0) return undefined;
      const of = (run: CompletedRun) => places[at].get(run.id)!;
      return fromCovariances(
        budgets[at],
        pairs.map(({ run, other }) => [of(run), of(other)]),
        rows,
      );
    },
  };
}

function fromCovariances(
  { covariances, aucs }: BudgetCovariances,
  pairs: readonly (readonly [number, number])[],
  rows: number,
): Difference {
  const at = (i: number, j: number) => covariances[i < j ? (j * (j + 1)) / 2 + i : (i * (i + 1)) / 2 + j];
  const between = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]) =>
    at(a, c) - at(a, d) - at(b, c) + at(b, d);
  let [all, own] = [0, 0];
  for (const one of pairs) {
    own += between(one, one);
    for (const other of pairs) all += between(one, other);
  }
  const seeds = pairs.length;
  const variance = { ofMean: Math.max(0, all / seeds ** 2), ofOne: Math.max(0, own / seeds) };
  return differenceOf(
    pairs.map(([a, b]) => aucs[a] - aucs[b]),
    variance,
    rows,
  );
}

import { type Metric, isBetter } from './metrics.ts';

/** A row's value of each metric it is judged by. */
export type Judged = readonly (readonly [metric: Pick<Metric, 'better' | 'slack'>, value: number])[];

/**
 * The rows no other row dominates: none is at least as good in every metric and better in one. Values within a
 * metric's slack are equal; at most one metric may have slack, or rows could dominate each other in a circle. O(n²),
 * n being the few dozen rows of a report.
 */
export function paretoFront<Row>(rows: readonly Row[], judge: (row: Row) => Judged): Set<Row> {
  const judged = rows.map((row) => [row, judge(row)] as const);
  return new Set(
    judged.filter(([, mine]) => !judged.some(([, other]) => dominates(other, mine))).map(([row]) => row),
  );
}

function dominates(a: Judged, b: Judged): boolean {
  return (
    a.every(([metric, value], i) => !isClearlyBetter(metric, b[i][1], value)) &&
    a.some(([metric, value], i) => isClearlyBetter(metric, value, b[i][1]))
  );
}

function isClearlyBetter(metric: Pick<Metric, 'better' | 'slack'>, a: number, b: number): boolean {
  const apart = Math.abs(a - b) > metric.slack * Math.max(Math.abs(a), Math.abs(b));
  return apart && isBetter(metric, a, b);
}

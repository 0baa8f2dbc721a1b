import { formatBytes } from '../../reports/format.ts';
import { median } from '../../analysis/statistics/estimates.ts';
import type { Measured } from '../../suites/subspace/measure.ts';

/**
 * A Markdown table with a line per algorithm: medians over rounds with minimum and maximum in brackets, and the largest relative
 * error of singular values and leverage scores against the exact SVD.
 */
export function subspaceTable(found: ReadonlyMap<string, readonly Measured[]>, exact: Measured): string {
  const lines = [...found].map(([name, rounds]) => [
    name,
    spread(rounds.map(({ milliseconds }) => milliseconds / 1000)),
    spread(rounds.map(({ processorMilliseconds }) => processorMilliseconds / 1000)),
    formatBytes(median(rounds.map(({ bytes }) => bytes))),
    errorOf(rounds[0].values, exact.values),
    rounds[0].scores && exact.scores ? errorOf(rounds[0].scores, exact.scores) : '',
  ]);
  const head = ['', 'seconds', 'processor seconds', 'memory', 'singular values', 'leverage'];
  return [head, ['---', '---:', '---:', '---:', '---:', '---:'], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function spread(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function errorOf(found: readonly number[], exact: readonly number[]): string {
  const worst = Math.max(...found.map((x, i) => Math.abs(x / exact[i] - 1)));
  if (worst === 0) return '0';
  if (worst < 1e-4) return worst.toExponential(0);
  return `${100 * worst < 100 ? (100 * worst).toPrecision(2) : Math.round(100 * worst)} %`;
}

import { formatFixed } from '../reports/format.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { listOf, wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';
import { gapsOf } from './verdict-simulation/gaps.ts';
import { type Rates, margin, ratesOf } from './verdict-simulation/rates.ts';
import { worlds } from './verdict-simulation/worlds.ts';

const command = verb('simulate:verdicts', '[options]')
  .description(
    'Simulates recordings whose truth is known, and prints how often verdicts err, hold and find: a Markdown table, the ' +
      'earlier rule beside the present one. About 20 minutes on one CPU.',
  )
  .option('--scale <percent>', 'trials, in percent of the full number', wholeNumber(1), 100)
  .option('--methods <numbers>', 'numbers of methods, of 2, 4, 12 and 43', listOf(wholeNumber(2)));

/** Trials by number of methods: fewer where each takes longer. */
const trialsOf: Readonly<Record<number, number>> = { 2: 10_000, 4: 6_000, 12: 2_500, 43: 500 };
const kinds = [
  ...(Object.keys(worlds) as (keyof typeof worlds)[]).map((world) => ({ world, rows: false })),
  ...(['equal', 'astray'] as const).map((world) => ({ world, rows: true })),
];
/** Budgets whose noise is pooled. */
const budgets = 4;

const heading = [
  'noise', 'methods', 'seeds', 'trials', 'false worse, earlier', 'false worse', 'false within',
  'bounds hold', 'all pairs hold', 'one pair holds', 'found, earlier', 'found',
]; // prettier-ignore

export const ended = main(() => {
  const { scale, methods: only } = command.parse().opts<{ scale: number; methods?: number[] }>();
  const line = (cells: readonly string[]) => print(`| ${cells.join(' | ')} |`);
  line(heading);
  line(heading.map((_, i) => (i === 0 ? '---' : '---:')));
  for (const { world, rows } of kinds)
    for (const methods of [2, 4, 12, 43].filter((count) => only?.includes(count) ?? true))
      for (const seeds of [3, 5, 10]) {
        const trials = Math.max(1, Math.round((trialsOf[methods] * scale) / 100));
        const rates = (gaps: readonly number[], seed: number, earlier: boolean): Rates =>
          ratesOf({ world, rows, methods, seeds, budgets, gaps }, trials, seed, { earlier });
        const same = rates(gapsOf('none', methods), 1, true);
        const edge = rates(gapsOf('edge', methods, margin), 2, false);
        const spread = rates(gapsOf('spread', methods), 3, true);
        const percent = (share: number) => `${formatFixed(100 * share, 1)} %`;
        line([
          `${world}${rows ? ', test rows' : ''}`,
          ...[methods, seeds, trials].map(String),
          ...[same.falselyBehind, same.falselyWorse, edge.falselyWithin].map(percent),
          ...[spread.boundsHold, spread.pairsHold, spread.onePairHolds].map(percent),
          ...[spread.foundByEarlier, spread.found].map(percent),
        ]);
      }
  return Promise.resolve(0);
});

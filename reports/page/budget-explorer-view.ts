import { choose } from '../../analysis/decisions/choose.ts';
import { type BestAtBytes, type OtherMerits, otherMerits } from '../../analysis/verdicts/best-per-budget.ts';
import { type CompletedRow, isBaseline } from '../../analysis/summary/rows.ts';
import { notWorse } from '../../analysis/verdicts/ranking.ts';
import { plural } from '../../base/plural.ts';
import { countedFullBytes } from '../../results/counted-bytes.ts';
import { detailsOf } from '../claim-text.ts';
import { formatBytes, formatChange, formatEstimate, formatRatio } from '../format.ts';
import { symbolOf } from './symbols.ts';

/** The table that budget-explorer.hbs shows. A script picks the row of the reader's bytes. */
export interface BudgetExplorerView {
  readonly fullBytes: number;
  /** The unit of the reader's number. */
  readonly unit: { readonly name: string; readonly bytes: number };
  readonly rows: readonly ExplorerRow[];
}

interface ExplorerRow {
  readonly bytes: number;
  /** True for a budget that methods were asked for. */
  readonly asked: boolean;
  readonly from: string;
  readonly ratio: string;
  /** "Choose", or why nothing is chosen. */
  readonly says: string;
  /** True if nothing was shown of the method that is named. */
  readonly ahead: boolean;
  readonly choose: string;
  readonly symbol: string;
  /** Test AUC minus the baseline's. */
  readonly change: string;
  /** The layer that was measured: its budget and its bytes. */
  readonly measured: string;
  readonly details: string;
  /** Those that are not shown to be worse: "3 others", and their names, the best AUC first. */
  readonly others: { readonly count: string; readonly names: string } | undefined;
  /** The smallest and the fastest of those that are not worse; empty if all others are. */
  readonly advice: string;
}

export function budgetExplorerView(
  choices: readonly BestAtBytes[],
  margin: number,
): BudgetExplorerView | undefined {
  if (choices.length === 0) return undefined;
  const fullBytes = countedFullBytes(choices[0].ranking.leader.runs[0]);
  return {
    fullBytes,
    // Fractions of a unit are for small data sets.
    unit: fullBytes < 1e7 ? { name: 'kB', bytes: 1e3 } : { name: 'MB', bytes: 1e6 },
    rows: choices.map((one) => rowView(one, margin)),
  };
}

/** A lead alone chooses nothing: the method that is ahead is named, and that it is no more than ahead. */
function rowView({ bytes, ratio, asked, ranking }: BestAtBytes, margin: number): ExplorerRow {
  const { leader } = ranking;
  const { chosen } = choose(ranking, { kind: 'within', tolerance: margin }, 'trainSeconds');
  const shown = chosen ?? leader;
  const { series, change, requested, estimates } = shown;
  const others = notWorse(ranking).filter((row) => row !== shown);
  return {
    bytes,
    asked,
    from: formatBytes(bytes),
    ratio: formatRatio(ratio),
    says: saysOf(ranking, chosen),
    ahead: chosen === undefined && ranking.rivals.length > 0,
    choose: series.label,
    symbol: symbolOf(series),
    change: change === undefined ? '–' : formatEstimate(change, formatChange),
    measured: isBaseline(shown)
      ? `uncompressed, ${formatBytes(estimates.servingBytes.value)}`
      : `asked for ${formatRatio(requested)}, takes ${formatBytes(estimates.servingBytes.value)}`,
    details: detailsOf(ranking),
    others:
      others.length === 0
        ? undefined
        : { count: plural(others.length, 'other'), names: namesOf(others).join(', ') },
    advice: adviceText(otherMerits(ranking)),
  };
}

function saysOf({ rivals }: BestAtBytes['ranking'], chosen: CompletedRow | undefined): string {
  if (chosen !== undefined) return 'Choose';
  return rivals.length === 0 ? 'The only one:' : 'Nothing shown; ahead is';
}

/** AUC does not decide between methods that are not shown to be worse: size and speed may. */
function adviceText(merits: OtherMerits | undefined): string {
  if (merits === undefined) return '';
  const { smallest, fastest } = merits;
  const speed = fastest && `${fastest.series.label} has the fastest inference`;
  const size =
    smallest &&
    `${smallest.series.label} is the smallest (${formatBytes(smallest.estimates.servingBytes.value)})`;
  const [first, second] = [size, speed].filter((text) => text !== undefined);
  if (first === undefined) return '';
  return `${first} of those not worse${second === undefined ? '' : `, and ${second}`}.`;
}

const namesOf = (rows: readonly CompletedRow[]) => rows.map((row) => row.series.label);

import type { AnalyzedComparison } from '../../analysis/recording.ts';
import { plural } from '../../base/plural.ts';
import { againstLinear } from '../../analysis/references/against-linear.ts';
import type { RateChoice } from '../../analysis/comparisons/chosen-rate.ts';
import { maxServingBytes } from '../../analysis/summary/budget-spent.ts';
import {
  type CompletedRow,
  type SummaryRow,
  budgetsOf,
  changeFromFull,
  isBaseline,
  isCompleted,
} from '../../analysis/summary/rows.ts';
import { type Cell, emptyCell, estimateCell, plainCell } from '../cell.ts';
import { costText } from '../cost-text.ts';
import { formatBytes, formatChange, formatFixed, formatRatio } from '../format.ts';
import { trialsText } from '../rates-text.ts';
import { referenceMethodText, referenceText } from '../reference-text.ts';

/** The references of a comparison in a small table, as references.hbs reads them. Text is unescaped. */
export interface ReferencesView {
  readonly columns: readonly { readonly label: string; readonly meaning: string }[];
  readonly rows: readonly {
    readonly label: string;
    readonly about: string;
    readonly cells: readonly Cell[];
    /** The reason of a row without numbers. */
    readonly missing: string | undefined;
  }[];
  /** Sentences on the methods that are not shown to beat the linear model, a budget each. */
  readonly behind: readonly string[];
  /** The choice of the references' own learning rates. */
  readonly rates: string;
}

const columns: readonly { label: string; meaning: string; cell: (row: CompletedRow) => Cell }[] = [
  {
    label: 'Test AUC',
    meaning: 'mean ± 95 % interval over seeds',
    cell: (row) => estimateCell(row.estimates.auc),
  },
  {
    label: 'vs full',
    meaning:
      'test AUC minus that of full, paired by seed, and by test row where scores were kept, ± 95 % interval',
    cell: (row) => estimateCell(changeFromFull(row), formatChange),
  },
  {
    label: 'Serving',
    meaning: 'bytes needed to answer lookups, without keys',
    cell: (row) => plainCell(formatBytes(maxServingBytes(row)), maxServingBytes(row)),
  },
  ...(['passes', 'trainSeconds'] as const).map((name) => ({
    ...costText[name],
    cell: ({ costs }: CompletedRow) =>
      costs[name] === undefined
        ? emptyCell
        : plainCell(costText[name].format(costs[name].value), costs[name].value),
  })),
];

/** Undefined if the comparison has no references beside its baseline. */
export function referencesView(comparison: AnalyzedComparison, margin: number): ReferencesView | undefined {
  const { rows, references, referenceMethods, referenceRates } = comparison;
  const named = rows.filter((row) => isBaseline(row) || referenceMethods.has(row.series.method));
  if (references.length === 0 && referenceMethods.size === 0) return undefined;
  const viewOf = (row: SummaryRow, about: string, label: string) => ({
    label,
    about,
    cells: isCompleted(row) ? columns.map(({ cell }) => cell(row)) : [],
    missing: isCompleted(row) ? undefined : row.error,
  });
  return {
    columns: columns.map(({ label, meaning }) => ({ label, meaning })),
    rows: [
      ...references.map((one) => viewOf(one.row, referenceText(one), one.row.series.label)),
      ...named.map((row) => viewOf(row, referenceMethodText(row), labelAt(row))),
    ],
    behind: comparison.rankings.length === 0 ? [] : behindTexts(comparison, margin),
    rates: referenceRates.map(rateText).join(' '),
  };
}

/** `Seed 0 chose the learning rate 0.2 of linear by validation AUC (0.1: 0.7561, 0.2: 0.7573, 0.4: 0.7562).` */
function rateText(choice: RateChoice): string {
  const { rate, trials } = choice;
  return rate === undefined
    ? ''
    : `Seed 0 chose the learning rate ${rate} of ${trials[0].reference} by validation AUC (${trialsText(choice)}).`;
}

const labelAt = (row: SummaryRow) =>
  isBaseline(row) ? row.series.label : `${row.series.label} at ${formatRatio(row.requested)}`;

/** `At 64x, 2 of 3 methods are not shown to beat linear in as many bytes (0.7583): a, b.` Nothing where seeds are too few. */
export function behindTexts(
  comparison: Pick<AnalyzedComparison, 'rows' | 'references' | 'noise'>,
  margin: number,
): string[] {
  const against = againstLinear(comparison, margin);
  const judged = comparison.rows.flatMap((row) => {
    const found = against.get(row);
    return found === undefined || found.verdict === 'unjudged' ? [] : [{ row, ...found }];
  });
  return budgetsOf(judged.map(({ row }) => row)).map((requested) => {
    const members = judged.filter(({ row }) => row.requested === requested);
    const [{ linear }] = members;
    const auc = formatFixed(linear.estimates.auc.value);
    const name = `${linear.runs[0].model} in as many bytes (${auc})`;
    const lost = members.filter(({ verdict }) => verdict !== 'better');
    const at = `At ${formatRatio(requested)}`;
    if (lost.length === 0) return `${at}, every method beats ${name}.`;
    if (lost.length === members.length && lost.length > 1)
      return `${at}, none of ${lost.length} methods is shown to beat ${name}.`;
    const are = lost.length === 1 ? 'is' : 'are';
    const names = lost.map(({ row }) => row.series.label).join(', ');
    return `${at}, ${lost.length} of ${plural(members.length, 'method')} ${are} not shown to beat ${name}: ${names}.`;
  });
}

import { type Change, type Verdict, countByVerdict, judgedAmong } from '../../analysis/regressions/change.ts';
import type { RecordedChanges } from '../../analysis/regressions/recorded-changes.ts';
import { formatChange, formatCount, formatFixed, formatMargin, formatRatio } from '../../reports/format.ts';
import { sharedSettings } from '../../reports/setting-text.ts';
import type { SummaryRow } from '../../analysis/summary/rows.ts';
import { aligned } from '../terminal/aligned.ts';
import { hardwareNotes } from './recorded-changes.ts';

/** A comparison as text: its sides, a table for each setting, and the number of each verdict. */
export function changeLines({
  a,
  b,
  data,
  testRows,
  rowsAssumed,
  margin,
  hardware,
  settings,
}: RecordedChanges): string[] {
  const all = settings.flatMap(({ changes }) => changes);
  return [
    `A: ${a}`,
    `B: ${b}`,
    ...hardwareNotes(hardware),
    ...settings.flatMap(({ setting, changes }) => [
      `test AUC on ${data.name}, ${data.protocol} split; ${sharedSettings([setting])}:`,
      aligned([heading, ...changes.map(cellsOf)], 1, heading.length - 1),
      ...intervalNote(changes, { testRows, rowsAssumed, margin }),
    ]),
    countsText(all),
  ];
}

const heading = ['', 'ratio', 'A', 'B', 'B − A', '±', 'seeds', ''];

function cellsOf(change: Change): string[] {
  const { pair, aucOfA, aucOfB, difference } = change;
  return [
    pair.label,
    formatRatio(pair.requested),
    ...[aucOfA, aucOfB].map((auc) => (auc === undefined ? '–' : formatFixed(auc))),
    difference === undefined ? '' : formatChange(difference.value),
    difference?.error === undefined ? '' : formatFixed(difference.error),
    difference === undefined ? '' : String(difference.count),
    verdictText(change) + ratesText(change),
  ];
}

function verdictText({ verdict, reason, difference, bySeeds }: Change): string {
  switch (verdict) {
    case 'worse':
    case 'better':
      return `${verdict} beyond noise`;
    case 'equivalent':
      return verdict;
    case 'undecided':
      // A difference that other rows of the same kind could reverse.
      return bySeeds === undefined || bySeeds.verdict === 'undecided' || bySeeds.verdict === 'equivalent'
        ? verdict
        : `${verdict}: ${bySeeds.verdict} beyond the noise of seeds, within that of test rows`;
    case 'equal':
      return 'equal';
    case 'lost':
      return `B has no number where A has: ${cut(reason)}`;
    case 'gained':
      return `A has no number where B has: ${cut(reason)}`;
    case 'unjudged':
      return difference === undefined ? 'no common seed' : 'no verdict: fewer than three common seeds';
    case 'only A':
    case 'only B':
      return `only in ${verdict.at(-1)}${reason === '' ? '' : `: ${reason}`}`;
    case 'neither':
      return cut(reason);
  }
}

/** Differences in the chosen learning rates. */
function ratesText({ pair: { a, b } }: Change): string {
  const [ofA, ofB] = [a, b].map(rateOf);
  return ofA === undefined || ofB === undefined || ofA === ofB ? '' : ` (learning rates ${ofA} and ${ofB})`;
}

export function rateOf(row: SummaryRow | undefined): number | undefined {
  return row?.status === 'completed' ? row.runs[0].learningRate : undefined;
}

/** Maximal characters of a reason in a table. */
const longest = 90;
const cut = (text: string) => (text.length > longest ? `${text.slice(0, longest - 2)} …` : text);

function intervalNote(
  changes: readonly Change[],
  { testRows, rowsAssumed, margin }: Pick<RecordedChanges, 'testRows' | 'rowsAssumed' | 'margin'>,
): string[] {
  const { judged, onRows } = judgedAmong(changes);
  if (judged === 0) return [];
  const rows = testRows === undefined ? '' : `by ${formatCount(testRows)} test rows`;
  const measured = rowsAssumed || onRows === 0 ? 0 : onRows;
  const paired = [
    'is paired by seed',
    ...(measured === 0
      ? []
      : [measured === judged ? ` and ${rows}` : `, of ${measured} of them also ${rows}`]),
    ...(judged === 1 ? [] : [`${measured === 0 ? '' : ','} and holds for all ${judged} differences at once`]),
  ];
  return [
    `  ± ${paired.join('')} (95 %)`,
    `  ${rowsNote(measured, rowsAssumed)}equivalent: the interval is within ${formatMargin(margin)} of 0`,
  ];
}

function rowsNote(measured: number, assumed: boolean): string {
  if (measured > 0) return '';
  return assumed ? 'noise of test rows assumed; ' : 'on these test rows; ';
}

const counted: Readonly<Record<Verdict, string>> = {
  worse: 'worse beyond noise',
  lost: 'without a number in B alone',
  better: 'better beyond noise',
  gained: 'without a number in A alone',
  equivalent: 'equivalent',
  undecided: 'undecided',
  equal: 'equal',
  unjudged: 'without a verdict',
  'only A': 'only in A',
  'only B': 'only in B',
  neither: 'without a number in both',
};

function countsText(changes: readonly Change[]): string {
  const byVerdict = countByVerdict(changes);
  const counts = (Object.keys(counted) as Verdict[]).flatMap((verdict) => {
    const count = byVerdict.get(verdict) ?? 0;
    // The user asked if anything is worse, so zero is printed as well.
    return count > 0 || verdict === 'worse' ? [`${count} ${counted[verdict]}`] : [];
  });
  return counts.join(', ');
}

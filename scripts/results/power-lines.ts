import type { PlannedRows, PowerPlan } from '../../analysis/power/plan.ts';
import { maxSeeds } from '../../analysis/power/smallest-difference.ts';
import { plural } from '../../base/plural.ts';
import { formatCount, formatFixed, formatMargin, formatRatio } from '../../reports/format.ts';
import { aligned } from '../terminal/aligned.ts';

/** With fewer degrees of freedom a variance may be half or twice what was seen. */
const fewDegrees = 12;

/** A plan as text: the noise, what was found, what it takes. */
export function powerLines(plan: PowerPlan): string[] {
  const { pilot, degrees, found, planned, difference, methods, seeds, rowsWithSeeds } = plan;
  const [training, own, shared] = [pilot.ofTraining, pilot.ofSeedRows, pilot.ofRows].map((variance) =>
    formatFixed(Math.sqrt(variance), 5),
  );
  return [
    `noise of a difference of two methods on ${formatCount(pilot.rows)} test rows: ${training} of training and ${own} of test rows ` +
      `with every seed, ${shared} of test rows with all seeds${pilot.assumed ? ' (both of test rows assumed)' : ''}`,
    ...(degrees < fewDegrees
      ? [
          `that of seeds is known roughly, from ${plural(degrees, 'degree')} of freedom: a recording of more methods or seeds plans better`,
        ]
      : []),
    ...(found.length === 0 ? [] : ['smallest differences that this recording could have found (power 0.8):', foundTable(found)]), // prettier-ignore
    `to show a difference of ${formatMargin(difference)} among ${methods} methods (power 0.8; hours of all runs one after another on this machine, with as many training rows):`,
    aligned(
      [['test rows', 'seeds: worse', 'hours', 'seeds: equivalent', 'hours'], ...planned.map(cellsOf)],
      0,
    ),
    rowsWithSeeds === undefined
      ? `with ${seeds} seeds no number of test rows calls it worse`
      : `with ${seeds} seeds it takes ${formatCount(rowsWithSeeds)} test rows to call it worse`,
  ];
}

function foundTable(found: PowerPlan['found']): string {
  return aligned(
    [
      ['', 'methods', 'seeds', 'worse', 'equivalent'],
      ...found.map(({ requested, methods, seeds, worse, within }) => [
        formatRatio(requested),
        ...[String(methods), String(seeds), formatFixed(worse), formatFixed(within)],
      ]),
    ],
    0,
  );
}

function cellsOf({ rows, seeds, hours }: PlannedRows): string[] {
  const cells = (kind: 'worse' | 'within') =>
    seeds[kind] === undefined
      ? [`more than ${maxSeeds}`, '–']
      : [String(seeds[kind]), hours[kind] === undefined ? '–' : formatFixed(hours[kind], 1)];
  return [formatCount(rows), ...cells('worse'), ...cells('within')];
}

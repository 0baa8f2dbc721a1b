import type { Point } from './changes.ts';
import { looksOf, titleOf } from './looks.ts';

/** A column of ranks: a condition, and the changes of AUC of its methods at one budget. */
export interface RankColumn {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Pixels from one column to the next, and from one rank to the next. */
const [columnGap, rankGap] = [86, 20];

/** The ranks of the same methods under several conditions, 1 for the highest mean: lines that cross are orders that do not transfer. `order`: all methods of the figures. */
export function rankPanel(
  title: string,
  columns: readonly RankColumn[],
  methods: readonly string[],
  order: readonly string[],
) {
  const places = columns.flatMap(({ points }, column) =>
    points
      .toSorted((a, b) => b.value - a.value)
      .map(({ method }, i) => ({ column, method, series: method, rank: i + 1 })),
  );
  const y = {
    field: 'rank',
    type: 'quantitative',
    scale: { domain: [methods.length + 0.5, 0.5], nice: false, zero: false },
    axis: { title: null, values: methods.map((_, i) => i + 1), grid: false },
  };
  const x = {
    field: 'column',
    type: 'quantitative',
    scale: { domain: [0, columns.length - 1], nice: false, zero: false },
    axis: {
      title: null,
      values: columns.map((_, i) => i),
      labelExpr: `${JSON.stringify(columns.map(({ name }) => name))}[datum.value]`,
      orient: 'top',
      labelOverlap: false,
      labelFlush: false,
      grid: true,
    },
  };
  const { color, strokeDash } = looksOf(order);
  const width = (columns.length - 1) * columnGap;
  const last = places.filter(({ column }) => column === columns.length - 1);
  return {
    title: titleOf(title),
    width,
    height: methods.length * rankGap,
    data: { values: places },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.6 },
        encoding: { x, y, color, strokeDash, order: { field: 'column' } },
      },
      { mark: { type: 'point', filled: true, size: 40, opacity: 1 }, encoding: { x, y, color } },
      {
        data: { values: last },
        mark: { type: 'text', align: 'left', baseline: 'middle' },
        encoding: { x: { value: width + 9 }, y, text: { field: 'method' }, color },
      },
    ],
  };
}

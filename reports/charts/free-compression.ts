import type { TopLevelSpec } from 'vega-lite';
import type { FreeCompression, TargetVerdict } from '../../analysis/targets/free-compression.ts';
import { findingsText, shortEstimateText } from '../free-compression-text.ts';
import { formatChange, formatEstimate } from '../format.ts';
import { labelRoom, shortLabel } from './label-room.ts';
import { rowText } from './row-text.ts';
import { tooltip } from './tooltip.ts';

const rowStep = 19;
const barHeight = 9;
const labelGap = 8;
const pixelsPerCharacter = 7.2;

const verdictWords: Readonly<Record<TargetVerdict, string>> = {
  free: 'shown to be free',
  costly: 'shown to cost more than the margin',
  undecided: 'undecided',
  unjudged: 'no verdict: fewer than three common seeds',
};

/**
 * A bar for each method on a logarithmic axis of ratios: filled as far as it is shown to be free, hollow where nothing is shown, up to
 * the ratio that is shown to cost more than the margin, with an arrow where none is. A point is a ratio that was trained, a stroke the
 * estimate.
 */
export function freeCompressionChart(found: readonly FreeCompression[], width: number): TopLevelSpec {
  const texts = found.map(shortEstimateText);
  const padding = {
    left: Math.min(labelRoom(found.map(({ series }) => series.label)) + labelGap, width * 0.42),
    right: Math.ceil(Math.max(...texts.map(({ length }) => length)) * pixelsPerCharacter) + 16,
    ...{ top: 2, bottom: 26 },
  };
  const plotWidth = width - padding.left - padding.right;
  const height = found.length * rowStep;
  const largest = Math.max(2, ...found.flatMap(({ tried }) => tried.map(({ row }) => row.achieved)));
  const x = {
    field: 'value',
    type: 'quantitative',
    scale: { type: 'log', base: 2, domain: [1, largest * 1.1], nice: false },
    axis: { title: null, values: powersOfTwo(largest, width), labelExpr: "datum.value + 'x'", grid: true },
  };
  const y = { field: 'y', type: 'quantitative', scale: { domain: [height, 0], nice: false }, axis: null };
  const lanes = found.map((one, i) => {
    const end = one.costly ?? Math.max(one.shown, ...one.tried.map(({ row }) => row.achieved));
    const at = (i + 0.5) * rowStep;
    return {
      ...{ series: one.series.key, y: at, top: at - barHeight / 2, bottom: at + barHeight / 2 },
      ...{ label: shortLabel(one.series.label, padding.left - labelGap), text: texts[i] },
      ...{ one: 1, shown: digits(one.shown), end: digits(end), value: digits(one.estimate) },
      beyond: one.costly === undefined && one.infeasible.length === 0 ? '▸' : '',
      description: `${one.series.label}\n${findingsText(one)}`,
    };
  });
  const points = found.flatMap(({ series, tried }, i) =>
    tried.map(({ row, verdict, gap }) => ({
      ...{ series: series.key, y: (i + 0.5) * rowStep, value: digits(row.achieved), verdict },
      description: rowText(row, [
        `Difference from full ${formatEstimate(gap, formatChange)}`,
        verdictWords[verdict],
      ]),
    })),
  );
  const pointsOf = (verdicts: readonly TargetVerdict[], look: object) => ({
    data: { values: points.filter(({ verdict }) => verdicts.includes(verdict)) },
    mark: { type: 'point', size: 34, opacity: 1, strokeWidth: 1.4, ...look },
    encoding: { x, ...tooltip },
  });
  const ends = { y: { ...y, field: 'top' }, y2: { field: 'bottom' } };
  const spec = {
    ...{ width: plotWidth, height, padding, autosize: 'none' },
    data: { values: lanes },
    encoding: { y },
    layer: [
      {
        mark: { type: 'rect', fill: 'var(--front)', stroke: 'var(--control)', strokeWidth: 0.8 },
        encoding: { x: { ...x, field: 'shown' }, x2: { field: 'end' }, ...ends, ...tooltip },
      },
      {
        mark: { type: 'rect', fill: 'var(--good-ink)' },
        encoding: { x: { ...x, field: 'one' }, x2: { field: 'shown' }, ...ends, ...tooltip },
      },
      {
        mark: { type: 'tick', thickness: 3, size: rowStep - 4, color: 'var(--accent)' },
        encoding: { x, ...tooltip },
      },
      pointsOf(['costly'], { filled: true, fill: 'var(--series-rest)' }),
      pointsOf(['undecided', 'unjudged'], { fill: 'var(--page)', stroke: 'var(--ink)' }),
      pointsOf(['free'], { filled: true, fill: 'var(--good-ink)', stroke: 'var(--page)' }),
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 2, fill: 'var(--muted)' },
        encoding: { x: { ...x, field: 'end' }, text: { field: 'beyond' } },
      },
      {
        mark: { type: 'text', align: 'right', baseline: 'middle', limit: 1000 },
        encoding: { x: { value: -labelGap }, text: { field: 'label' } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', fill: 'var(--muted)' },
        encoding: { x: { value: plotWidth + 12 }, text: { field: 'text' } },
      },
    ],
  };
  return spec as unknown as TopLevelSpec;
}

const digits = (ratio: number) => Number(ratio.toPrecision(5));

/** Few on a phone. */
function powersOfTwo(largest: number, width: number): number[] {
  const most = Math.floor(Math.log2(largest * 1.1));
  const step = Math.ceil((most + 1) / (width < 450 ? 5 : 9));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => 2 ** (i * step));
}

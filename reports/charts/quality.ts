import type { TopLevelSpec } from 'vega-lite';
import { baseline } from '../../analysis/comparisons/comparable.ts';
import { formatFixed } from '../format.ts';
import { frontOf } from '../../analysis/summary/fronts.ts';
import type { CompletedRow } from '../../analysis/summary/rows.ts';
import type { ReferenceRow } from '../../analysis/references/reference-rows.ts';
import { referenceMarks } from './reference-marks.ts';
import { scoreAxis } from './axes.ts';
import { labelRoom } from './label-room.ts';
import { lineLabels } from './line-labels.ts';
import { bytesAxis, smallestBytes } from './quality-axis.ts';
import { qualityDomain } from './quality-domain.ts';
import { type QualityMetric, type QualityPoint, qualityPoint } from './quality-points.ts';
import type { Zoom } from './svg.ts';
import { tooltip } from './tooltip.ts';
import { colorScale, shapeScale } from './series-scales.ts';

/** The input of the charts of quality against bytes. */
export interface QualityInput {
  readonly metric: QualityMetric;
  readonly rows: readonly CompletedRow[];
  /** The best any model could score on the test rows, where known. */
  readonly bestPossible: number | undefined;
  /** References under settings of their own. */
  readonly references?: readonly ReferenceRow[];
}

/**
 * Quality against serving bytes. Memory falls to the right, so methods fan out towards their labels at the right edge.
 * Below 480 pixels there is no room for labels: the page has a legend. Quiet series are behind the others, thin and grey;
 * what of them lies beyond the others is said, not shown.
 */
export function qualityChart(
  { metric, rows, bestPossible, references = [] }: QualityInput,
  width: number,
): TopLevelSpec {
  const labelled = width >= 480;
  const named = rows.filter(({ series }) => !series.muted);
  const height = named.length < rows.length ? 360 : 280;
  const room = labelRoom(named.map((row) => row.series.label));
  const padding = { left: 54, right: labelled ? 18 + room : 12, top: 14, bottom: 42 };
  const plotWidth = width - padding.left - padding.right;
  const front = frontOf(rows, 'servingBytes', metric);
  const domain = qualityDomain(
    named.map((row) => row.estimates[metric]),
    bestPossible,
  );
  const pointOf = (row: CompletedRow) => qualityPoint(row, metric, front.has(row));
  const points = named.map(pointOf);
  const muted = rows.filter(({ series }) => series.muted).map(pointOf);
  const lines = points.filter(({ reference }) => !reference);
  const series = [...new Set(named.map((row) => row.series))];
  const color = colorScale(series);
  const spec = {
    width: plotWidth,
    height,
    padding,
    autosize: 'none',
    usermeta: { zoom: 'y' satisfies Zoom },
    data: { values: points },
    encoding: {
      x: bytesAxis(rows, plotWidth),
      y: scoreAxis(domain, 6),
    },
    layer: [
      ...(muted.length === 0 ? [] : mutedLayers(muted, domain, height)),
      frontBand([...points, ...muted]),
      ...referenceRules(points, bestPossible, domain, plotWidth),
      ...referenceMarks(references, metric, domain, { plotWidth, minBytes: smallestBytes(rows) }),
      {
        mark: { type: 'rule', strokeWidth: 1.5, clip: true },
        encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' }, color },
      },
      {
        transform: [{ filter: '!datum.reference' }],
        mark: { type: 'line', strokeWidth: 1.5 },
        encoding: { color, detail: { field: 'series' } },
      },
      ...[false, true].map((onFront) => ({
        transform: [{ filter: onFront ? 'datum.front' : '!datum.front' }],
        // A hollow mark is filled with the colour of the page: it hides the line behind it.
        mark: {
          type: 'point',
          size: 60,
          strokeWidth: 1.5,
          opacity: 1,
          filled: onFront,
          ...(onFront ? {} : { fill: 'var(--page)' }),
        },
        encoding: { color, shape: shapeScale(series), ...tooltip },
      })),
      ...(labelled ? lineLabels(lines, series, { width: plotWidth, height, domain }) : []),
    ],
  };
  return spec as unknown as TopLevelSpec;
}

function mutedLayers(
  points: readonly QualityPoint[],
  [bottom, top]: readonly [number, number],
  height: number,
) {
  const below = points.filter(({ value }) => value < bottom).length;
  const above = points.filter(({ value }) => value > top).length;
  const notes = [
    ...(above > 0 ? [{ side: 'above', place: 10, text: `${above} of the others are above` }] : []),
    ...(below > 0 ? [{ side: 'below', place: height - 6, text: `${below} of the others are below` }] : []),
  ];
  return [
    {
      data: { values: points },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 1, stroke: 'var(--series-rest)', clip: true },
          encoding: { detail: { field: 'series' } },
        },
        {
          mark: { type: 'point', size: 14, filled: true, fill: 'var(--series-rest)', opacity: 1, clip: true },
          encoding: tooltip,
        },
      ],
    },
    ...notes.map(({ side, place, text }) => ({
      name: `keep_notes_${side}`,
      data: { values: [{ text }] },
      mark: { type: 'text', align: 'left', fill: 'var(--muted)', fontSize: 11 },
      encoding: { x: { value: 4 }, y: { value: place }, text: { field: 'text' } },
    })),
  ];
}

function frontBand(points: readonly QualityPoint[]) {
  return {
    data: { values: points.filter(({ front }) => front).map(({ bytes, value }) => ({ bytes, value })) },
    mark: {
      type: 'line',
      strokeWidth: 10,
      stroke: 'var(--front)',
      strokeCap: 'round',
      strokeJoin: 'round',
    },
  };
}

/**
 * The baseline and, where known, the best any model could reach: a named line across the chart each. A score that the
 * axis leaves out to keep the methods apart has its line at the axis's end, and says so.
 */
function referenceRules(
  points: readonly QualityPoint[],
  bestPossible: number | undefined,
  [bottom, top]: readonly [number, number],
  plotWidth: number,
) {
  const full = points.find(({ reference }) => reference)?.value;
  const rules = [
    { value: full, name: baseline, strokeDash: [1, 0] },
    { value: bestPossible, name: 'best possible', strokeDash: [5, 4] },
  ];
  return rules.flatMap(({ value, name, strokeDash }, index) => {
    if (value === undefined) return [];
    const beyond = value < bottom ? ' \u2193 off the axis' : value > top ? ' \u2191 off the axis' : '';
    const at = Math.min(top, Math.max(bottom, value));
    const data = { values: [{ value: at, text: `${name} ${formatFixed(value)}${beyond}` }] };
    return [
      {
        name: `keep_across_${index}_rule`,
        data,
        mark: { type: 'rule', stroke: 'var(--series-full)', strokeWidth: 1, strokeDash },
        encoding: { x: { value: 0 }, x2: { value: plotWidth } },
      },
      {
        name: `keep_across_${index}_text`,
        data,
        mark: { type: 'text', align: 'right', baseline: at < top ? 'bottom' : 'top', dy: at < top ? -3 : 4, fill: 'var(--muted)' }, // prettier-ignore
        encoding: { x: { value: plotWidth }, text: { field: 'text' } },
      },
    ];
  });
}

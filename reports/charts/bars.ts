import type { TopLevelSpec } from 'vega-lite';
import { labelRoom, shortLabel } from './label-room.ts';
import { tooltip } from './tooltip.ts';
import { type ColoredKey, keyColorScale } from './series-scales.ts';

/** A bar from zero with a whisker, in front of a paler bar up to `bound` where there is a bound. */
export interface Bar {
  readonly series: ColoredKey;
  readonly label: string;
  readonly value: number;
  readonly error: number;
  readonly bound?: number;
  /** The text to the right of the bar. */
  readonly text: string;
  /** The tooltip. */
  readonly description: string;
}

export interface BarGroup {
  readonly heading: string;
  readonly bars: readonly Bar[];
}

const barStep = 19;
const barHeight = 11;
const headingStep = 22;
const pixelsPerCharacter = 7.2;

/** Bars under headings, labels to their left, values to their right. */
export function barChart(groups: readonly BarGroup[], width: number): TopLevelSpec {
  const all = groups.flatMap(({ bars }) => bars);
  const room = labelRoom(all.map(({ label }) => label));
  const maxText = Math.max(...all.map(({ text }) => text.length));
  const padding = {
    left: Math.min(room + 12, width * 0.45),
    right: Math.max(64, Math.ceil(maxText * pixelsPerCharacter) + 10),
    top: 0,
    bottom: 4,
  };
  const plotWidth = width - padding.left - padding.right;
  const { bars, headings, height } = layOut(groups);
  const longest = Math.max(...bars.map(({ high, bound = 0 }) => Math.max(high, bound)));
  const y = { field: 'y', type: 'quantitative', scale: { domain: [height, 0], nice: false }, axis: null };
  const x = {
    field: 'value',
    type: 'quantitative',
    scale: { domain: [0, longest], nice: false },
    axis: null,
  };
  const bounded = bars.filter(({ bound }) => bound !== undefined);
  const spec = {
    width: plotWidth,
    height,
    padding,
    autosize: 'none',
    data: { values: bars },
    encoding: { y },
    layer: [
      ...(bounded.length === 0 ? [] : boundLayers(bounded, x, y)),
      {
        mark: { type: 'rect', opacity: 0.85 },
        encoding: {
          x,
          x2: { datum: 0 },
          y: { ...y, field: 'top' },
          y2: { field: 'bottom' },
          color: keyColorScale([...new Map(all.map(({ series }) => [series.key, series])).values()]),
          ...tooltip,
        },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5, stroke: 'var(--ink)' },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      {
        mark: { type: 'text', align: 'right', baseline: 'middle', limit: 1000 },
        encoding: { x: { value: -8 }, text: { field: 'short' } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, fill: 'var(--muted)' },
        encoding: { x: { ...x, field: 'end' }, text: { field: 'text' } },
      },
      {
        data: { values: headings },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight: 'bold', fill: 'var(--muted)' },
        encoding: { x: { value: -padding.left }, text: { field: 'text' } },
      },
    ],
  };
  return spec as unknown as TopLevelSpec;
}

/** A pale bar that the other covers as far as it comes, and a mark at its end. */
function boundLayers(bounded: readonly object[], x: object, y: object) {
  const ends = { y: { ...y, field: 'top' }, y2: { field: 'bottom' } };
  return [
    {
      data: { values: bounded },
      mark: { type: 'rect', fill: 'var(--front)' },
      encoding: { x: { ...x, field: 'bound' }, x2: { datum: 0 }, ...ends },
    },
    {
      data: { values: bounded },
      mark: { type: 'rule', strokeWidth: 2, stroke: 'var(--muted)' },
      encoding: { x: { ...x, field: 'bound' }, ...ends },
    },
  ];
}

/** Positions in pixels from the top: a heading for every group, its bars under it. */
function layOut(groups: readonly BarGroup[]) {
  const headings: { y: number; text: string }[] = [];
  let height = 0;
  const bars = groups.flatMap((group) => {
    headings.push({ y: height + headingStep / 2, text: group.heading });
    height += headingStep;
    return group.bars.map(({ series, label, value, error, bound, text, description }) => {
      const y = height + barStep / 2;
      height += barStep;
      const high = value + error;
      return {
        series: series.key,
        short: shortLabel(label),
        y,
        top: y - barHeight / 2,
        bottom: y + barHeight / 2,
        value,
        low: Math.max(0, value - error),
        high,
        bound,
        end: Math.max(high, bound ?? 0),
        text,
        description,
      };
    });
  });
  return { bars, headings, height };
}

import { changeAxis, digits } from '../../../reports/charts/axes.ts';
import { spreadLabels } from '../../../reports/charts/spread-labels.ts';
import type { Point } from './changes.ts';
import { looksOf, titleOf } from './looks.ts';

export interface LinePanel {
  readonly title: string;
  readonly points: readonly Point[];
  readonly xTitle: string;
  /** Ticks of the logarithmic axis, and how vega writes them. */
  readonly ticks: readonly number[];
  readonly tickLabel: string;
}

const height = 250;
/** Pixels from one label to the next. */
const labelGap = 14;

/** Changes of AUC as lines over a logarithmic axis, with intervals, and the name of each method at the end of its line. */
export function linePanel(
  { title, points, xTitle, ticks, tickLabel }: LinePanel,
  methods: readonly string[],
) {
  const all = points.flatMap(({ low, high }) => [low, high, 0]);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const air = (most - least) * 0.04;
  const domain = [least - air, most + air] as const;
  const { color, strokeDash } = looksOf(methods);
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { type: 'log', domain: [ticks[0], ticks.at(-1)], nice: false },
    axis: { title: xTitle, values: ticks, labelExpr: tickLabel, grid: false },
  };
  const y = changeAxis(domain, 5);
  return {
    title: titleOf(title),
    width: 250,
    height,
    data: { values: points.map((point) => ({ ...point, series: point.method })) },
    layer: [
      {
        data: { values: [{ value: 0 }] },
        mark: { type: 'rule', color: 'var(--series-full)', strokeDash: [4, 3] },
        encoding: { y },
      },
      { mark: { type: 'rule', strokeWidth: 1, opacity: 0.6 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color } }, // prettier-ignore
      {
        transform: [{ filter: 'datum.apart !== true' }],
        mark: { type: 'line', strokeWidth: 1.6 },
        encoding: { x, y, color, strokeDash },
      },
      { mark: { type: 'point', filled: true, size: 28, opacity: 1 }, encoding: { x, y, color } },
      {
        data: { values: labels(points, methods, domain) },
        mark: { type: 'text', align: 'left', baseline: 'middle' },
        encoding: { x: { value: 258 }, y: { ...y, field: 'place' }, text: { field: 'text' }, color },
      },
    ],
  };
}

/** Each method's name at the height of its last point, moved apart from the others; with the last point's place where others go on. */
function labels(
  points: readonly Point[],
  methods: readonly string[],
  [bottom, top]: readonly [number, number],
) {
  const last = methods.flatMap((method) => {
    const own = points.filter((point) => point.method === method);
    return own.length === 0 ? [] : [own.reduce((a, b) => (b.x > a.x ? b : a))];
  });
  const perPixel = (top - bottom) / height;
  const places = spreadLabels(
    last.map(({ value }) => (top - value) / perPixel),
    labelGap,
    4,
    height,
  );
  const end = Math.max(...last.map(({ x }) => x));
  return last.map(({ method, x }, i) => ({
    series: method,
    text: x < end ? `${method} (to ${x}x)` : method,
    place: digits(top - places[i] * perPixel),
  }));
}

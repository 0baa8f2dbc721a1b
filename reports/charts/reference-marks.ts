import type { ReferenceRow } from '../../analysis/references/reference-rows.ts';
import { isCompleted } from '../../analysis/summary/rows.ts';
import { formatEstimate, formatFixed } from '../format.ts';
import { metricText } from '../metric-text.ts';
import { memoryText, rowText } from './row-text.ts';
import type { QualityMetric } from './quality-points.ts';
import { tooltip } from './tooltip.ts';

const quiet = 'var(--muted)';

/**
 * The marks of references in a chart of quality against bytes: a dotted line with diamonds for another model at its sizes, and a dotted
 * rule with its name at the left for what has no place on the axis of bytes: a layer without bytes, a model smaller than `minBytes`. A
 * score off the axis stands at its end, and says so.
 */
export function referenceMarks(
  references: readonly ReferenceRow[],
  metric: QualityMetric,
  [bottom, top]: readonly [number, number],
  { plotWidth, minBytes }: { readonly plotWidth: number; readonly minBytes: number },
): Record<string, unknown>[] {
  const known = references.flatMap(({ kind, row }) => (isCompleted(row) ? [{ kind, row }] : []));
  const models = known.filter(({ kind }) => kind === 'model');
  const placed = models.filter(({ row }) => row.estimates.servingBytes.value >= minBytes);
  const points = placed.map(({ row }) => ({
    bytes: row.estimates.servingBytes.value,
    value: row.estimates[metric].value,
    label: row.runs[0].model,
    description: rowText(row, [
      `${metricText[metric].label} ${formatEstimate(row.estimates[metric])}`,
      ...memoryText(row),
      'a reference',
    ]),
  }));
  const rules = [
    ...known.filter(({ kind }) => kind === 'dense'),
    ...(placed.length === 0 ? models.slice(-1) : []),
  ];
  return [
    ...(points.length === 0
      ? []
      : [
          {
            data: { values: points },
            layer: [
              { mark: { type: 'line', strokeWidth: 1, strokeDash: [2, 3], stroke: quiet, clip: true } },
              {
                mark: { type: 'point', shape: 'diamond', size: 50, filled: true, fill: quiet, opacity: 1, clip: true }, // prettier-ignore
                encoding: tooltip,
              },
            ],
          },
          {
            data: { values: points.slice(-1) },
            mark: { type: 'text', align: 'left', dx: 7, dy: -8, fill: quiet, fontSize: 11, clip: true },
            encoding: { text: { field: 'label' } },
          },
        ]),
    ...rules.flatMap(({ row }, index) => {
      const { value } = row.estimates[metric];
      const beyond = value < bottom ? ' ↓ off the axis' : value > top ? ' ↑ off the axis' : '';
      const at = Math.min(top, Math.max(bottom, value));
      const data = { values: [{ value: at, text: `${row.series.label} ${formatFixed(value)}${beyond}` }] };
      return [
        {
          name: `keep_across_reference_${index}_rule`,
          data,
          mark: { type: 'rule', stroke: quiet, strokeWidth: 1, strokeDash: [2, 3] },
          encoding: { x: { value: 0 }, x2: { value: plotWidth } },
        },
        {
          name: `keep_across_reference_${index}_text`,
          data,
          mark: { type: 'text', align: 'left', baseline: at < top ? 'bottom' : 'top', dx: 4, dy: at < top ? -3 : 4, fill: quiet }, // prettier-ignore
          encoding: { x: { value: 0 }, text: { field: 'text' } },
        },
      ];
    }),
  ];
}

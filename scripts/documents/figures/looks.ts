import { keyColorScale } from '../../../reports/charts/series-scales.ts';

/** The look of each method's line, the same in all figures: seven colours, and every other line is dashed. At most 14 methods. */
export function looksOf(methods: readonly string[]) {
  const dashes = methods.map((_, i) => (i % 2 === 0 ? [1, 0] : [5, 3]));
  return {
    color: keyColorScale(methods.map((key, i) => ({ key, color: `var(--series-${i % 7})` }))),
    strokeDash: { field: 'series', type: 'nominal', legend: null, scale: { domain: methods, range: dashes } },
  };
}

/** The title of a panel, above its left edge. */
export function titleOf(text: string) {
  return { text, anchor: 'start', color: 'var(--ink)', fontSize: 13, fontWeight: 'normal' };
}

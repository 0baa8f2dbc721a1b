import type { TopLevelSpec } from 'vega-lite';

/** The configuration of every chart. Colours are the page's CSS variables, so that dark mode needs no second drawing. */
export const theme = {
  background: 'none',
  font: 'inherit',
  view: { stroke: null },
  aria: false,
  axis: {
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    gridColor: 'var(--grid)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    domain: false,
    ticks: false,
    labelPadding: 6,
  },
  text: { fill: 'var(--ink)', fontSize: 12 },
} satisfies TopLevelSpec['config'];

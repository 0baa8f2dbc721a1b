import type { TopLevelSpec, compile } from 'vega-lite';

/** One drawing of a chart at a fixed width; a page holds a wide one and a narrow one and shows the fitting one. */
export interface Drawing {
  readonly width: number;
  readonly svg: string;
}

/** What every chart shares. Colours are the page's CSS variables, so that dark mode needs no second drawing. */
const config: TopLevelSpec['config'] = {
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
};

/**
 * Draws a specification as SVG for inclusion in HTML. `name` makes its ids unique in the page. Encode a mark's
 * `description` to give it a hover title.
 */
export async function drawSvg(spec: TopLevelSpec, name: string, label: string): Promise<string> {
  // Hundreds of modules: verbs that end without a chart, by a mistake or an answer, should not wait for them.
  const [{ Error: errorsOnly, View, parse, resetSVGDefIds }, { compile }] = await Promise.all([
    import('vega'),
    import('vega-lite'),
  ]);
  const compiled = compile({ ...spec, config }, { logger: silent }).spec;
  resetSVGDefIds();
  const view = new View(parse(compiled), { renderer: 'none', logLevel: errorsOnly });
  const svg = await view.toSVG();
  view.finalize();
  return compact(svg, name).replace(/^<svg[^>]*?(viewBox="[^"]*")[^>]*>/, (_, viewBox: string) => {
    return `<svg ${viewBox} role="img" aria-label="${escapeAttribute(label)}">`;
  });
}

/** vega-lite warns on standard error about harmless choices, in the middle of a progress bar. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
} as unknown as NonNullable<NonNullable<Parameters<typeof compile>[1]>['logger']>;

/**
 * Drops what the page does not need (half of the bytes) and turns accessible names of marks into hover titles. Only
 * tags are touched: vega escapes < and > in text and attributes, so nothing a user wrote looks like a tag.
 */
function compact(svg: string, name: string): string {
  const noise =
    / (?:class|role|aria-roledescription|aria-hidden|pointer-events|font-family|stroke-miterlimit)="[^"]*"| opacity="1"/g;
  return svg
    .replace(/<path ([^>]*)aria-label="([^"]*)"([^>]*?)\/>/g, '<path $1$3><title>$2</title></path>')
    .replace(/<[^<>]*>/g, (tag) =>
      tag
        .replace(noise, '')
        .replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
        .replace(/(id="|url\(#)(\w+)/g, `$1${name}-$2`),
    )
    .replace(/<path d="[^"]*"(?: display="none")?\/>/g, '')
    .replace(/<g><\/g>/g, '');
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

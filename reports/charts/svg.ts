import type { TopLevelSpec, compile } from 'vega-lite';
import type { View } from 'vega';
import { compact } from './compact.ts';
import { tellMarks } from './marks.ts';
import { theme } from './theme.ts';

export interface Drawn {
  /** Makes ids unique in the page. */
  readonly name: string;
  /** The text of a screen reader for the whole drawing. */
  readonly label: string;
  /** Places of series by their keys, for scripts; none if the drawing stands alone. */
  readonly places?: ReadonlyMap<string, number>;
  /** False if another drawing of the same chart has the words of the marks. */
  readonly titles?: boolean;
}

/**
 * Draws a specification as SVG for inclusion in HTML. Encode a mark's `description` to give it a hover title;
 * `usermeta.zoom` (a Zoom) lets the page's scripts enlarge
 * parts of it.
 */
export async function drawSvg(
  spec: TopLevelSpec,
  { name, label, places = new Map(), titles = true }: Drawn,
): Promise<string> {
  // Hundreds of modules: verbs that end without a chart, by a mistake or an answer, should not wait for them.
  const [{ Error: errorsOnly, View, parse, resetSVGDefIds }, { compile }] = await Promise.all([
    import('vega'),
    import('vega-lite'),
  ]);
  const compiled = compile({ ...spec, config: theme }, { logger: silent }).spec;
  resetSVGDefIds();
  const view = new View(parse(compiled), { renderer: 'none', logLevel: errorsOnly });
  await view.runAsync();
  tellMarks(view, places);
  const svg = await view.toSVG();
  const zoom = zoomOf(spec);
  const axes = zoom === undefined ? '' : axesOf(view, zoom);
  view.finalize();
  return compact(svg, name, titles).replace(/^<svg[^>]*?(viewBox="[^"]*")[^>]*>/, (_, viewBox: string) => {
    return `<svg ${viewBox} role="img" aria-label="${escapeAttribute(label)}"${axes}>`;
  });
}

/** The axes that a script labels anew when it enlarges a part; ticks of the other axis move unchanged. */
export type Zoom = 'y' | 'xy';

export function zoomOf({ usermeta }: TopLevelSpec): Zoom | undefined {
  return (usermeta as { readonly zoom?: Zoom } | undefined)?.zoom;
}

/** The plot's pixels along each axis, then the kind of scale and the values at its start and end. */
function axesOf(view: View, zoom: Zoom): string {
  const axis = (name: string) => {
    const scale = view.scale(name) as { type: string; invert: (pixel: number) => number };
    const size = name === 'x' ? view.width() : view.height();
    const ends = zoom.includes(name)
      ? [scale.type, ...[0, size].map((pixel) => Number(scale.invert(pixel).toPrecision(9)))]
      : [];
    return ` data-${name}="${[size, ...ends].join(' ')}"`;
  };
  return axis('x') + axis('y');
}

/** vega-lite warns on standard error about harmless choices, in the middle of a progress bar. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
} as unknown as NonNullable<NonNullable<Parameters<typeof compile>[1]>['logger']>;

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

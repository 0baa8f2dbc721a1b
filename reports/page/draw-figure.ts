import type { TopLevelSpec } from 'vega-lite';
import { drawSvg } from '../charts/svg.ts';

export interface Figure {
  readonly title: string;
  readonly drawings: readonly { readonly variant: Variant; readonly svg: string }[];
}

/** Text in a drawing cannot reflow, so a phone gets its own. CSS shows one of the two. */
type Variant = 'wide' | 'narrow' | 'any';
const widths: Readonly<Record<Variant, number>> = { wide: 540, narrow: 350, any: 350 };

/** One drawing after the other: Vega numbers its ids with a counter of the whole process. */
export async function drawFigure(
  name: string,
  title: string,
  variants: readonly Variant[],
  specOf: (width: number) => TopLevelSpec,
): Promise<Figure> {
  const drawings = [];
  for (const variant of variants) {
    const svg = await drawSvg(
      specOf(widths[variant]),
      `${name}-${variant}`,
      `Chart: ${title}. The numbers are in the table.`,
    );
    drawings.push({ variant, svg });
  }
  return { title, drawings };
}

import type { TopLevelSpec } from 'vega-lite';
import { portableSpec } from '../charts/portable-spec.ts';
import { drawSvg, zoomOf } from '../charts/svg.ts';
import type { Series } from '../../analysis/summary/series.ts';
import { lightColors } from './colors.ts';
import { type PackedFile, packedFile } from './packed-file.ts';

export interface Figure {
  readonly title: string;
  /** Stem of downloads. */
  readonly name: string;
  readonly drawings: readonly { readonly variant: Variant; readonly svg: string }[];
  /** The widest drawing's specification with its data. */
  readonly spec: PackedFile;
  /** True if parts of it can be enlarged. */
  readonly zoom: boolean;
}

/** Text in a drawing cannot reflow, so a phone gets its own. CSS shows one of the two. */
type Variant = 'wide' | 'narrow' | 'any';
const widths: Readonly<Record<Variant, number>> = { wide: 540, narrow: 350, any: 350 };

export interface FigureInput {
  readonly name: string;
  readonly title: string;
  readonly variants: readonly Variant[];
  /** Pixels of the wide drawing, where it is not the usual width. */
  readonly wide?: number;
  readonly series: ReadonlyMap<string, Series>;
  readonly specOf: (width: number) => TopLevelSpec;
}

/** One drawing after the other: Vega numbers its ids with a counter of the whole process. */
export async function drawFigure({
  name,
  title,
  variants,
  wide = widths.wide,
  series,
  specOf,
}: FigureInput): Promise<Figure> {
  const widthOf = (variant: Variant) => (variant === 'wide' ? wide : widths[variant]);
  const places = placesOf(series);
  const drawings = [];
  for (const [index, variant] of variants.entries()) {
    const svg = await drawSvg(specOf(widthOf(variant)), {
      name: `${name}-${variant}`,
      label: `Chart: ${title}. The numbers are in the table.`,
      places,
      titles: index === 0,
    });
    drawings.push({ variant, svg });
  }
  const spec = portableSpec(specOf(widthOf(variants[0])), lightColors);
  const file = packedFile(`${name}.vl.json`, JSON.stringify(spec));
  return { title, name, drawings, spec: file, zoom: zoomOf(spec) !== undefined };
}

/** The numbers by which marks and legends know a series: short, and no text of a user. */
export function placesOf(series: ReadonlyMap<string, Series>): Map<string, number> {
  return new Map([...series.keys()].map((key, place) => [key, place]));
}

import { formatCount } from '../format.ts';
import type { DataField } from './data-fields.ts';

const frame = { left: 24, right: 230, top: 20, bottom: 96 };

/**
 * Floats per id of every field against its number of ids (log), as an SVG: a dot for each block of a field. `widths` are in
 * the order of `fields`; `dim` is the model's.
 */
export function widthPicture(
  fields: readonly DataField[],
  widths: readonly (readonly number[])[],
  dim: number,
): string {
  const sizes = fields.map(({ cardinality }) => Math.log10(cardinality));
  const [from, to] = [Math.floor(Math.min(...sizes)), Math.max(1, Math.ceil(Math.max(...sizes)))];
  const maxWidth = Math.max(dim, ...widths.flat());
  const x = (log: number) => frame.left + ((frame.right - frame.left) * (log - from)) / (to - from || 1);
  const y = (width: number) => frame.bottom - ((frame.bottom - frame.top) * width) / maxWidth;
  const powers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const labelled = powers.filter((_, i) => powers.length < 5 || i % 2 === 0);
  const spans = fields.flatMap((_, f) => widths[f].length < 2 ? [] : [`M${place(x(sizes[f]))} ${place(y(Math.min(...widths[f])))}V${place(y(Math.max(...widths[f])))}`]); // prettier-ignore
  const dots = fields.flatMap((_, f) =>
    widths[f].map((width) => `M${place(x(sizes[f]))} ${place(y(width))}h0`),
  );
  return [
    `<svg class="widths" viewBox="0 0 250 114" role="img" aria-label="${label(fields, widths)}">`,
    `<path class="rule" d="M${frame.left} ${y(0)}H${frame.right}M${frame.left} ${place(y(dim))}H${frame.right}"/>`,
    '<text x="0" y="9">floats per id, by ids of a field</text>',
    ...(spans.length > 0 ? [`<path class="spans" d="${spans.join('')}"/>`] : []),
    `<path class="dots" d="${dots.join('')}"/>`,
    `<text x="${frame.left - 6}" y="${place(y(dim) + 4)}" text-anchor="end">${dim}</text>`,
    `<text x="${frame.left - 6}" y="${place(y(0) + 4)}" text-anchor="end">0</text>`,
    ...labelled.map((power) => `<text x="${place(x(power))}" y="111" text-anchor="middle">${powerText(power)}</text>`), // prettier-ignore
    '</svg>',
  ].join('');
}

const extent = (widths: readonly number[]) =>
  [...new Set([Math.min(...widths), Math.max(...widths)])].join(' to ');

/** Numbers alone: no text of others gets into the attribute. */
function label(fields: readonly DataField[], widths: readonly (readonly number[])[]): string {
  const bySize = fields.map(({ cardinality }, f) => ({ cardinality, widths: widths[f] })).sort((a, b) => a.cardinality - b.cardinality); // prettier-ignore
  const [smallest, largest] = [bySize[0], bySize.at(-1)!].map(
    (field) => `${extent(field.widths)} floats for ${formatCount(field.cardinality)} ids`,
  );
  return `Chart: floats per id by ids of a field, from ${smallest} to ${largest}`;
}

/** 1, 10, 100, 1 k, ... */
const powerText = (power: number) => `${10 ** (power % 3)}${['', ' k', ' M', ' G'][Math.floor(power / 3)]}`;

const place = (at: number) => String(Math.round(at * 10) / 10);

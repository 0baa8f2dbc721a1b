/* global document */
import { nameLines } from './chart-names.js';
import { originalOf, round, svgName } from './chart-plot.js';
import { labelAxis } from './chart-ticks.js';

export function isWhole({ left, right, top, bottom }) {
  return left === 0 && right === 1 && top === 0 && bottom === 1;
}

/** Moves every mark to its place on axes that end at the visible part, and labels the axes. */
export function redraw(plot, seen) {
  const { svg, axes, width, height, cut } = plot;
  const toX = (x) => ((x / width - seen.left) / (seen.right - seen.left)) * width;
  const toY = (y) => ((y / height - seen.top) / (seen.bottom - seen.top)) * height;
  const across = new Set(cut.querySelectorAll('[data-part^=across], [data-part^=across] *'));
  for (const mark of cut.querySelectorAll('path, circle, line, text')) {
    const { at, to, corners } = originalOf(mark);
    if (corners !== undefined) {
      const d = corners.map(([letter, x, y]) => `${letter}${round(toX(x))},${round(toY(y))}`).join('');
      mark.setAttribute('d', d);
      continue;
    }
    const [x, y] = across.has(mark) ? [at[0], toY(at[1])] : [toX(at[0]), toY(at[1])];
    mark.setAttribute('transform', `translate(${round(x)},${round(y)})`);
    if (to !== undefined && !across.has(mark)) {
      mark.setAttribute('x2', String(round(toX(to[0]) - x)));
      mark.setAttribute('y2', String(round(toY(to[1]) - y)));
    }
    const isInside = y >= -0.5 && y <= height + 0.5 && x >= -0.5 && x <= width + 0.5;
    if (to === undefined || across.has(mark)) mark.toggleAttribute('hidden', !isInside);
  }
  const whole = isWhole(seen);
  for (const notes of cut.querySelectorAll('[data-part^=notes]')) notes.toggleAttribute('hidden', !whole);
  // Marks of the original drawing stay within a mark's size of its edge; enlarged ones do not.
  cut.style.clipPath = '';
  if (whole) cut.removeAttribute('clip-path');
  else cut.setAttribute('clip-path', `url(#${clipOf(plot)})`);
  labelAxis(axes.x, seen.left, seen.right, toX, whole, (x, text) => [x, text ? 15 : undefined]);
  labelAxis(axes.y, seen.top, seen.bottom, toY, whole, (y, text) => [
    text ? -6 : undefined,
    text ? y + 4 : y,
  ]);
  nameLines(plot, whole && !svg.classList.contains('picking'));
}

function clipOf({ svg, cut, width, height }) {
  const id = `${cut.dataset.cut ?? `cut-${[...document.querySelectorAll('figure svg')].indexOf(svg)}`}`;
  if (cut.dataset.cut !== undefined) return id;
  cut.dataset.cut = id;
  const clip = document.createElementNS(svgName, 'clipPath');
  clip.id = id;
  const box = document.createElementNS(svgName, 'rect');
  for (const [name, value] of Object.entries({ x: -6, y: -6, width: width + 12, height: height + 12 }))
    box.setAttribute(name, String(value));
  clip.append(box);
  svg.append(clip);
  return id;
}

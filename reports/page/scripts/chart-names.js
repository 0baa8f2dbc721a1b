/* global document */
import { originalOf, round, svgName } from './chart-plot.js';

const gap = 15;

/**
 * Puts names beside the lines: as drawn, or at the present ends of lines in an enlarged part and of picked lines. A chart
 * without room for names at its right has them inside, for picked lines alone.
 */
export function nameLines({ svg, width, height, cut, labels, outside, names }, isPlain) {
  for (const group of outside) group.toggleAttribute('hidden', !isPlain);
  labels.replaceChildren();
  if (isPlain) return;
  const isPicking = svg.classList.contains('picking');
  const hasRoom = outside.length > 0;
  if (!isPicking && !hasRoom) return;
  const wanted = [...names]
    .map(([series, text]) => ({ series, text, end: endOf(cut, series, { width, height }) }))
    .filter(({ series, end }) => end !== undefined && (isPicking ? end.isPicked : svg.querySelector(`[data-part=names] [data-s="${series}"]`) !== null)); // prettier-ignore
  wanted.sort((a, b) => a.end.y - b.end.y);
  const places = spread(
    wanted.map(({ end }) => (hasRoom ? end.y : end.y - 9)),
    height,
  );
  wanted.forEach(({ text, end }, i) => {
    const name = document.createElementNS(svgName, 'text');
    name.textContent = `${text.length > 34 ? `${text.slice(0, 33)}…` : text}${end.beyond}`;
    name.setAttribute('class', 'line-name');
    if (hasRoom) {
      const leader = document.createElementNS(svgName, 'path');
      leader.setAttribute('d', `M${round(end.x)},${round(end.y)}L${width + 12},${round(places[i])}`);
      leader.setAttribute('class', 'leader');
      labels.append(leader);
      name.setAttribute('transform', `translate(${width + 16},${round(places[i] + 4)})`);
    } else {
      const isRight = end.x > width * 0.6;
      name.setAttribute('text-anchor', isRight ? 'end' : 'start');
      name.setAttribute(
        'transform',
        `translate(${round(end.x + (isRight ? 0 : 7))},${round(Math.max(10, places[i]))})`,
      );
    }
    labels.append(name);
  });
}

/** The last visible point of a line, in pixels of the plot; for an invisible line, the edge behind which it lies. */
function endOf(cut, series, { width, height }) {
  const marks = [...cut.querySelectorAll(`circle[data-s="${series}"], path[data-s="${series}"]`)];
  if (marks.length === 0) return undefined;
  const points = marks.flatMap((mark) => {
    const { corners } = originalOf(mark);
    const text = corners === undefined ? mark.getAttribute('transform') : mark.getAttribute('d');
    return [...text.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  });
  const isPicked = marks.some((mark) => mark.classList.contains('on'));
  const inside = points.filter(([x, y]) => x >= 0 && x <= width && y >= 0 && y <= height);
  const [x, y] = (inside.length > 0 ? inside : points).reduce((a, b) => (b[0] > a[0] ? b : a));
  if (inside.length > 0) return { x, y, isPicked, beyond: '' };
  if (x < 0 || x > width) return undefined;
  return { x, y: y < 0 ? 0 : height, isPicked, beyond: y < 0 ? ' ↑' : ' ↓' };
}

/** Positions of names in the order given, at least a line apart and inside the plot. */
function spread(wanted, height) {
  const places = [...wanted];
  places.forEach(
    (place, i) => (places[i] = i === 0 ? Math.max(4, place) : Math.max(place, places[i - 1] + gap)),
  );
  for (let i = places.length - 1; i >= 0; i--)
    places[i] = Math.min(places[i], i === places.length - 1 ? height : places[i + 1] - gap);
  return places;
}

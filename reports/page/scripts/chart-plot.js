/* global document */
// A chart's plot as drawn: its axes, its marks, and where they were.
/** The namespace, taken from an existing element: the page holds no addresses except those of papers. */
export const svgName = document.querySelector('svg')?.namespaceURI;
const originals = new WeakMap();

export function plotOf(svg) {
  const axis = (name) => {
    const [size, type, first, last] = svg.dataset[name].split(' ');
    const labels = svg.querySelector(`[data-part=${name}_label]`);
    const grid = svg.querySelector(`[data-part=${name}_grid]`);
    const ticks = [labels, grid].filter((group) => group !== null);
    return {
      size: Number(size),
      scale: type && { isLog: type === 'log', first: Number(first), last: Number(last) },
      ticks: ticks.map((group) => ({ group, drawn: [...group.children] })),
    };
  };
  const axes = { x: axis('x'), y: axis('y') };
  const [width, height] = [axes.x.size, axes.y.size];
  const root = svg.querySelector('g');
  const inner =
    root.children.length === 1 && root.firstElementChild.tagName === 'g' ? root.firstElementChild : root;
  const isAxis = (element) => element.querySelector('[data-part^="x_"], [data-part^="y_"]') !== null;
  const outside = ['names', 'leaders'].map((part) => inner.querySelector(`[data-part=${part}]`));
  const marks = [...inner.children].filter(
    (element) => element.tagName !== 'defs' && !isAxis(element) && !element.matches('[data-part*="_grid"], [data-part*="_label"]') && !outside.includes(element), // prettier-ignore
  );
  const cut = document.createElementNS(svgName, 'g');
  const labels = document.createElementNS(svgName, 'g');
  marks[0].before(cut);
  cut.append(...marks);
  inner.append(labels);
  const entries = svg.closest('section').querySelectorAll('.legend [data-s]');
  const names = new Map([...entries].map((entry) => [entry.dataset.s, entry.textContent.trim()]));
  return { svg, axes, width, height, cut, labels, names, outside: outside.filter((group) => group !== null) };
}

/** The place of a mark in pixels of the plot: `at`, for a straight line also `to`, for a path its `corners`. */
export function originalOf(mark) {
  if (!originals.has(mark)) originals.set(mark, readOf(mark));
  return originals.get(mark);
}

function readOf(mark) {
  const moved = /translate\((-?[\d.]+),(-?[\d.]+)\)/.exec(mark.getAttribute('transform') ?? '');
  if (moved === null && mark.tagName === 'path') {
    const steps = mark.getAttribute('d').matchAll(/([ML])(-?[\d.]+),(-?[\d.]+)/g);
    return { corners: [...steps].map(([, letter, x, y]) => [letter, Number(x), Number(y)]) };
  }
  const at = moved === null ? [0, 0] : [Number(moved[1]), Number(moved[2])];
  if (mark.tagName !== 'line') return { at };
  return { at, to: [at[0] + Number(mark.getAttribute('x2')), at[1] + Number(mark.getAttribute('y2'))] };
}

export function round(pixels) {
  return Math.round(pixels * 100) / 100;
}

/* global document */
import { plotOf } from './chart-plot.js';
import { isWhole, redraw } from './chart-redraw.js';
import { brush } from './chart-brush.js';

// Enlarges a part of a chart. Stretching the drawing would enlarge its marks and falsify its axes, so every mark moves to
// its place on the enlarged axes, and the axes get new ticks. That needs no specification and no library: any scale maps
// pixels to pixels linearly. Vega itself would be half of the page.
const deepest = 64;
const widest = 1 / 16;

for (const figure of document.querySelectorAll('figure')) {
  const plots = [...figure.querySelectorAll('svg[data-y]')].map(plotOf);
  if (plots.length === 0) continue;
  // The visible part of the plot, as shares of its width and height from its upper left corner.
  let seen = { left: 0, right: 1, top: 0, bottom: 1 };
  const says = document.createElement('output');
  const buttons = { '+': 'Enlarge', '−': 'Show more', '↑': 'Up', '↓': 'Down', Reset: 'Reset' };
  const title = figure.querySelector('figcaption').textContent;

  const show = (next) => {
    const height = Math.min(1 / widest, Math.max(1 / deepest, next.bottom - next.top));
    const middle = (next.top + next.bottom) / 2;
    const width = Math.min(1, Math.max(1 / deepest, next.right - next.left));
    const left = Math.min(1 - width, Math.max(0, next.left));
    seen = { left, right: left + width, top: middle - height / 2, bottom: middle + height / 2 };
    for (const plot of plots) redraw(plot, seen);
    const times = 1 / height;
    says.textContent = isWhole(seen) ? '' : `× ${Number(times.toPrecision(2))}`;
    for (const button of tools.querySelectorAll('.moves')) button.hidden = isWhole(seen);
  };
  const scale = (factor) => {
    const middle = (seen.top + seen.bottom) / 2;
    const half = (seen.bottom - seen.top) / 2 / factor;
    const whole = Math.abs(half - 0.5) < 1e-6 && seen.left === 0 && seen.right === 1;
    show({ ...seen, ...(whole ? { top: 0, bottom: 1 } : { top: middle - half, bottom: middle + half }) });
  };
  const move = (x, y) => {
    const [width, height] = [seen.right - seen.left, seen.bottom - seen.top];
    show({ left: seen.left + x * width, right: seen.right + x * width, top: seen.top + y * height, bottom: seen.bottom + y * height }); // prettier-ignore
  };
  const reset = () => show({ left: 0, right: 1, top: 0, bottom: 1 });
  const acts = {
    '+': () => scale(1.5),
    '=': () => scale(1.5),
    '−': () => scale(1 / 1.5),
    '-': () => scale(1 / 1.5),
    '↑': () => move(0, -0.25),
    '↓': () => move(0, 0.25),
    Reset: reset,
    0: reset,
  };
  const steps = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };

  const tools = figure.querySelector('.tools');
  const made = Object.entries(buttons).map(([text, words]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = text;
    button.className = text === '+' || text === '−' ? '' : 'moves';
    button.setAttribute('aria-label', `${words}: ${title}`);
    button.addEventListener('click', acts[text]);
    return button;
  });
  tools.prepend(...made, says);
  for (const button of tools.querySelectorAll('.moves')) button.hidden = true;

  for (const plot of plots) {
    const { svg } = plot;
    svg.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.shiftKey && event.key in steps) move(...steps[event.key]);
      else if (event.key in acts) acts[event.key]();
      else return;
      event.preventDefault();
    });
    svg.addEventListener('redraw', () => redraw(plot, seen));
    brush(plot, {
      // Pixels of the plot as it is seen now.
      zoom: ([x0, y0], [x1, y1]) => {
        const across = (x) => seen.left + (x / plot.width) * (seen.right - seen.left);
        const down = (y) => seen.top + (y / plot.height) * (seen.bottom - seen.top);
        show({ left: across(x0), right: across(x1), top: down(y0), bottom: down(y1) });
      },
      move: (x, y) => move(-x / plot.width, -y / plot.height),
      reset,
    });
    redraw(plot, seen);
  }
}

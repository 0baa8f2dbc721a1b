/* global document */
import { svgName } from './chart-plot.js';

/** A rectangle drawn into a plot enlarges it; with shift, the plot moves along. A finger scrolls the page instead. */
export function brush({ svg, cut, width, height }, { zoom, move, reset }) {
  const inPlot = ({ clientX, clientY }) => {
    const { a, d, e, f } = cut.getScreenCTM();
    return [(clientX - e) / a, (clientY - f) / d];
  };
  let from;
  let box;
  svg.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    from = inPlot(event);
  });
  svg.addEventListener('pointermove', (event) => {
    if (from === undefined) return;
    const to = inPlot(event);
    if (box === undefined && Math.hypot(to[0] - from[0], to[1] - from[1]) < 6) return;
    if (event.shiftKey) {
      move(to[0] - from[0], to[1] - from[1]);
      from = to;
      return;
    }
    if (box === undefined) {
      svg.setPointerCapture(event.pointerId);
      box = document.createElementNS(svgName, 'rect');
      box.setAttribute('class', 'brush');
      cut.parentNode.append(box);
    }
    const [start, end] = ordered(from, to, [width, height]);
    box.setAttribute('x', start[0]);
    box.setAttribute('y', start[1]);
    box.setAttribute('width', end[0] - start[0]);
    box.setAttribute('height', end[1] - start[1]);
  });
  const stop = (event) => {
    if (box !== undefined && event.type === 'pointerup') {
      const [start, end] = ordered(from, inPlot(event), [width, height]);
      if (end[0] - start[0] > 6 && end[1] - start[1] > 6) zoom(start, end);
    }
    box?.remove();
    box = undefined;
    from = undefined;
  };
  svg.addEventListener('pointerup', stop);
  svg.addEventListener('pointercancel', stop);
  svg.addEventListener('dblclick', reset);
}

/** The upper left and the lower right corner, inside the plot. */
function ordered(a, b, size) {
  const inside = (value, i) => Math.min(size[i], Math.max(0, value));
  return [
    a.map((value, i) => inside(Math.min(value, b[i]), i)),
    a.map((value, i) => inside(Math.max(value, b[i]), i)),
  ];
}

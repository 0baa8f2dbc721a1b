import { originalOf, round } from './chart-plot.js';

/** New ticks for an axis of values; the ticks that are still visible for another axis. */
export function labelAxis({ size, scale, ticks }, from, to, toPixel, whole, placeOf) {
  for (const { group, drawn } of ticks) {
    const isText = drawn[0]?.tagName === 'text';
    const put = (element, pixel) => {
      const [x, y] = originalOf(drawn[0]).at;
      const [newX, newY] = placeOf(pixel, isText);
      const isX = group.dataset.part.startsWith('x');
      element.setAttribute('transform', `translate(${round(isX ? newX : x)},${round(isX ? y : newY)})`);
    };
    if (whole || drawn.length === 0) {
      for (const element of drawn) {
        element.removeAttribute('hidden');
        element.setAttribute('transform', `translate(${originalOf(element).at.join(',')})`);
      }
      group.replaceChildren(...drawn);
    } else if (scale) {
      const position = (value) => {
        const [a, b, v] = scale.isLog ? [scale.first, scale.last, value].map(Math.log) : [scale.first, scale.last, value]; // prettier-ignore
        return ((v - a) / (b - a)) * size;
      };
      const valueAt = (part) =>
        scale.isLog
          ? scale.first * (scale.last / scale.first) ** part
          : scale.first + part * (scale.last - scale.first);
      const isSigned = drawn.some((element) => element.textContent.startsWith('+'));
      const made = ticksOf(valueAt(from), valueAt(to)).map(({ value, text }) => {
        const element = drawn[0].cloneNode(true);
        if (isText) element.textContent = isSigned && value > 0 ? `+${text}` : text;
        put(element, toPixel(position(value)));
        return element;
      });
      group.replaceChildren(...made);
    } else {
      const index = group.dataset.part.startsWith('x') ? 0 : 1;
      for (const element of drawn) {
        const pixel = toPixel(originalOf(element).at[index]);
        element.toggleAttribute('hidden', pixel < -1 || pixel > size + 1);
        put(element, pixel);
      }
      group.replaceChildren(...drawn);
    }
  }
}

/** About five values, at multiples of 1, 2 or 5 times a power of ten. */
function ticksOf(a, b) {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const power = 10 ** Math.floor(Math.log10((high - low) / 5));
  const step = power * [1, 2, 5, 10].find((times) => (high - low) / (power * times) <= 6);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    const value = i * step;
    const [unit, letter] = Math.abs(high) >= 1e6 ? [1e6, 'M'] : Math.abs(high) >= 1e4 ? [1e3, 'k'] : [1, ''];
    const places = unit === 1 ? digits : Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9));
    const text = (Math.abs(value) / unit).toFixed(places) + (value === 0 ? '' : letter);
    ticks.push({ value, text: i < 0 ? `−${text}` : text });
  }
  return ticks;
}

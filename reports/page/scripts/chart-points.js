/* global document, CustomEvent, innerWidth, innerHeight */
// Shows the tooltip of a mark on hovering, on touching, and by arrow keys from the chart's one tab stop. Without scripts a
// mark has its title. Events tell legends which series is pointed at (`hover`) and chosen (`pick`).
const reach = 22;
const tip = document.createElement('div');
tip.className = 'tip';
tip.hidden = true;
tip.setAttribute('aria-hidden', 'true');
document.body.append(tip);

for (const figure of document.querySelectorAll('figure')) {
  const drawings = [...figure.querySelectorAll('svg')];
  // The first drawing has the words, the others empty titles in the same order.
  const words = [...drawings[0].querySelectorAll('title')].map((title) => title.textContent);
  for (const svg of drawings) {
    [...svg.querySelectorAll('title')].forEach((title, i) => {
      title.parentNode.dataset.words = words[i];
      title.remove();
    });
    if (words.length > 0) listen(svg);
  }
}

function listen(svg) {
  const label = svg.getAttribute('aria-label');
  svg.setAttribute('aria-label', `${label} Arrow keys go from mark to mark, Enter picks a method out.`);
  svg.setAttribute('role', 'application');
  svg.tabIndex = 0;
  const all = [...svg.querySelectorAll('[data-words]')];
  let current;

  const show = (mark, [x, y]) => {
    if (mark !== current) {
      current = mark;
      const [heading, ...lines] = mark.dataset.words.split('\n');
      const strong = document.createElement('strong');
      strong.textContent = heading;
      tip.replaceChildren(strong, ...lines.flatMap((line) => [document.createElement('br'), line]));
      tell(svg, 'hover', mark.dataset.s);
    }
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 4))}px`;
    tip.style.top = `${y - height - 12 < 4 ? Math.min(y + 16, innerHeight - height - 4) : y - height - 12}px`;
  };
  const hide = () => {
    if (current === undefined) return;
    current = undefined;
    tip.hidden = true;
    tell(svg, 'hover');
  };
  const point = (event) => {
    const near = nearest(all, event.clientX, event.clientY);
    if (near === undefined || (event.buttons > 0 && event.pointerType === 'mouse')) hide();
    else show(near.mark, near.place);
  };
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerdown', point);
  // A lifted finger leaves as well: the tooltip stays until it touches elsewhere.
  svg.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'touch' || hide());
  document.addEventListener('pointerdown', ({ target }) => svg.contains(target) || hide());
  // Going to a mark by keys may scroll the page: the tooltip moves along.
  const scrolled = () => (all.includes(document.activeElement) ? show(current ?? document.activeElement, placeOf(document.activeElement)) : hide()); // prettier-ignore
  document.addEventListener('scroll', scrolled, { passive: true });
  svg.addEventListener('click', ({ pointerType }) => {
    if (current?.dataset.s !== undefined && pointerType !== 'touch') tell(svg, 'pick', current.dataset.s);
  });

  const focus = (mark) => {
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', mark.dataset.words.replaceAll('\n', ', '));
    mark.tabIndex = -1;
    mark.focus();
    show(mark, placeOf(mark));
  };
  svg.addEventListener('focusin', ({ target }) => (svg.tabIndex = target === svg ? 0 : -1));
  svg.addEventListener('focusout', () => {
    svg.tabIndex = 0;
    hide();
  });
  svg.addEventListener('keydown', (event) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = all.includes(document.activeElement) ? document.activeElement : undefined;
    if (event.key === 'Escape') {
      svg.focus();
      hide();
    } else if (focused !== undefined && (event.key === 'Enter' || event.key === ' ')) {
      if (focused.dataset.s !== undefined) tell(svg, 'pick', focused.dataset.s);
    } else {
      const next = neighbour(all.filter(isSeen), focused, event.key);
      if (next === undefined) return;
      focus(next);
    }
    event.preventDefault();
  });
}

function tell(svg, type, series) {
  svg.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: series }));
}

function isSeen(mark) {
  return mark.getClientRects().length > 0;
}

/** Left and right stay with a method, up and down go to another one: in a list of bars to the one above or below. */
function neighbour(marks, mark, key) {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: 0, End: 0 }[key];
  if (step === undefined || marks.length === 0) return undefined;
  if (mark === undefined) return marks[0];
  const [x] = placeOf(mark);
  const own = marks.filter(({ dataset }) => dataset.s === mark.dataset.s);
  const isList = marks.every((one) => hasLength(one));
  if (!isList) own.sort((a, b) => placeOf(a)[0] - placeOf(b)[0]);
  if (key === 'Home') return own[0];
  if (key === 'End') return own.at(-1);
  if (own.length > 1 && (key === 'ArrowLeft' || key === 'ArrowRight')) return own[own.indexOf(mark) + step];
  if (isList) return marks[marks.indexOf(mark) + step];
  const series = [...new Set(marks.map(({ dataset }) => dataset.s))];
  const next = series[(series.indexOf(mark.dataset.s) + step + series.length) % series.length];
  const distance = (one) => Math.abs(placeOf(one)[0] - x);
  return marks
    .filter(({ dataset }) => dataset.s === next)
    .reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

function hasLength(mark) {
  return /h/.test(mark.getAttribute('d') ?? '') && !mark.hasAttribute('transform');
}

function isLine(mark) {
  return /L/.test(mark.getAttribute('d') ?? '') && !mark.hasAttribute('transform');
}

/** The place of a mark on the screen: the last visible corner of a line, else the middle. */
function placeOf(mark) {
  if (isLine(mark)) return corners(mark).at(-1);
  const { x, y, width, height } = mark.getBoundingClientRect();
  return [hasLength(mark) ? x + width : x + width / 2, y + height / 2];
}

function nearest(marks, x, y) {
  let found;
  for (const mark of marks) {
    if (!isSeen(mark)) continue;
    const { distance, place } = isLine(mark) ? toLine(mark, x, y) : toBox(mark, x, y);
    if (distance <= (found?.distance ?? reach)) found = { mark, distance, place };
  }
  return found;
}

function toBox(mark, x, y) {
  const { left, right, top, bottom } = mark.getBoundingClientRect();
  // The one with the nearer middle wins where marks overlap.
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const outside = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
  const distance = outside + Math.hypot(x - middleX, y - middleY) / 1000;
  return { distance, place: hasLength(mark) ? [x, top] : [middleX, top] };
}

/** The corners of a line that lie inside the drawing, on the screen: lines are cut at the plot, which its svg cannot tell. */
function corners(mark) {
  const matrix = mark.getScreenCTM();
  const box = mark.ownerSVGElement.getBoundingClientRect();
  return [...mark.getAttribute('d').matchAll(/(-?[\d.]+),(-?[\d.]+)/g)]
    .map(([, x, y]) => [matrix.a * x + matrix.e, matrix.d * y + matrix.f])
    .filter(([, y]) => y >= box.top && y <= box.bottom);
}

function toLine(mark, x, y) {
  const points = corners(mark);
  let best = { distance: Infinity, place: [x, y] };
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1], points[i]];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const t =
      length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
    const place = [ax + t * (bx - ax), ay + t * (by - ay)];
    const distance = Math.hypot(x - place[0], y - place[1]);
    if (distance < best.distance) best = { distance, place };
  }
  return best;
}

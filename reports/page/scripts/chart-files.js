/* global document, getComputedStyle, Blob, XMLSerializer, print, addEventListener */
import { save } from './packed-files.js';
// Offers the drawing as a file, beside the specification: as SVG as the reader sees it, and as PDF on a page of its own size by the
// browser's print, which keeps letters as letters.
const css = getComputedStyle(document.documentElement);
const looks = ['opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'fill'];

for (const figure of document.querySelectorAll('figure')) {
  const tools = figure.querySelector('.tools');
  const stem = tools.querySelector('a').download.replace(/\.vl\.json(\.gz)?$/, '');
  const picture = document.createElement('button');
  picture.type = 'button';
  picture.textContent = 'SVG';
  picture.setAttribute('aria-label', `SVG of ${figure.querySelector('figcaption').textContent}`);
  picture.addEventListener('click', () => {
    const svg = [...figure.querySelectorAll('svg')].find((one) => one.getClientRects().length > 0);
    save(`${stem}.svg`, new Blob([pictureOf(svg)], { type: 'image/svg+xml' }));
  });
  const sheet = document.createElement('button');
  sheet.type = 'button';
  sheet.textContent = 'PDF';
  sheet.setAttribute(
    'aria-label',
    `PDF of ${figure.querySelector('figcaption').textContent}, by the browser’s print`,
  );
  sheet.addEventListener('click', () => printAlone(figure));
  tools.append(picture, sheet);
}

/** Prints one figure on paper of its size. Everything else comes back afterwards. */
function printAlone(figure) {
  const svg = [...figure.querySelectorAll('svg')].find((one) => one.getClientRects().length > 0);
  const { width, height } = svg.viewBox.baseVal;
  const page = document.createElement('style');
  page.textContent = `@page { size: ${width + 16}px ${height + 16}px; margin: 8px; }`;
  const kept = [];
  // Folds around it are open already: it was clicked.
  for (let node = figure; node !== document.body; node = node.parentElement) {
    node.classList.add('alone');
    kept.push(node);
  }
  svg.parentElement.classList.add('alone-drawing');
  svg.style.width = `${width}px`;
  document.documentElement.classList.add('printing-one');
  document.head.append(page);
  addEventListener(
    'afterprint',
    () => {
      for (const node of kept) node.classList.remove('alone');
      svg.parentElement.classList.remove('alone-drawing');
      svg.style.width = '';
      document.documentElement.classList.remove('printing-one');
      page.remove();
    },
    { once: true },
  );
  print();
}

/** The drawing as a file of its own, with colours instead of their names, and with the titles that the page holds elsewhere. */
function pictureOf(svg) {
  const copy = svg.cloneNode(true);
  const [shown, copies] = [svg, copy].map((one) => [...one.querySelectorAll('*')]);
  shown.forEach((element, i) => {
    const twin = copies[i];
    if (
      element.tagName !== 'g' &&
      element.getClientRects().length === 0 &&
      element.closest('clipPath') === null
    )
      return void twin.remove();
    if (element.matches('.picking [data-s], .line-name, .leader'))
      for (const look of looks) twin.setAttribute(look, getComputedStyle(element).getPropertyValue(look));
    if (element.dataset.words !== undefined) {
      const title = document.createElementNS(svg.namespaceURI, 'title');
      title.textContent = element.dataset.words;
      twin.append(title);
    }
    for (const { name } of [...twin.attributes])
      if (/^(data-|class|role|aria-|tabindex|hidden)/.test(name)) twin.removeAttribute(name);
  });
  const { width, height } = svg.viewBox.baseVal;
  for (const { name } of [...copy.attributes])
    if (name !== 'viewBox' && name !== 'aria-label') copy.removeAttribute(name);
  for (const [name, value] of Object.entries({ width, height, role: 'img' })) copy.setAttribute(name, value);
  copy.setAttribute(
    'style',
    `font-family:system-ui,sans-serif;background:${css.getPropertyValue('--page').trim()}`,
  );
  const text = new XMLSerializer().serializeToString(copy);
  return text.replace(/="var\((--[\w-]+)\)"/g, (_, name) => `="${css.getPropertyValue(name).trim()}"`);
}

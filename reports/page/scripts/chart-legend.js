/* global document, Event */
// Legends pick methods: their entries become buttons, which act on all charts of their comparison together. Marks of picked
// methods keep their look, picked grey lines become dark, each with a dash pattern of its own, and get names; all other
// marks fade. A chart without a picked method does not change.
for (const section of document.querySelectorAll('.comparison')) {
  const entries = [...section.querySelectorAll('.legend [data-s]')];
  const drawings = [...section.querySelectorAll('figure svg')];
  if (entries.length === 0) continue;
  const marksOf = new Map(drawings.map((svg) => [svg, [...svg.querySelectorAll('[data-s]')]]));
  const picked = new Set();

  const hover = (series) => {
    for (const marks of marksOf.values())
      for (const mark of marks) mark.classList.toggle('hot', mark.dataset.s === series);
  };
  const show = () => {
    for (const button of section.querySelectorAll('.legend button[data-s]'))
      button.setAttribute('aria-pressed', String(picked.has(button.dataset.s)));
    for (const all of section.querySelectorAll('.legend .all')) all.hidden = picked.size === 0;
    const order = [...picked];
    for (const [svg, marks] of marksOf) {
      svg.classList.toggle('picking', marks.some((mark) => picked.has(mark.dataset.s))); // prettier-ignore
      for (const mark of marks) {
        const place = order.indexOf(mark.dataset.s);
        mark.classList.toggle('on', place >= 0);
        if (place < 0) delete mark.dataset.dash;
        else mark.dataset.dash = String(place % 4);
      }
      svg.dispatchEvent(new Event('redraw'));
    }
  };
  const pick = (series) => {
    if (!picked.delete(series)) picked.add(series);
    show();
  };

  for (const entry of entries) {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.s = entry.dataset.s;
    button.setAttribute('aria-pressed', 'false');
    button.append(...entry.childNodes);
    entry.append(button);
    button.addEventListener('click', () => pick(button.dataset.s));
    for (const type of ['pointerenter', 'focus'])
      button.addEventListener(type, () => hover(button.dataset.s));
    for (const type of ['pointerleave', 'blur']) button.addEventListener(type, () => hover());
  }
  for (const legend of section.querySelectorAll('.legend[aria-label=Legend]')) {
    const item = document.createElement('li');
    const all = document.createElement('button');
    all.type = 'button';
    all.textContent = 'Show all';
    all.addEventListener('click', () => {
      picked.clear();
      show();
      legend.querySelector('button').focus();
    });
    item.className = 'all';
    item.hidden = true;
    item.append(all);
    legend.append(item);
  }
  section.addEventListener('hover', ({ detail }) => hover(detail ?? undefined));
  section.addEventListener('pick', ({ detail }) => pick(detail));
}

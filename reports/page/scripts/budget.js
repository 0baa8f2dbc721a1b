/* global document */
// Picks the row of the table of best methods that the reader's bytes reach.
for (const form of document.querySelectorAll('.chooser')) {
  const rows = [...form.nextElementSibling.querySelectorAll('tr[data-bytes]')];
  const [full, unit] = [Number(form.dataset.full), Number(form.dataset.unit)];
  const { amount, ratio } = form.elements;
  const slider = form.querySelector('[type=range]');
  const answer = form.querySelector('.bought');
  // The slider is logarithmic, from a little below the smallest layer to a little above the full tables.
  const [low, high] = [Math.log(rows[0].dataset.bytes / 1.2), Math.log(full * 1.2)];
  const three = (value) => String(Number(value.toPrecision(3)));
  const budgets = rows.filter((row) => 'asked' in row.dataset);
  let shown;

  const show = (bytes, except) => {
    const place = Math.round(((Math.log(bytes) - low) / (high - low)) * 1000);
    if (except !== slider) slider.value = place;
    if (except !== amount) amount.value = three(bytes / unit);
    if (except !== ratio) ratio.value = three(Math.max(1, full / bytes));
    slider.setAttribute(
      'aria-valuetext',
      `${three(bytes / unit)} ${amount.parentNode.textContent.trim()}, ${three(full / bytes)} times smaller`,
    );
    // The typed number has three digits: it reaches a row that it rounds to.
    const row = rows.findLast((one) => Number(one.dataset.bytes) <= bytes * 1.005);
    if (row === shown && answer.childNodes.length > 0) return;
    shown = row;
    for (const one of rows) one.classList.toggle('picked', one === row);
    answer.replaceChildren(...(row === undefined ? [tooSmall(rows[0])] : answerOf(row)));
  };

  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', ({ target }) => {
    if (target === slider) return show(Math.exp(low + (slider.value / 1000) * (high - low)), slider);
    const value = Number(target.value);
    if (value > 0) show(target === amount ? value * unit : full / Math.max(1, value), target);
  });
  form.hidden = false;
  show(Number(budgets[Math.floor(budgets.length / 2)]?.dataset.bytes ?? full));
}

function tooSmall(least) {
  const from = least.cells[0].firstChild.textContent.trim();
  return line('p', `No measured layer is so small. The smallest layer takes ${from}.`);
}

function answerOf(row) {
  const choice = line('p', `${row.dataset.says} `);
  choice.className = 'choice';
  const [symbol, name] = [...row.querySelector('.choose').children]
    .slice(0, 2)
    .map((node) => node.cloneNode(true));
  choice.append(symbol, name, ` (${row.querySelector('.measured').textContent})`);
  const names = row.querySelector('.others span');
  return [
    choice,
    line('p', row.dataset.details),
    ...(names === null ? [] : [line('p', `Not shown to be worse: ${names.textContent}.`)]),
    ...(row.dataset.advice === '' ? [] : [line('p', row.dataset.advice)]),
  ];
}

function line(tag, text) {
  const node = document.createElement(tag);
  node.append(text);
  return node;
}

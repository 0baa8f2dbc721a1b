/* global document */
// Shows the difference of two methods at every budget, as the report computed it. Nothing is estimated here.
for (const form of document.querySelectorAll('.pairs')) {
  const budgets = JSON.parse(form.dataset.pairs).map((one) => ({ ...one, gaps: one.gaps.split(';') }));
  const { first, second } = form.elements;
  const table = form.querySelector('table');
  const names = [...first.options].map((option) => option.textContent);
  const show = () => {
    const [a, b] = [first.selectedIndex, second.selectedIndex];
    const heads = table.tHead.rows[0].cells;
    [heads[1].textContent, heads[2].textContent] = [names[a], names[b]];
    table.tBodies[0].replaceChildren(
      ...budgets.map(({ budget, scores, gaps }) => {
        const { text, verdict } = difference({ gaps, scores, names, a, b });
        return rowOf(budget, [scores[a], scores[b], text], verdict);
      }),
    );
  };
  // The first two methods shown are not the baseline, where there are two others.
  const others = names.flatMap((name, i) => (name === 'full' ? [] : [i]));
  first.selectedIndex = others[0] ?? 0;
  second.selectedIndex = others[1] ?? names.indexOf('full');
  form.addEventListener('change', show);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
  show();
}

/** Reads the differences that pairs-view.ts packs, in the order of the pairs (0, 1), (0, 2), ... (1, 2), ... */
function difference({ gaps, scores, names, a, b }) {
  if (a === b) return { text: '–', verdict: 'the same method' };
  const missing = [a, b].find((i) => !/^\d/.test(scores[i]));
  if (missing !== undefined) return { text: '–', verdict: `${names[missing]} has no number` };
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const packed = gaps[low * names.length - (low * (low + 1)) / 2 + high - low - 1];
  if (packed === '') return { text: '–', verdict: 'no seed that both have' };
  const [verdict, ...numbers] = packed;
  const [value, error] = numbers.join('').split(',').map(Number);
  const signed = a < b ? value : -value;
  const digits = (number) => (Math.abs(number) / 1e4).toFixed(4);
  const text = `${signed > 0 ? '+' : signed < 0 ? '−' : ''}${digits(signed)}`;
  const interval = error === undefined ? '' : ` ± ${digits(error)}`;
  return { text: `${text}${interval}`, verdict: verdicts(names[low], names[high])[verdict] };
}

function verdicts(first, second) {
  const few = 'fewer than three common seeds: no verdict';
  return { b: `${first} is better`, w: `${second} is better`, '=': 'equivalent', '?': 'undecided', '!': few };
}

function rowOf(budget, numbers, verdict) {
  const row = document.createElement('tr');
  const heading = document.createElement('th');
  heading.scope = 'row';
  heading.textContent = budget;
  row.append(heading);
  for (const text of [...numbers, verdict]) row.insertCell().textContent = text;
  for (const cell of [...row.cells].slice(1, 4)) cell.className = 'number';
  return row;
}

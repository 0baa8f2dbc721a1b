/* global document */
// Filters the rows of a summary table by words of their method, and by their verdicts.
for (const form of document.querySelectorAll('.filter')) {
  const { tBodies: bodies } = form.nextElementSibling.querySelector('table');
  const rows = [...bodies].flatMap((body) => [...body.querySelectorAll('tr[data-words]')]);
  const [words, standing, count] = ['input', 'select', 'output'].map((tag) => form.querySelector(tag));

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/);
    const standings = standing.value.split(' ');
    for (const row of rows) {
      const named = wanted.every((word) => row.dataset.words.includes(word));
      const own = row.dataset.standing.split(' ');
      row.hidden = !named || (standing.value !== '' && !standings.some((one) => own.includes(one)));
    }
    for (const body of bodies) {
      const all = [...body.querySelectorAll('tr[data-words]')];
      body.hidden = all.length > 0 && all.every((row) => row.hidden);
    }
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = shown === rows.length ? '' : `${shown} of ${rows.length} rows`;
  };
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
  filter();
}

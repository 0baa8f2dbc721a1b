/* global document */
// Makes the summary tables sortable: without scripts they stand as sorted by the report. Budgets stay together.
for (const table of document.querySelectorAll('table.summary')) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const down = heading.getAttribute('aria-sort') !== 'descending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      for (const body of table.tBodies) sortRows(body, column, down ? -1 : 1);
    });
  });
}

/** Rows without a number stay last in either direction. */
function sortRows(body, column, sign) {
  const value = (row) => {
    const cell = row.cells[column];
    if (column === 0) return cell.textContent.trim();
    return cell === undefined || cell.dataset.sort === undefined ? undefined : Number(cell.dataset.sort);
  };
  const rows = [...body.rows]
    .filter((row) => !row.classList.contains('group'))
    .map((row) => ({ row, value: value(row) }));
  rows.sort((a, b) => {
    if (a.value === undefined || b.value === undefined)
      return (a.value === undefined) - (b.value === undefined);
    return a.value < b.value ? -sign : a.value > b.value ? sign : 0;
  });
  body.append(...rows.map(({ row }) => row));
}

/* global document */
// Filters the results by data set, method and variant: without scripts everything is shown.
{
  const form = document.querySelector('form.filters');
  const { data, method, further } = form.elements;
  const said = form.querySelector('output');
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', apply);
  apply();

  function apply() {
    for (const row of document.querySelectorAll('[data-method]'))
      row.hidden =
        (method.value !== '' && row.dataset.method !== method.value) ||
        (row.hasAttribute('data-further') && !further.checked);
    for (const item of document.querySelectorAll('li[data-data]'))
      item.hidden =
        isOther(item) || (method.value !== '' && !JSON.parse(item.dataset.methods).includes(method.value));
    for (const section of document.querySelectorAll('section[data-data]')) {
      const boards = [...section.querySelectorAll('.board')];
      for (const board of boards) {
        board.hidden = method.value !== '' && !board.querySelector('tr[data-method]:not([hidden])');
        if (method.value !== '') board.open = true;
      }
      section.hidden = isOther(section) || boards.every((board) => board.hidden);
    }
    const shown = document.querySelectorAll('li[data-data]:not([hidden])').length;
    said.textContent = shown === 1 ? '1 recording' : `${shown} recordings`;
  }

  function isOther(element) {
    return data.value !== '' && element.dataset.data !== data.value;
  }
}

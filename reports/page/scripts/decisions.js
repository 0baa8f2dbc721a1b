/* global document */
// Shows the decision of every budget by the rule and the cost that the reader picks, as the report made it. Nothing is decided here.
for (const form of document.querySelectorAll('[data-decisions]')) {
  const { rule, cost } = form.elements;
  const budgets = [...form.nextElementSibling.querySelectorAll('[data-choices]')].map((place) => ({
    place,
    ...JSON.parse(place.dataset.choices),
  }));
  const show = () => {
    for (const { place, texts, at } of budgets) {
      const text = texts[at[rule.selectedIndex][cost.selectedIndex]];
      const end = text.indexOf('\n');
      const [head, rest] = place.children;
      head.textContent = text.slice(0, end);
      rest.textContent = text.slice(end + 1);
    }
  };
  form.addEventListener('change', show);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
}

/* global document, ResizeObserver */
// Says above a table that it goes on at its side, while it does.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const region = target.closest('.scroll');
    region.classList.toggle('goes-on', region.scrollWidth > region.clientWidth + 1);
  }
});
for (const region of document.querySelectorAll('.scroll')) {
  watch.observe(region);
  if (region.firstElementChild !== null) watch.observe(region.firstElementChild);
}

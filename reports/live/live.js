/* global EventSource, document */
const lost = document.getElementById('lost');
const source = new EventSource('/events');
source.onopen = () => (lost.hidden = true);
source.onerror = () => (lost.hidden = false);
source.onmessage = ({ data }) => {
  const { parts, ending } = JSON.parse(data);
  for (const [name, html] of Object.entries(parts)) document.getElementById(name).innerHTML = html;
  document.title = `${document.getElementById('over').textContent} · embed-bench`;
  if (ending) source.close();
};

/* global document, atob, Blob, DecompressionStream, Response, setTimeout, URL */
// Files of the page are gzipped. A browser that can unpack them saves the file itself.
if (typeof DecompressionStream === 'function')
  for (const packed of document.querySelectorAll('a[download$=".gz"]')) {
    const name = packed.download.replace(/\.gz$/, '');
    packed.addEventListener('click', async (event) => {
      event.preventDefault();
      const bytes = Uint8Array.from(atob(packed.href.split(',')[1]), (letter) => letter.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
      save(name, await new Response(stream).blob());
    });
  }

export function save(name, blob) {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

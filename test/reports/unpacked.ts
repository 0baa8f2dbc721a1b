/** Removes the compressed files from a page: other versions of Node compress differently. */
export function unpacked(page: string): string {
  return page.replace(/(href="data:application\/gzip;base64,)[^"]*/g, '$1');
}

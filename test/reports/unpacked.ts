/** Without what the files in it became, compressed: other versions of Node compress in another way. */
export function unpacked(page: string): string {
  return page.replace(/(href="data:application\/gzip;base64,)[^"]*/g, '$1');
}

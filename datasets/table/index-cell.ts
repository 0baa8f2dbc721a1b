/** The index of a category as libsvm writes it, `12:1`; what is wrong with any other cell, as the end of a sentence that begins with it. */
export function indexOf(cell: string): number | string {
  const match = /^([0-9]+):([-+.0-9eE]+)$/.exec(cell);
  if (match === null || Number(match[1]) >= 2 ** 31)
    return 'is not an index with its value, such as 12:1: use the form text';
  return Number(match[2]) === 1 ? Number(match[1]) : 'has another value than 1, so it is no category';
}

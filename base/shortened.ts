/** Characters of a line about an error: records, files and libraries may hold any amount of text. */
export const maxLine = 500;

/** Shortens a line in its middle: the beginning names the problem, and the end gives the advice. */
export function shortened(line: string, most = maxLine): string {
  if (line.length <= most) return line;
  const end = Math.floor(most / 3);
  // A surrogate pair is not cut in two.
  const first = line.slice(0, most - end - 3).replace(/[\ud800-\udbff]$/, '');
  return `${first} … ${line.slice(-end).replace(/^[\udc00-\udfff]/, '')}`;
}

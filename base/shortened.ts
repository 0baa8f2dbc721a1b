/** Characters of a line about an error: records, files and libraries may hold any amount of text. */
export const maxLine = 500;

/** A line of at most so many characters: its beginning, which says what is wrong, and its end, which says what to do. */
export function shortened(line: string, most = maxLine): string {
  if (line.length <= most) return line;
  const end = Math.floor(most / 3);
  // No half of a character that takes two.
  const first = line.slice(0, most - end - 3).replace(/[\ud800-\udbff]$/, '');
  return `${first} … ${line.slice(-end).replace(/^[\udc00-\udfff]/, '')}`;
}

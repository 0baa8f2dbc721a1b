/** A text as one word of a shell's command line: in quotes where the shell would take it for something else. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The words of a line that `shellWord` wrote, one space between them; undefined for a line with open quotes. */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  // A piece is text in quotes, an escaped quote, or plain characters; pieces that touch are one word.
  const word = /(?:'[^']*'|\\'|[^\s'\\])+/y;
  let at = line.search(/\S|$/);
  while (at < line.length) {
    word.lastIndex = at;
    const found = word.exec(line);
    if (found === null) return undefined;
    words.push(
      found[0].replace(/'([^']*)'|\\(')/g, (_, quoted?: string, mark?: string) => quoted ?? mark ?? ''),
    );
    at = word.lastIndex;
    const gap = /^\s+|^$/.exec(line.slice(at));
    if (gap === null) return undefined;
    at += gap[0].length;
  }
  return words;
}

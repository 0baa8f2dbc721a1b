import { UserError } from '../../base/user-error.ts';

/** The words of a command as a recording has it (command-text.ts): in single quotes where a shell would take them for something else. */
export function wordsOf(command: string): string[] {
  const words: string[] = [];
  const word = /(?:'([^']*)'|\\(.)|([^\s'\\]+))/gy;
  let last = -1;
  for (let at = 0; at < command.length;) {
    if (/\s/.test(command[at])) {
      at++;
      continue;
    }
    word.lastIndex = at;
    const found = word.exec(command);
    if (found === null) throw new UserError(`the recording's command is no command: ${command}`);
    const text = found[1] ?? found[2] ?? found[3];
    if (last === at) words.push(words.pop()! + text);
    else words.push(text);
    at = last = word.lastIndex;
  }
  return words;
}

/** The words without some options and their values: `--out X` and `--out=X`. */
export function without(
  words: readonly string[],
  valued: readonly string[],
  flags: readonly string[] = [],
): string[] {
  return words.filter((word, i) => {
    const name = word.split('=')[0];
    if (flags.includes(word) || valued.includes(name)) return false;
    return !(i > 0 && valued.includes(words[i - 1]));
  });
}

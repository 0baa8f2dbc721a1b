import { spelled } from '../../base/command-spelling.ts';
import { shortened } from '../../base/shortened.ts';

/**
 * Everything that verbs print goes through here. Names, errors and paths come from records, files and libraries, and a terminal
 * would obey control characters in them: these, and characters that change the direction of text, are escaped.
 */

/** C0 except line feeds and tabs, delete, C1, line and paragraph separators, and direction marks. */
const steering = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g; // eslint-disable-line no-control-regex

/** Escapes control characters: ESC becomes `\x1b`. Line feeds and tabs stay. Commands are spelled as they are typed here. */
export function plainText(text: string): string {
  return spelled(text).replace(steering, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s*\n\s*/g, ' ');
}

/** The same on one line of limited length, for errors. */
export function shortLine(text: string): string {
  return shortened(plainLine(text));
}

/** Prints a result on stdout. */
export function print(text: string): void {
  console.log(plainText(text));
}

/** Prints one JSON object on stdout. Nothing is escaped further: JSON escapes control characters by itself. */
export function printJson(value: unknown): void {
  console.log(
    JSON.stringify(value).replace(steering, (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }),
  );
}

/** Prints progress and errors on stderr. */
export function complain(text: string): void {
  console.error(plainText(text));
}

/** Prints an error on stderr, in one line of limited length. */
export function complainLine(text: string): void {
  console.error(shortLine(text));
}

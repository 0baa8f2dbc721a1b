import { shortened } from '../../base/shortened.ts';

/**
 * All that verbs print goes through here. Names, errors and paths come from records, files and libraries: a terminal would
 * obey what is in them, so control characters are shown as what they are, and those that turn the direction of text too.
 */

/** C0 but line feeds and tabs, delete, C1, the separators of lines and paragraphs, and marks of direction. */
const steering = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g; // eslint-disable-line no-control-regex

/** Text that a terminal shows and does not obey: ESC is `\x1b`. Line feeds and tabs stay. */
export function plainText(text: string): string {
  return text.replace(steering, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s*\n\s*/g, ' ');
}

/** The same, and no longer than a reader takes in: for what is wrong. */
export function shortLine(text: string): string {
  return shortened(plainLine(text));
}

/** On stdout: what was asked for. */
export function print(text: string): void {
  console.log(plainText(text));
}

/** One JSON object on stdout, nothing of it changed: JSON can say those characters in others. */
export function printJson(value: unknown): void {
  console.log(
    JSON.stringify(value).replace(steering, (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }),
  );
}

/** On stderr: progress, and what is wrong. */
export function complain(text: string): void {
  console.error(plainText(text));
}

/** On stderr: what is wrong, in one line of limited length. */
export function complainLine(text: string): void {
  console.error(shortLine(text));
}

import { basename, isAbsolute } from 'node:path';
import { shellWord } from '../../base/shell-word.ts';

/**
 * The command line for the record, as a shell takes it. Recordings are published, so absolute paths are shortened to their last
 * part: the rest would reveal where somebody's files are, and means nothing elsewhere. Names of machines that are gone are left
 * out for the same reason.
 */
export function commandText(args: readonly string[]): string {
  const nameOf = (text: string) => (isAbsolute(text) ? basename(text) : text);
  const published = (text: string) => text.split(',').map(nameOf).join(',');
  return args
    .filter((arg, i) => !/^--gone-host(=|$)/.test(arg) && args[i - 1] !== '--gone-host')
    .map((arg) => {
      const [option, ...value] = arg.split('=');
      return value.length === 0 ? published(arg) : `${option}=${published(value.join('='))}`;
    })
    .map(shellWord)
    .join(' ');
}

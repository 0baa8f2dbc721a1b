import { UserError } from '../../base/user-error.ts';
import { firstBytes, isParquet, recognise } from '../table/recognise.ts';
import { textHead } from '../text/text-head.ts';
import { readLine } from './read-line.ts';
import { rowBuffer } from './row-buffer.ts';

/** Throws a UserError for a file whose first line shows that it is something else, with the command that reads it. */
export function refuseOtherFormat(path: string): void {
  if (!isParquet(firstBytes(path, 4))) {
    const { bytes } = textHead(path);
    const line = Buffer.from(bytes).toString('latin1').split('\n', 1)[0].replace(/\r$/, '');
    if (readLine(line, rowBuffer(1)) === undefined) return;
  }
  const found = recognise(path);
  if (found !== undefined && !found.datasets?.includes('criteo'))
    throw new UserError(`${path}: is ${found.what}, not Criteo's train file; read it with ${found.command}`);
}

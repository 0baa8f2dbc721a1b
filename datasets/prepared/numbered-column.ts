import fs from 'node:fs';
import { UserError } from '../../base/user-error.ts';
import { checksum } from '../checksum.ts';
import { readValues } from './file-bytes.ts';

/** Columns of more bytes than this stay in their file while their tokens become numbers. */
export const mostResident = 2 ** 28;
/** A chunk of a file is large enough to read it quickly; one in memory, small enough to stay in the near cache. */
const chunkValues = 1 << 18;
const residentChunk = 1 << 15;
const advice = 'prepare the data again';

/** The tokens of a field, which become numbers in one pass; a second pass reads the numbers. */
export interface NumberedColumn {
  /**
   * Values from .. to - 1, in order, in chunks: `visit` writes a number for each token [n, words]. Tokens of one word and their numbers are
   * one array. Calls follow one another from value 0 to the last one.
   */
  fill(from: number, to: number, visit: (tokens: Uint32Array, numbers: Uint32Array) => void): void;
  /** The numbers of all values, in order, in chunks that may be overwritten. */
  numbers(): Iterable<Uint32Array>;
  close(): void;
}

/** A column in memory. */
export function residentColumn(tokens: Uint32Array, words: number, numbers: Uint32Array): NumberedColumn {
  return {
    fill: (from, to, visit) => visit(tokens.subarray(from * words, to * words), numbers.subarray(from, to)),
    *numbers() {
      for (let from = 0; from < numbers.length; from += residentChunk)
        yield numbers.subarray(from, from + residentChunk);
    },
    close() {},
  };
}

/**
 * A column in its file, of any length. Numbers take the places of tokens in the file, from its beginning on: they are never longer. Memory:
 * a chunk. Throws a UserError if the disk gives other bytes back than were written; `digest` is of the tokens.
 */
export function columnInFile(path: string, words: number, values: number, digest: string): NumberedColumn {
  const fd = fs.openSync(path, 'r+');
  const chunk = new Uint32Array(Math.min(chunkValues, values) * words);
  const numbers = words === 1 ? chunk : new Uint32Array(Math.min(chunkValues, values));
  const [tokenSum, numberSum] = [checksum(), checksum()];
  let numbersDigest: string | undefined;
  const require = (found: string, expected: string) => {
    if (found !== expected)
      throw new UserError(`${path}: other bytes came back from the disk than were written; ${advice}`);
  };
  return {
    fill(from, to, visit) {
      for (let first = from; first < to; first += chunkValues) {
        const size = Math.min(chunkValues, to - first);
        const [tokens, own] = [chunk.subarray(0, size * words), numbers.subarray(0, size)];
        readValues({ fd, path }, tokens, 4 * first * words, {
          advice,
          visit: (bytes) => tokenSum.update(bytes),
        });
        visit(tokens, own);
        const bytes = new Uint8Array(own.buffer, 0, own.byteLength);
        numberSum.update(bytes);
        for (let done = 0; done < bytes.length;)
          done += fs.writeSync(fd, bytes, done, bytes.length - done, 4 * first + done);
      }
      if (to < values) return;
      require(tokenSum.digest(), digest);
      numbersDigest = numberSum.digest();
    },
    *numbers() {
      const sum = checksum();
      for (let first = 0; first < values; first += chunkValues) {
        const own = numbers.subarray(0, Math.min(chunkValues, values - first));
        readValues({ fd, path }, own, 4 * first, { advice, visit: (bytes) => sum.update(bytes) });
        yield own;
      }
      require(sum.digest(), numbersDigest!);
    },
    close: () => fs.closeSync(fd),
  };
}

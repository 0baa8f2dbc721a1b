import { hash32 } from '../../base/hash.ts';
import { UserError } from '../../base/user-error.ts';
import type { SplitSettings } from './settings.ts';
import type { RowFacts, Split } from './split-parts.ts';

/**
 * Each row by the hash of its number alone: adding rows to a log moves no other row to another part. 8:1:1 without
 * `shares`.
 */
export function randomSplit(rows: number, { shares, splitSeed }: SplitSettings): Split {
  const partOfRow = new Uint8Array(rows);
  const validation = shares && 2 ** 32 * shares.train;
  const test = shares && 2 ** 32 * (shares.train + shares.validation);
  for (let row = 0; row < rows; row++) {
    const hash = hash32(row, splitSeed);
    if (validation === undefined) partOfRow[row] = Math.max(0, (hash % 10) - 7);
    else partOfRow[row] = hash < validation ? 0 : hash < test! ? 1 : 2;
  }
  return partsInTurn(partOfRow);
}

/** Parts as the log gives them. Without validation rows, a tenth of the training rows validates, each by the hash of its number. */
export function givenSplit(rows: number, { splitSeed }: SplitSettings, { parts }: RowFacts): Split {
  if (parts === undefined)
    throw new UserError(
      'the log does not come split, so --protocol given is not possible: give train, validation and test files or a column with the part, or choose another --protocol',
    );
  if (parts.some((part) => part === 1)) return partsInTurn(parts);
  const partOfRow = parts.slice();
  for (let row = 0; row < rows; row++)
    if (partOfRow[row] === 0 && hash32(row, splitSeed) % 10 === 0) partOfRow[row] = 1;
  return { ...partsInTurn(partOfRow), validationFromTrain: true };
}

/** One part after the other, each in the order of the log. */
function partsInTurn(partOfRow: Uint8Array): Split {
  const sizes = [0, 0, 0];
  for (let row = 0; row < partOfRow.length; row++) sizes[partOfRow[row]]++;
  const [train, validation, test] = sizes;
  const next = [0, train, train + validation];
  const placeOfRow = new Uint32Array(partOfRow.length);
  for (let row = 0; row < partOfRow.length; row++) placeOfRow[row] = next[partOfRow[row]]++;
  return {
    parts: {
      train: { start: 0, rows: train, step: 1 },
      validation: { start: train, rows: validation, step: 1 },
      test: { start: train + validation, rows: test, step: 1 },
    },
    placeOfRow,
  };
}

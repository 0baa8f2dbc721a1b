import type { Part, Protocol } from '../../harness/contract/data.ts';
import { parts } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { hash32 } from '../../base/hash.ts';

/** The rows of a part in every column file: `start`, `start + step`, ... */
export interface PartRange {
  readonly start: number;
  readonly rows: number;
  readonly step: number;
}

/** Past the last row of a part. */
export function endOf({ start, rows, step }: PartRange): number {
  return start + (rows - 1) * step + 1;
}

export interface Split {
  readonly parts: Readonly<Record<Part, PartRange>>;
  /** Index into `parts` of every row of the log, if the column files are regrouped; otherwise they keep the order of the log. */
  readonly partOfRow?: Uint8Array; // [rows]
}

/** Throws a UserError when a part would be empty. */
export function splitRows(rows: number, protocol: Protocol, seed: number): Split {
  const split = protocol === 'temporal' ? temporalSplit(rows) : randomSplit(rows, seed);
  const empty = parts.find((part) => split.parts[part].rows === 0);
  if (empty !== undefined) {
    throw new UserError(
      `${rows} rows are too few for a ${protocol} split: the ${empty} part would be empty; use more rows`,
    );
  }
  return split;
}

/**
 * Seven "days" of equal size (the first ones have one row more if 7 does not divide the rows), six of them to train on, as
 * facebookresearch/dlrm cuts the Kaggle file. Every second row of the last day is a test row, the others validate.
 * dlrm halves the day instead: its halves differ by .02 AUC on Criteo, which is more than compression costs, so that
 * validation would choose for other hours than those tested.
 */
function temporalSplit(rows: number): Split {
  const days = 7;
  const lastDay = Math.floor(rows / days);
  const train = rows - lastDay;
  const test = Math.ceil(lastDay / 2);
  return {
    parts: {
      train: { start: 0, rows: train, step: 1 },
      test: { start: train, rows: test, step: 2 },
      validation: { start: train + 1, rows: lastDay - test, step: 2 },
    },
  };
}

/** 8:1:1, each row by the hash of its number alone: adding rows to a log moves no other row to another part. */
function randomSplit(rows: number, seed: number): Split {
  const partOfRow = new Uint8Array(rows);
  const sizes = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const tenth = hash32(row, seed) % 10;
    const part = tenth < 8 ? 0 : tenth - 7;
    partOfRow[row] = part;
    sizes[part]++;
  }
  const [train, validation, test] = sizes;
  return {
    parts: {
      train: { start: 0, rows: train, step: 1 },
      validation: { start: train, rows: validation, step: 1 },
      test: { start: train + validation, rows: test, step: 1 },
    },
    partOfRow,
  };
}

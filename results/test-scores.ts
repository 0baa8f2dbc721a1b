import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../files/folders.ts';
import { writeWhole } from '../files/whole-file.ts';

/**
 * The click probabilities of every test row that runs gave, beside their records: what tells which differences of AUC
 * other test rows would show too. They are large and can be made again, so no recording needs them, and git takes none.
 *
 *   scores/<run id>.f32    float32, little-endian, in the order of the log: 4 bytes a row. No fewer bits: the AUC of the
 *                          record comes out again, bit by bit, which is how a reader knows that they belong together
 *   scores/labels.u8       0 or 1, a byte a row: all runs of a recording are tested on the same rows
 */

/** The largest number of test rows (4 MB a run) for which scores are kept by default. */
export const maxRowsKept = 1_000_000;

/** Scores of a recording's runs. */
export interface TestScores {
  readonly labels: Uint8Array;
  /** The scores of a run, read anew every time. Undefined if there are none, or not for every row. */
  of(id: string): Float32Array | undefined;
}

/**
 * Writes the scores of a run whole or not at all, even if its process dies. Call it before the run's record is
 * appended: scores without a record are never read.
 */
export function writeTestScores(
  directory: string,
  id: string,
  probabilities: Float32Array,
  labels: Uint8Array,
): void {
  const folder = join(directory, 'scores');
  makeFolder(folder);
  writeWhole(labelsFile(folder), labels);
  writeWhole(scoresFile(folder, id), probabilities);
}

/** Removes what processes left behind that were killed while they wrote. The caller holds the recording's lock. */
export function clearTornScores(directory: string): void {
  const folder = join(directory, 'scores');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name));
}

/** Undefined if a recording has no scores for this number of test rows. */
export function readTestScores(directory: string, rows: number): TestScores | undefined {
  const folder = join(directory, 'scores');
  const labels = readOf(labelsFile(folder), rows);
  if (labels === undefined) return undefined;
  return {
    labels,
    of(id) {
      const bytes = isFileName(id) ? readOf(scoresFile(folder, id), 4 * rows) : undefined;
      // A copy, for the bytes of a file need not begin at a multiple of four.
      return bytes && new Float32Array(new Uint8Array(bytes).buffer);
    },
  };
}

function readOf(file: string, length: number): Uint8Array | undefined {
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  return bytes.length === length ? bytes : undefined;
}

/** Ids are hexadecimal; a record from elsewhere may claim anything. */
function isFileName(id: string): boolean {
  return /^[\w-]+$/.test(id);
}

function scoresFile(folder: string, id: string): string {
  return join(folder, `${id}.f32`);
}

function labelsFile(folder: string): string {
  return join(folder, 'labels.u8');
}

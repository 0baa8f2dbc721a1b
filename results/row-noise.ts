import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../files/whole-file.ts';
import { count, share } from './quantities.ts';
import { checkProblem, sealedLine } from './sealed-line.ts';

/**
 * row-noise.jsonl beside runs.jsonl: what verdicts need of the scores of test rows, small enough to be committed. A heading and
 * a line for every budget, each ending in a check of itself. A line has the covariances over test rows (DeLong) of the AUCs of its
 * runs, of their deviations from the mean run: differences of runs are the same, and float32 has digits enough for them. Lower
 * half with the diagonal, row by row, float32 little-endian in base64: n runs take 2.67 n (n + 1) bytes and their ids.
 */
const name = 'row-noise.jsonl';

const heading = z.object({
  kind: z.literal('row noise'),
  version: z.literal(1),
  rows: count,
  budgets: count,
});
const line = z.object({ requested: z.number(), ids: z.array(z.string()), aucs: z.array(share), covariances: z.base64() }); // prettier-ignore

/** Covariances of the runs of a budget. */
export interface BudgetCovariances {
  readonly requested: number;
  readonly ids: readonly string[];
  /** AUCs of the records: tells whether the file is of these runs. */
  readonly aucs: readonly number[];
  /** Lower half with the diagonal: element (i, j <= i) is at i (i + 1) / 2 + j. */
  readonly covariances: Float32Array;
}

export interface RowCovariances {
  /** Test rows. */
  readonly rows: number;
  readonly budgets: readonly BudgetCovariances[];
}

/** Writes the file whole or not at all. Returns its bytes. */
export function writeRowCovariances(directory: string, { rows, budgets }: RowCovariances): number {
  const lines = [
    sealedLine({ kind: 'row noise', version: 1, rows, budgets: budgets.length }),
    ...budgets.map(({ covariances, ...rest }) => sealedLine({ ...rest, covariances: base64Of(covariances) })),
  ];
  const text = `${lines.join('\n')}\n`;
  writeWhole(join(directory, name), text);
  return Buffer.byteLength(text);
}

/** The covariances, or why they are left out: the file is torn, changed, or of other rows. Undefined if there is no file. */
export function readRowCovariances(
  directory: string,
  rows: number,
): RowCovariances | { readonly problem: string } | undefined {
  const file = join(directory, name);
  if (!existsSync(file)) return undefined;
  const problem = (what: string) => ({ problem: `${name} is left out: ${what}` });
  if (!statSync(file).isFile()) return problem('it is no file');
  const lines = readFileSync(file, 'utf8').split('\n');
  if (lines.pop() !== '') return problem('its end is missing');
  if (lines.some((one) => !one.includes('"check":') || checkProblem(one) !== undefined))
    return problem('it was changed after it was written');
  try {
    const first = heading.parse(JSON.parse(lines[0] ?? ''));
    if (lines.length !== first.budgets + 1) return problem('budgets are missing');
    if (first.rows !== rows) return problem(`it is of ${first.rows} test rows, the recording of ${rows}`);
    const budgets = lines.slice(1).map((one) => budgetOf(line.parse(JSON.parse(one))));
    if (budgets.some((one) => one === undefined)) return problem('a budget has another number of covariances than of runs'); // prettier-ignore
    return { rows, budgets: budgets as BudgetCovariances[] };
  } catch {
    return problem('it is not in the format that this version reads');
  }
}

function budgetOf({ covariances, ...rest }: z.infer<typeof line>): BudgetCovariances | undefined {
  const bytes = Buffer.from(covariances, 'base64');
  const runs = rest.ids.length;
  if (bytes.length !== 2 * runs * (runs + 1) || rest.aucs.length !== runs) return undefined;
  // A copy, for the bytes of a buffer need not begin at a multiple of four.
  return { ...rest, covariances: new Float32Array(new Uint8Array(bytes).buffer) };
}

const base64Of = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

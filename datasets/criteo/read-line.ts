import { missingInteger } from '../raw-rows.ts';
import { categoryColumns, columnNames, integerColumns } from './columns.ts';
import type { RowBuffer } from './row-buffer.ts';

/**
 * Appends one line, given without its line end, to `rows`: the complete, slow counterpart of parseLines. Returns what
 * is wrong with a malformed line, naming the column, and then appends nothing.
 */
export function readLine(line: string, rows: RowBuffer): string | undefined {
  if (line === '') return 'the line is empty';
  const cells = line.split('\t');
  if (cells.length !== columnNames.length) {
    const hint =
      cells.length === columnNames.length - 1
        ? ' (the test file of the competition has no labels: use the train file)'
        : '';
    return `${cells.length} columns instead of ${columnNames.length}, tab separated${hint}`;
  }
  const problem = cells.map(cellProblem).find((found) => found !== undefined);
  if (problem !== undefined) return problem;
  const row = rows.size++;
  rows.labels[row] = Number(cells[0]);
  for (let f = 0; f < integerColumns.length; f++) {
    const cell = cells[1 + f];
    rows.integers[f * rows.stride + row] = cell === '' ? missingInteger : Number(cell);
  }
  for (let f = 0; f < categoryColumns.length; f++) {
    const cell = cells[1 + integerColumns.length + f];
    rows.tokens[f * rows.stride + row] = cell === '' ? 0 : parseInt(cell, 16);
  }
  return undefined;
}

function cellProblem(cell: string, column: number): string | undefined {
  const complaint =
    column === 0
      ? labelProblem(cell)
      : column <= integerColumns.length
        ? integerProblem(cell)
        : tokenProblem(cell);
  return complaint && `column ${column + 1} (${columnNames[column]}): ${quote(cell)} ${complaint}`;
}

const labelProblem = (cell: string) => (cell === '0' || cell === '1' ? undefined : 'is not a label, 0 or 1');

function integerProblem(cell: string): string | undefined {
  if (cell === '') return undefined;
  if (!/^-?[0-9]+$/.test(cell)) return 'is not an integer';
  return Math.abs(Number(cell)) < 2 ** 31 ? undefined : 'does not fit into 32 bits';
}

const tokenProblem = (cell: string) =>
  cell === '' || /^[0-9a-fA-F]{1,8}$/.test(cell)
    ? undefined
    : 'is not a category of 1 to 8 hexadecimal digits';

const quote = (cell: string) => JSON.stringify(cell.length > 24 ? `${cell.slice(0, 24)}...` : cell);

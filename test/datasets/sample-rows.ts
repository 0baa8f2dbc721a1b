import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { onTestFinished } from 'vitest';
import { categoryColumns, integerColumns } from '../../datasets/criteo/columns.ts';
import { missingInteger, type RawBlock, type RawSource } from '../../datasets/raw-rows.ts';

export interface Row {
  readonly label: number;
  readonly integers: readonly number[]; // missingInteger where empty
  readonly tokens: readonly number[];
}

/** A temporary directory that goes with the test. */
export function temporaryDirectory(): string {
  const path = fs.mkdtempSync(join(os.tmpdir(), 'embed-bench-'));
  onTestFinished(() => fs.rmSync(path, { recursive: true, force: true }));
  return path;
}

const integer = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 2000 }) },
  fc.integer({ min: missingInteger + 1, max: 2 ** 31 - 1 }),
  fc.constant(missingInteger),
);
const token = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffffffff }));
const array = <T>(of: fc.Arbitrary<T>, length: number) =>
  fc.array(of, { minLength: length, maxLength: length });

/** Criteo rows with every kind of cell. */
export const criteoRow: fc.Arbitrary<Row> = fc.record({
  label: fc.integer({ min: 0, max: 1 }),
  integers: array(integer, integerColumns.length),
  tokens: array(token, categoryColumns.length),
});

/** The obvious way to write a line, for comparison. */
export function lineOf({ label, integers, tokens }: Row): string {
  const hex = (value: number) => (value === 0 ? '' : value.toString(16).padStart(8, '0'));
  return [
    label,
    ...integers.map((value) => (value === missingInteger ? '' : value)),
    ...tokens.map(hex),
  ].join('\t');
}

/** A log with one dense field and the given token columns; labels alternate. */
export function logOf(columns: Readonly<Record<string, readonly number[]>>, blockRows = 4): RawSource {
  const tokens = Object.values(columns);
  const rows = tokens[0].length;
  return {
    dense: [{ name: 'x', kind: 'integer' }],
    fields: Object.keys(columns).map((name) => ({ name, kind: 'integer32' })),
    *blocks(): Generator<RawBlock> {
      for (let start = 0; start < rows; start += blockRows) {
        const size = Math.min(blockRows, rows - start);
        const numbers = Array.from({ length: size }, (_, i) => start + i);
        yield {
          size,
          labels: Uint8Array.from(numbers, (row) => row % 2),
          dense: [Int32Array.from(numbers)],
          tokens: tokens.map((column) => Uint32Array.from(numbers, (row) => column[row])),
          probabilities: Float32Array.from(numbers, (row) => row / rows),
        };
      }
    },
  };
}

/** A source of Criteo rows held in memory. */
export function criteoRows(rows: readonly Row[], blockRows = 7): RawSource {
  return {
    dense: integerColumns.map((name) => ({ name, kind: 'integer' })),
    fields: categoryColumns.map((name) => ({ name, kind: 'integer32' })),
    *blocks(): Generator<RawBlock> {
      for (let start = 0; start < rows.length; start += blockRows) {
        const some = rows.slice(start, start + blockRows);
        yield {
          size: some.length,
          labels: Uint8Array.from(some, (row) => row.label),
          dense: integerColumns.map((_, f) => Int32Array.from(some, (row) => row.integers[f])),
          tokens: categoryColumns.map((_, f) => Uint32Array.from(some, (row) => row.tokens[f])),
        };
      }
    },
  };
}

/** The rows of a stream of blocks, copied. */
export async function rowsOf(blocks: Iterable<RawBlock> | AsyncIterable<RawBlock>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const block of blocks) {
    for (let row = 0; row < block.size; row++) {
      rows.push({
        label: block.labels[row],
        integers: block.dense.map((column) => column[row]),
        tokens: block.tokens.map((column) => column[row]),
      });
    }
  }
  return rows;
}

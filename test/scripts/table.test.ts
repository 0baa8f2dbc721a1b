import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromCSV, from } from 'arquero';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import { columns } from '../../reports/table/columns.ts';
import type { CellValue } from '../../reports/table/column.ts';
import { rowsOf, writeTable } from '../../reports/table/write-table.ts';
import { openStore } from '../../results/store.ts';
import { tablePage } from '../../scripts/documents/table-columns.ts';
import { completedRun, environment, failedRun, infeasibleRun, tooLargeRun } from '../reports/recordings.ts';
import { runHere } from './run-here.ts';
import { root, scratch } from './run-script.ts';

/** DuckDB's own reader, where its add-on works on this machine. */
const duckdb = await import('@duckdb/node-api').catch(() => undefined);

const published = join(root, 'recordings/2026-11-29-to-target-criteo-sample');

/** Runs of every status, with a text that needs quotes. */
function oddRecording(folder: string): string {
  const directory = join(folder, 'odd');
  const store = openStore(directory);
  store.writeEnvironment({ ...environment, note: 'one "note", with\na line feed' });
  store.append(completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 }));
  store.append(infeasibleRun({ method: 'robe', ratio: 64, seed: 1 }));
  store.append(tooLargeRun({ method: 'robe', ratio: 8, seed: 1 }));
  store.append(failedRun({ method: 'robe', ratio: 4, seed: 0 }, 'killed, "out of memory"'));
  store.close();
  return directory;
}

function tables() {
  const folder = scratch();
  const recordings = [published, oddRecording(folder)];
  const [parquet, csv] = [join(folder, 'runs.parquet'), join(folder, 'runs.csv')];
  for (const file of [parquet, csv]) writeTable(recordings, file);
  const rows = recordings.flatMap(rowsOf);
  const expected = rows.map((row) => Object.fromEntries(columns.map(({ name, of }) => [name, of(row)])));
  return { parquet, csv, rows, expected };
}

/** Integers as numbers, undefined as null. */
const plain = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? Number(value) : (value ?? null),
    ]),
  ) as Record<string, CellValue>;

const jsType = {
  text: 'string',
  json: 'string',
  int: 'number',
  double: 'number',
  boolean: 'boolean',
  time: 'object',
};

test('docs/table.md documents every column: else npm run docs', () => {
  expect(readFileSync(join(root, 'docs/table.md'), 'utf8')).toBe(tablePage());
});

test('columns have names that need no quotes, each once, and values of their types', () => {
  const names = columns.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  const { expected } = tables();
  for (const { name, type, about } of columns) {
    expect(about).toMatch(/^[^\n]{5,}$/);
    const values = expected.map((row) => row[name]).filter((value) => value !== null);
    for (const value of values) expect(typeof value, name).toBe(jsType[type]);
    if (type === 'int') for (const value of values) expect(Number.isSafeInteger(value), name).toBe(true);
    if (type === 'json') for (const value of values) JSON.parse(value as string);
  }
});

test('the table holds the numbers of the records', () => {
  const { rows, expected } = tables();
  rows.forEach(({ run }, i) => {
    expect(expected[i]).toMatchObject({
      run: run.id,
      status: run.status,
      seed: run.seed,
      method: run.method,
    });
    if (run.status === 'completed')
      expect(expected[i]).toMatchObject({ auc: run.quality.auc, serving_bytes: run.size.servingBytes });
    else expect(expected[i]).toMatchObject({ auc: null, error: run.error });
  });
  expect(new Set(rows.map(({ run }) => run.status)).size).toBe(4);
});

describe(`DuckDB${duckdb ? '' : ' (skipped: @duckdb/node-api has no add-on for this machine)'}`, () => {
  const query = async (sql: string) => {
    const instance = await duckdb!.DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
    connection.closeSync();
    instance.closeSync();
    return rows;
  };
  const duckTypes = {
    text: 'VARCHAR',
    json: 'VARCHAR',
    int: 'BIGINT',
    double: 'DOUBLE',
    boolean: 'BOOLEAN',
    time: 'TIMESTAMP',
  };

  test.skipIf(!duckdb)('reads Parquet: types, nulls and every value', { timeout: 60_000 }, async () => {
    const { parquet, expected } = tables();
    const types = await query(`DESCRIBE SELECT * FROM '${parquet}'`);
    expect(
      Object.fromEntries(
        types.map((one) => [one.column_name, (one.column_type as string).replace(' WITH TIME ZONE', '')]),
      ),
    ).toEqual(Object.fromEntries(columns.map(({ name, type }) => [name, duckTypes[type]])));
    expect((await query(`SELECT * FROM '${parquet}'`)).map(plain)).toEqual(expected);
  });

  test.skipIf(!duckdb)('reads CSV, and groups as the records do', { timeout: 60_000 }, async () => {
    const { csv, rows, expected } = tables();
    const found = await query(
      `SELECT method, avg(auc) AS auc, max(serving_bytes) AS bytes FROM '${csv}' WHERE status = 'completed' GROUP BY method`,
    );
    expect(found.length).toBeGreaterThan(3);
    for (const { method, auc, bytes } of found.map(plain)) {
      const own = rows.flatMap(({ run }) =>
        run.status === 'completed' && run.method === method ? [run] : [],
      );
      expect(auc).toBeCloseTo(own.reduce((sum, run) => sum + run.quality.auc, 0) / own.length, 12);
      expect(bytes).toBe(Math.max(...own.map(({ size }) => size.servingBytes)));
    }
    const [{ error, note }] = await query(
      `SELECT error, note FROM '${csv}' WHERE status = 'failed' AND recording = '${environment.recording}'`,
    );
    expect({ error, note }).toEqual({
      error: 'killed, "out of memory"',
      note: 'one "note", with\na line feed',
    });
    expect(await query(`SELECT count(*) AS n FROM '${csv}'`)).toEqual([{ n: BigInt(expected.length) }]);
  });
});

describe('Arquero', () => {
  test('reads CSV', () => {
    const { csv, expected } = tables();
    const table = fromCSV(readFileSync(csv, 'utf8'));
    expect(table.columnNames()).toEqual(columns.map(({ name }) => name));
    const read = table.objects() as Record<string, unknown>[];
    expect(read.map(({ auc }) => auc ?? null)).toEqual(expected.map(({ auc }) => auc));
    expect(read.map(({ error }) => error ?? null)).toEqual(expected.map(({ error }) => error));
    expect(read.map(({ serving_bytes: bytes }) => bytes ?? null)).toEqual(
      expected.map((row) => row.serving_bytes),
    );
  });

  test('reads the rows of the Parquet file', async () => {
    const { parquet, expected } = tables();
    const bytes = readFileSync(parquet);
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors });
    expect(rows.map(plain)).toEqual(expected);
    const methods = from(rows)
      .filter((row: { status: string }) => row.status === 'completed')
      .groupby('method')
      .count();
    expect(methods.numRows()).toBeGreaterThan(3);
  });
});

test('the verb says what it wrote, and what it cannot write', async () => {
  const folder = scratch();
  const out = join(folder, 'runs.csv');
  const { stdout, exitCode } = await runHere('table', [published, '--out', out]);
  expect({ stdout, exitCode }).toEqual({
    stdout: `table: ${out}, ${readFileSync(join(published, 'runs.jsonl'), 'utf8').trimEnd().split('\n').length} runs, ${columns.length} columns`,
    exitCode: 0,
  });
  const xlsx = await runHere('table', [published, '--out', join(folder, 'runs.xlsx')]);
  expect(xlsx).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/its name has to end in \.parquet or \.csv$/) as string,
  });
  const timed = await runHere('table', [
    join(root, 'recordings/2026-12-01-throughput-sgd-avx512'),
    '--out',
    out,
  ]);
  expect(timed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no runs') as string });
  expect((await runHere('table', [published, `${published}/`, '--out', out])).stderr).toMatch(
    /is named twice, and its runs would count twice; name it once$/,
  );
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'empty', 'x'), '');
  expect((await runHere('table', [join(folder, 'empty'), '--out', out])).stderr).toContain(
    'no such recording',
  );
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { UserError } from '../../../base/user-error.ts';
import { parquetReader } from '../../../datasets/table/parquet/parquet-reader.ts';
import type { WrittenSchema } from '../../../datasets/table/schema.ts';
import { temporaryDirectory } from '../sample-rows.ts';
import { fixtureRows } from './generated-table.ts';
import { readTable } from './read-table.ts';

/** Every fault is one line: file, row group, column, what was found, what to do. */

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.parquet`);

function fileOf(bytes: Uint8Array | string): string {
  const path = join(temporaryDirectory(), 'log.parquet');
  writeFileSync(path, bytes);
  return path;
}

type Options = Omit<Parameters<typeof parquetWriteBuffer>[0], 'columnData'>;

function tableOf(columns: readonly ColumnSource[], options: Options = {}): string {
  return fileOf(
    new Uint8Array(parquetWriteBuffer({ columnData: [...columns], rowGroupSize: 2, ...options })),
  );
}

/** The message for what is read, with the path left out. */
async function faultOf(
  path: string,
  schema: WrittenSchema = { label: 'click', categorical: ['id'] },
): Promise<string> {
  try {
    await readTable(path, schema);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    expect(message).not.toContain('\n');
    expect(message.startsWith(path)).toBe(true);
    return message.slice(path.length);
  }
  throw new Error('nothing was wrong');
}

const id: ColumnSource = { name: 'id', data: ['a', 'b', 'c', 'd', 'e'], type: 'STRING' };
const click = (...data: (number | null)[]): ColumnSource => ({
  name: 'click',
  data: data as number[],
  type: 'INT32',
  nullable: true,
});
const good = () => readFileSync(tableOf([click(0, 1, 0, 1, 1), id]));

test('files that are not whole Parquet files', async () => {
  expect(await faultOf(fileOf(''))).toBe(': the file is empty; write or download the file again');
  expect(await faultOf(fileOf('click,id\n1,2\n'))).toMatch(
    /^: is not a Parquet file \(it does not begin with PAR1\); give/,
  );
  expect(await faultOf(fileOf('PAR1'))).toMatch(/^: the Parquet file is truncated/);
  expect(await faultOf(fileOf(good().subarray(0, -30)))).toMatch(
    /^: the Parquet file is truncated \(no PAR1 at its end\); write/,
  );
  const encrypted = good();
  encrypted.write('PARE', encrypted.length - 4);
  expect(await faultOf(fileOf(encrypted))).toBe(': the file is encrypted; write it without encryption');
  const long = good();
  long.writeUInt32LE(1e6, long.length - 8);
  expect(await faultOf(fileOf(long))).toMatch(
    /^: the footer is damaged \(1000000 bytes in a file of \d+\); write/,
  );
  const short = good();
  short.writeUInt32LE(20, short.length - 8);
  expect(await faultOf(fileOf(short))).toMatch(
    /^: the footer is damaged \(.*\); write or download the file again$/,
  );
  expect(await faultOf('/nowhere/log.parquet')).toBe(': cannot be opened (ENOENT); check the path');
});

test('labels', async () => {
  expect(await faultOf(tableOf([click(0, 1, 0, null, 1), id]))).toBe(
    ': row group 2, column click: null is no label: every row needs one',
  );
  expect(await faultOf(tableOf([click(0, 1, 0, 1, 7), id]))).toBe(
    ': row group 3, column click: "7" is no label, 0 or 1; a rule makes one of other values: --label "rating>=4", --label event=click',
  );
  expect(await faultOf(tableOf([click(0, 1, -1, 1, 1), id]))).toMatch(
    /row group 2, column click: "-1" is beside labels 0 and -1/,
  );
  expect(await faultOf(tableOf([click(0, 1, 1, 1, 1), id]), { label: 'id>3', categorical: ['click'] })).toBe(
    ': row group 1, column id: "a" is no number, which the rule >3 needs',
  );
});

test('numbers', async () => {
  const price = (...data: number[]): ColumnSource => ({ name: 'price', data, type: 'DOUBLE' });
  const schema = { label: 'click', categorical: ['id'], numeric: ['price'] };
  const clicks = click(0, 1, 0, 1, 1);
  expect(await faultOf(tableOf([clicks, id, price(1, 2, Infinity, 4, 5)]), schema)).toBe(
    ': row group 2, column price: Infinity is no finite 32-bit float; make it finite, or null',
  );
  expect(await faultOf(tableOf([clicks, id, price(1, 2, 3, 1e39, 5)]), schema)).toMatch(
    /column price: 1e\+39 is no finite/,
  );
  const whole = { ...schema, numeric: [{ column: 'price', form: 'integer' as const }] };
  expect(await faultOf(tableOf([clicks, id, price(1, 2, 3, 4, 0.5)]), whole)).toBe(
    ': row group 3, column price: 0.5 is no whole number of 32 bits: use the form number',
  );
  const texts = { label: 'click', numeric: ['id'], categorical: ['price'] };
  expect(await faultOf(tableOf([clicks, id, price(1, 2, 3, 4, 5)]), texts)).toBe(
    ': row group 1, column id: "a" is not a number; if it stands for a missing value, name it with --missing',
  );
});

test('columns that are missing, nested, encrypted or compressed by something unknown', async () => {
  const path = tableOf([click(0, 1, 0, 1, 1), id]);
  expect(await faultOf(path, { label: 'clik', categorical: ['id'] })).toMatch(
    /no column is called "clik": there are click, id; did you mean click\?/,
  );
  expect(await faultOf(fixture('plain-v2'), { label: 'label', categorical: ['pairs.key_value.key'] })).toBe(
    ': column pairs.key_value.key is a map, which no role takes; write it as plain values or as a list of them',
  );
  expect(await faultOf(fixture('plain-v2'), { label: 'label', categorical: ['genres'] })).toBe(
    ': column genres is a list of text: a row has several values; name it under multi in a schema',
  );
  const lzo = tableOf([click(0, 1, 0, 1, 1), id], { codec: 'LZO', compressors: { LZO: (bytes) => bytes } });
  expect(await faultOf(lzo)).toBe(
    ': row group 1, column id: is compressed with LZO; write the file with snappy, zstd, gzip or none',
  );
});

test('a page that differs from its checksum, and one without values', async () => {
  const bytes = readFileSync(fixture('small-pages'));
  const schema = { label: 'label', categorical: ['long'] };
  const at = bytes.indexOf('ü41414141');
  bytes[at + 4] ^= 1;
  expect(await faultOf(fileOf(bytes), schema)).toBe(
    ': row group 1, column long: is damaged (a page differs from its checksum); write or download the file again',
  );
});

test('--max-bad-lines is of text', async () => {
  const path = tableOf([click(0, 1, 0, 1, 1), id]);
  const badLines = { most: 3, count: 0, first: [] };
  await expect(readTable(path, { label: 'click', categorical: ['id'] }, { badLines })).rejects.toThrow(
    `${path}: --max-bad-lines leaves out lines of text, and Parquet has none; leave the flag out`,
  );
});

test('an entry of a dictionary that no row has may be anything', async () => {
  for (const name of ['snappy-groups', 'small-pages', 'lz4-int96']) {
    const { dense } = await readTable(fixture(name), {
      label: 'label',
      categorical: ['text'],
      numeric: ['graded'],
    });
    expect(dense[0]).toEqual(Array.from({ length: fixtureRows }, (_, i) => i % 3));
  }
  const some = { label: 'label', categorical: ['text'], numeric: ['long'] };
  expect(await faultOf(fixture('snappy-groups'), some)).toMatch(
    /row group 1, column long: "ü0000" is not a number/,
  );
});

test('files without rows, with one row, with one column', async () => {
  const schema = { label: 'click', categorical: ['id'] };
  const none = await readTable(
    tableOf([
      { ...click(), data: [] },
      { ...id, data: [] },
    ]),
    schema,
  );
  expect(none.sizes).toEqual([]);
  const one = await readTable(tableOf([click(1), { ...id, data: ['x'] }]), schema);
  expect([one.labels, one.tokens[0]]).toEqual([[1], [120, 0, 0]]);
  const alone = parquetReader(tableOf([click(1, 0)]));
  expect([alone.columns, alone.rows, alone.stored]).toEqual([['click'], 2, ['integer']]);
});

/** pq.write_table of no rows, from pyarrow: a row group whose columns begin at byte 0. */
const noRows = [
  'UEFSMRUEFQAVAEwVABUAEgAAFQQVABUATBUAFQASAAAVBBk8NQAYBnNjaGVtYRUEABUCJQIYBWNsaWNrABUMJQIYAmlkJQBM',
  'HAAAABYAGRwZLCYAHBUCGSUABhkYBWNsaWNrFQAWABYcFhwmACYIKRwVBBUAFQIAAAAmABwVDBklAAYZGAJpZBUAFgAWHBYc',
  'JgAmJCkcFQQVABUCAAAAFjgWACYIFjgAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAALMAAABQ',
  'QVIx',
].join('');

test('a group without rows is no damage', async () => {
  const path = fileOf(Buffer.from(noRows, 'base64'));
  expect(await readTable(path, { label: 'click', categorical: ['id'] })).toMatchObject({ sizes: [] });
});

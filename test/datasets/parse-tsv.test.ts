import fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BadLines, parseTsv } from '../../datasets/criteo/parse-tsv.ts';
import { writeTsv } from '../../datasets/criteo/write-tsv.ts';
import { missingInteger } from '../../datasets/raw-rows.ts';
import { criteoRow, criteoRows, lineOf, rowsOf, temporaryDirectory } from './sample-rows.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const options = { file: 'train.txt', maxBadLines: 0 };
const parse = (text: string, more = {}, badLines?: BadLines) =>
  rowsOf(parseTsv([bytesOf(text)], { ...options, ...more }, badLines));

const goodLine = lineOf({
  label: 1,
  integers: Array<number>(13).fill(7),
  tokens: Array<number>(26).fill(0xfeedbeef),
});
const withCell = (column: number, cell: string) => goodLine.split('\t').with(column, cell).join('\t');

test('any rows, written plainly or by writeTsv, are parsed back', async () => {
  const path = join(temporaryDirectory(), 'rows.tsv');
  const property = fc.asyncProperty(
    fc.array(criteoRow, { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 12 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    async (rows, blockRows, lineEnd, endsInLine) => {
      const text = rows.map(lineOf).join(lineEnd) + (endsInLine ? lineEnd : '');
      expect(await parse(text, { blockRows })).toEqual(rows);
      expect(await writeTsv(criteoRows(rows), path)).toEqual({
        rows: rows.length,
        bytes: fs.statSync(path).size,
      });
      expect(fs.readFileSync(path, 'utf8')).toBe(rows.map((row) => lineOf(row) + '\n').join(''));
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test.each(['\n', '\r\n'])('chunks may be cut at every byte (%j)', async (lineEnd) => {
  const rows = fc.sample(criteoRow, { numRuns: 4, seed: 5 });
  const bytes = bytesOf(rows.map(lineOf).join(lineEnd));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
    expect(await rowsOf(parseTsv(chunks, { ...options, blockRows: 3 }))).toEqual(rows);
  }
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  expect(await rowsOf(parseTsv(single, options))).toEqual(rows);
});

test('unusual but valid cells', async () => {
  const cells: [number, string, number][] = [
    [1, '2147483647', 2 ** 31 - 1],
    [1, '-2147483647', missingInteger + 1],
    [1, '0000000000012', 12],
    [1, '-0', 0],
    [39, 'FEEDbeef', 0xfeedbeef],
    [39, 'a', 10],
    [14, '0', 0],
  ];
  for (const [column, cell, value] of cells) {
    const [row] = await parse(withCell(column, cell));
    const found = column < 14 ? row.integers[column - 1] : row.tokens[column - 14];
    expect(found === 0 ? 0 : found, cell).toBe(value);
  }
});

const advice = 'correct the line, or leave out up to N such lines with --max-bad-lines N';
const malformed: [string, string][] = [
  ['', 'the line is empty'],
  ['1\t2', '2 columns instead of 40, tab separated'],
  [
    goodLine.slice(2),
    '39 columns instead of 40, tab separated (the test file of the competition has no labels: use the train file)',
  ],
  [goodLine + '\t', '41 columns instead of 40, tab separated'],
  [withCell(0, '2'), 'column 1 (label): "2" is not a label, 0 or 1'],
  [withCell(0, ''), 'column 1 (label): "" is not a label, 0 or 1'],
  [withCell(0, '01'), 'column 1 (label): "01" is not a label, 0 or 1'],
  [withCell(3, '1.5'), 'column 4 (I3): "1.5" is not an integer'],
  [withCell(3, '-'), 'column 4 (I3): "-" is not an integer'],
  [withCell(13, 'NaN'), 'column 14 (I13): "NaN" is not an integer'],
  [withCell(1, '2147483648'), 'column 2 (I1): "2147483648" does not fit into 32 bits'],
  [withCell(1, '-2147483648'), 'column 2 (I1): "-2147483648" does not fit into 32 bits'],
  [withCell(1, '99999999999999999999'), 'column 2 (I1): "99999999999999999999" does not fit into 32 bits'],
  [withCell(14, 'feedbeeg'), 'column 15 (C1): "feedbeeg" is not a category of 1 to 8 hexadecimal digits'],
  [withCell(39, '123456789'), 'column 40 (C26): "123456789" is not a category of 1 to 8 hexadecimal digits'],
  [withCell(39, 'x'), 'column 40 (C26): "x" is not a category of 1 to 8 hexadecimal digits'],
  [withCell(20, 'é'), 'column 21 (C7): "é" is not a category of 1 to 8 hexadecimal digits'],
  [
    withCell(20, '<a href="a-very-long-link">'),
    'column 21 (C7): "<a href=\\"a-very-long-lin..." is not a category of 1 to 8 hexadecimal digits',
  ],
];

test.each(malformed)('malformed line: $1', async (line, problem) => {
  const text = [goodLine, goodLine, line, goodLine, ''].join('\n');
  await expect(parse(text)).rejects.toThrow(`train.txt:3: ${problem}; ${advice}`);
  await expect(parse(text, { blockRows: 1 })).rejects.toThrow(`train.txt:3: ${problem}; ${advice}`);
  const badLines: BadLines = { count: 0, first: [] };
  expect(await parse(text, { maxBadLines: 1 }, badLines)).toHaveLength(3);
  expect(badLines).toEqual({ count: 1, first: [`train.txt:3: ${problem}`] });
});

test('one malformed line more than allowed ends the parse, with the number of that line', async () => {
  const text = [goodLine, 'bad', goodLine, 'bad', 'bad'].join('\n');
  await expect(parse(text, { maxBadLines: 2 })).rejects.toThrow(
    'train.txt:5: 1 columns instead of 40, tab separated; this is one more malformed line than --max-bad-lines 2 allows',
  );
  expect(await parse(text, { maxBadLines: 3 })).toHaveLength(2);
});

test('an empty text and a binary one', async () => {
  const expected = 'expected the tab-separated train file of the Criteo Display Advertising Challenge';
  await expect(rowsOf(parseTsv([], options))).rejects.toThrow(`train.txt: the file is empty; ${expected}`);
  const binary = [bytesOf(goodLine + '\n'), new Uint8Array(100_000)];
  await expect(rowsOf(parseTsv(binary, options))).rejects.toThrow(
    `train.txt:2: more than 65536 bytes without a line end; ${expected}`,
  );
});

test('writeTsv leaves nothing behind when the source fails or the place is wrong', async () => {
  const directory = temporaryDirectory();
  const [row] = fc.sample(criteoRow, 1);
  const failing = { ...criteoRows([row]), blocks: () => failAfter(criteoRows([row]).blocks()) };
  await expect(writeTsv(failing, join(directory, 'rows.tsv'))).rejects.toThrow('the generator broke');
  expect(fs.readdirSync(directory)).toEqual([]);
  await expect(writeTsv(criteoRows([row]), join(directory, 'no', 'rows.tsv'))).rejects.toThrow(
    'rows.tsv: its folder is missing, or takes no files; write elsewhere',
  );
});

async function* failAfter<T>(blocks: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* blocks;
  throw new Error('the generator broke');
}

import type { WrittenSchema } from '../../../datasets/table/schema.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { missingInteger } from '../../../datasets/raw-rows.ts';
import { columnNamesFor, parsed, tokenOf } from './parsed.ts';
import { slowCsv } from './slow-csv.ts';

/** The parser beside an independent slow one, on texts of every form that RFC 4180 knows, cut into chunks anywhere. */

const separators = [',', '\t', ';', '|', ' ', '::'] as const;
const letters = fc.constantFrom(
  'a',
  'B',
  '7',
  '.',
  '-',
  'é',
  '漢',
  '€',
  '"',
  "'",
  ':',
  '\r',
  ' ',
  ',',
  ';',
  '|',
  '\t',
  '\n',
);
const cell = fc.oneof(
  fc.string({ unit: letters, maxLength: 14 }),
  fc.constantFrom('', 'abcdefgh', 'abcdefghi', '12345678', '0', '-1'),
);
const numbers = fc.constantFrom(
  '',
  '0',
  '7',
  '-3',
  '42',
  '305',
  '1460',
  '2.5',
  '-0.125',
  '.5',
  '5.',
  '1e3',
  '123456789',
  '1234567890123',
  '0.1234567890123456789',
  '+4',
  '00012',
  '16777217',
);
const whole = fc.constantFrom(
  '',
  '0',
  '-0',
  '7',
  '-12',
  '42',
  '305',
  '1460',
  '2147483647',
  '-2147483647',
  '000000000001',
  '+9',
  '999999999',
  '12.0',
);
const hex = fc.constantFrom('', '68fd1e64', 'FFFFFFFF', '0', 'abc', '00000001', '12345678');
const row = fc.record({
  label: fc.constantFrom('0', '1', '1.0'),
  a: cell,
  x: numbers,
  b: cell,
  n: whole,
  c: cell,
  h: hex,
  skipped: cell,
  w: whole,
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;
const order = ['label', 'a', 'b', 'x', 'n', 'c', 'skipped', 'h', 'w'] as const;

const schema = {
  label: 'label',
  numeric: ['x', { column: 'n', form: 'integer' as const }],
  categorical: [
    'a',
    'b',
    'c',
    { column: 'h', form: 'hex' as const },
    { column: 'w', form: 'integer' as const },
  ],
};

/** A cell as it is written; quoted where it must be, and in some other places. */
function written(text: string, separator: string, always: boolean): string {
  const must = text.startsWith('"') || /[\r\n]/.test(text) || [...separator].some((c) => text.includes(c));
  return must || always ? `"${text.replaceAll('"', '""')}"` : text;
}

const forms = fc.record({
  separator: fc.constantFrom(...separators),
  end: fc.constantFrom('\n', '\r\n'),
  last: fc.boolean(),
  mark: fc.boolean(),
  always: fc.boolean(),
  chunk: fc.integer({ min: 1, max: 40 }),
  blockRows: fc.integer({ min: 1, max: 9 }),
});

function textOf(
  rows: readonly Row[],
  form: { separator: string; end: string; last: boolean; mark: boolean; always: boolean },
) {
  const lines = [
    order.join(form.separator),
    ...rows.map((row) =>
      order.map((name) => written(row[name], form.separator, form.always)).join(form.separator),
    ),
  ];
  return (form.mark ? '\ufeff' : '') + lines.join(form.end) + (form.last ? form.end : '');
}

/** The rows as the slow parser reads them. */
function expectedRows(text: string, separator: string) {
  const [header, ...records] = slowCsv(text.replace(/^\ufeff/, ''), separator);
  const at = (name: string) => header.indexOf(name);
  const number = (cell: string) => (cell === '' ? NaN : Math.fround(Number(cell)));
  const wholeOf = (cell: string) => (cell === '' ? missingInteger : Number(cell) + 0);
  return records.map((cells) => ({
    label: Number(cells[at('label')]),
    dense: [number(cells[at('x')]) + 0, wholeOf(cells[at('n')])],
    tokens: [
      ...['a', 'b', 'c'].map((name) => tokenOf(cells[at(name)])),
      cells[at('h')] === '' ? [0] : [parseInt(cells[at('h')], 16)],
      [wholeOf(cells[at('w')]) >>> 0],
    ],
  }));
}

test('random tables are read as a slow parser reads them, however they are cut', async () => {
  const property = fc.asyncProperty(
    fc.array(row, { minLength: 1, maxLength: 12 }),
    forms,
    async (rows, form) => {
      const text = textOf(rows, form);
      const found = await parsed(text, schema, { ...form, quote: '"', names: order });
      expect(found).toEqual(expectedRows(text, form.separator));
      expect(found).toHaveLength(rows.length);
    },
  );
  await fc.assert(property, { numRuns: 400 });
});

test('a text cut at every byte gives the same rows', async () => {
  const rows: Row[] = [
    {
      label: '1',
      a: 'x,"y"\nz',
      x: '2.5',
      b: '',
      n: '-12',
      c: 'longer than eight',
      h: '68fd1e64',
      skipped: 'a\r\nb',
      w: '',
    },
    { label: '0', a: '', x: '', b: 'é', n: '', c: 'abcdefgh', h: '', skipped: '', w: '12.0' },
  ];
  for (const end of ['\n', '\r\n']) {
    const text = textOf(rows, { separator: ',', end, last: false, mark: true, always: false });
    const expected = expectedRows(text, ',');
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at++)
      expect(
        await parsed([bytes.subarray(0, at), bytes.subarray(at)], schema, {
          separator: ',',
          quote: '"',
          names: order,
        }),
        String(at),
      ).toEqual(expected);
  }
});

test('64-bit integers keep all digits; 7, 07 and 7.0 are three tokens', async () => {
  const cells = ['9007199254740993', '9007199254740992', '7', '07', '7.0'];
  const found = await parsed(
    `y,id\n${cells.map((cell) => `1,${cell}\n`).join('')}`,
    { label: 'y', categorical: ['id'] },
    { separator: ',', quote: '"', names: columnNamesFor('y,id') },
  );
  expect(new Set(found.map(({ tokens }) => tokens[0].join())).size).toBe(5);
});

test('without quotes, a quote is a letter', async () => {
  const found = await parsed(
    'y,a\n1,"b\n',
    { label: 'y', categorical: ['a'] },
    { separator: ',', quote: '', names: ['y', 'a'] },
  );
  expect(found[0].tokens[0]).toEqual(tokenOf('"b'));
});

test('words for missing values, of the table and of a column', async () => {
  const text = 'y,a,x,b\n1,NULL,NA,NA\n0,NA,NULL,\n';
  const found = await parsed(
    text,
    {
      label: 'y',
      missing: ['NULL'],
      categorical: ['a', { column: 'b', missing: ['NA'] }],
      numeric: [{ column: 'x', missing: ['NA', 'NULL'] }],
    },
    { separator: ',', quote: '"', names: ['y', 'a', 'x', 'b'] },
  );
  expect(found.map(({ dense }) => dense)).toEqual([[NaN], [NaN]]);
  expect(found.map(({ tokens }) => tokens)).toEqual([
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
    [tokenOf('NA'), [0, 0, 0]],
  ]);
});

test.each([
  ['3000000000', 'n: does not fit'],
  ['2147483648', 'n: does not fit'],
  ['1.5', 'n: is not a whole number'],
])('%s is no integer of 32 bits', async (cell, says) => {
  const text = `y,n,a\n1,${cell},x\n`;
  const [name, complaint] = says.split(': ');
  await expect(
    parsed(
      text,
      { label: 'y', numeric: [{ column: 'n', form: 'integer' }], categorical: ['a'] },
      { separator: ',', quote: '"', names: ['y', 'n', 'a'] },
    ),
  ).rejects.toThrow(`log.csv:2: column 2 (${name}): "${cell}" ${complaint}`);
});

const kinds: Readonly<Record<string, readonly [string, Partial<WrittenSchema>]>> = {
  text: ['t', {}],
  hex: ['1a', { categorical: ['g', { column: 'z', form: 'hex' }] }],
  'hex of 8 digits': ['0f0f0f0f', { categorical: ['g', { column: 'z', form: 'hex' }] }],
  whole: ['7', { categorical: ['g', { column: 'z', form: 'integer' }] }],
  integer: ['7', { categorical: ['g'], numeric: [{ column: 'z', form: 'integer' }] }],
  number: ['.5', { categorical: ['g'], numeric: ['z'] }],
  skipped: ['s', { categorical: ['g'] }],
};

test.each(Object.entries(kinds))(
  'a record with a column too many is refused behind a last column of kind %s, and never two rows',
  async (_, [cell, roles]) => {
    const own = { label: 'y', categorical: ['g', 'z'], ...roles };
    const form = { separator: ',', quote: '"', names: ['y', 'g', 'z'], chunk: 1 << 16, blockRows: 9 };
    for (const last of [cell, ''])
      for (const more of [`0,u,${cell}`, '', 'x', '"x"y'])
        await expect(
          parsed(`y,g,z\n1,v,${cell}\n1,v,${last},${more}\n`, own, form),
          `${last},${more}`,
        ).rejects.toThrow(/log.csv:3: .*(columns instead of 3|text after)/);
  },
);

test.each([...Object.entries(kinds), ['label', ['1', {}]] as const])(
  'cells in quotes, kind %s: as those without; text behind the second quote is refused',
  async (kind, [cell, roles]) => {
    const own = { label: 'y', categorical: ['g', 'z'], ...roles };
    const form = { separator: ',', quote: '"', chunk: 1 << 16, blockRows: 9 };
    // The cell is the last of its record, and one before others.
    const orders =
      kind === 'label'
        ? [
            ['g', 'z', 'y'],
            ['y', 'g', 'z'],
          ]
        : [
            ['y', 'g', 'z'],
            ['z', 'y', 'g'],
          ];
    const tested = kind === 'label' ? 'y' : 'z';
    const others: Record<string, string> = { y: '1', g: 'v', z: 't' };
    for (const names of orders) {
      const text = (written: string) =>
        `${names.join()}\n${names.map((name) => (name === tested ? written : others[name])).join()}\n`;
      const read = (written: string) => parsed(text(written), own, { ...form, names });
      expect(await read(`"${cell}"`), names.join()).toEqual(await read(cell));
      if (kind !== 'label') expect(await read('""'), names.join()).toEqual(await read(''));
      for (const wrong of [`"${cell}"x`, `"${cell}" `])
        await expect(read(wrong), `${names.join()} ${wrong}`).rejects.toThrow(/log.csv:2: .*text after/);
      for (const wrong of [`"${cell}`, `"${cell},`, `"${cell}x,`, '"'])
        await expect(read(wrong), `${names.join()} ${wrong}`).rejects.toThrow(/is not closed/);
    }
  },
);

test('a line end or a tab in quotes ends no cell, whatever follows it', async () => {
  const names = ['y', 'skipped', 'a', 'b'];
  const content = ['t\n,u', 't\t,u', 'longer than eight\n,', '12345678\n,', '\r\n,', ',\n'];
  const rows = content.map((cell) => `1,"${cell}","${cell}","${cell}"\n`);
  const found = await parsed(
    `${names.join()}\n${rows.join('')}`,
    { label: 'y', categorical: ['a', 'b'] },
    { separator: ',', quote: '"', names },
  );
  expect(found.map(({ tokens }) => tokens)).toEqual(content.map((cell) => [tokenOf(cell), tokenOf(cell)]));
});

import fs from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { defaultSettings, openDataset } from '../../../datasets/index.ts';
import { table } from '../../../datasets/table/index.ts';
import { tableSchema } from '../../../datasets/table/schema.ts';
import { sniff } from '../../../datasets/table/sniff/sniff.ts';
import { mix32 } from '../../../base/hash.ts';
import { runHere } from '../../scripts/run-here.ts';
import { temporaryDirectory } from '../sample-rows.ts';

const hex = (row: number) =>
  mix32(row % 300)
    .toString(16)
    .padStart(8, '0');
const header = 'request,click,at,price,code,device,page,genres,age,weight,same,spare';
/** A row of a log with a column of every kind; `code` is digits alone in the first rows. */
const line = (row: number) =>
  [
    `r${row}`,
    row % 3 === 0 ? 1 : 0,
    1_700_000_000 + 7 * row,
    (row % 90) / 4,
    row < 1500 ? 10_000 + (row % 40) : `k${row % 40}`,
    hex(row),
    `"page ${row % 50}, ""new"""`,
    ['Drama|War', 'War', 'Comedy|Drama|War', 'Comedy'][row % 4],
    row % 8 === 0 ? 'NA' : 20 + (row % 60),
    1 + (row % 2),
    'x',
    '',
  ].join();
const text = (rows: number) =>
  `${header}\n${Array.from({ length: rows }, (_, row) => line(row)).join('\n')}\n`;

function file(content: string | Uint8Array, name: string): string {
  const path = join(temporaryDirectory(), name);
  fs.writeFileSync(path, content);
  return path;
}

test('every kind of column: the role, its reason and the schema, which bench can use', async () => {
  const path = file(text(3000), 'log.csv');
  const { columns, schema, sampled, format } = await sniff(path, {});
  expect([sampled, format]).toEqual([3000, 'CSV']);
  const roles = Object.fromEntries(columns.map(({ profile, proposal }) => [profile.name, proposal.role]));
  expect(roles).toEqual({
    request: 'drop',
    click: 'label',
    at: 'time',
    price: 'numeric',
    code: 'categorical',
    device: 'categorical',
    page: 'categorical',
    genres: 'multi',
    age: 'numeric',
    weight: 'weight',
    same: 'drop',
    spare: 'drop',
  });
  const reason = (name: string) => columns.find(({ profile }) => profile.name === name)!.proposal.reason;
  expect(reason('code')).toBe(
    'texts of 80 values; 1500 of 3000 cells are digits alone, others ("k20") come from row 1501 on',
  );
  expect(reason('click')).toBe('its name; 33.33 % are 1');
  expect(schema).toMatchObject({
    label: 'click',
    time: { column: 'at', form: 'number' },
    numeric: ['price', { column: 'age', missing: ['', 'NA'] }],
    categorical: ['code', { column: 'device', form: 'hex' }, 'page'],
    multi: [{ column: 'genres', separator: '|' }],
    drop: ['request', 'same', 'spare'],
  });
  tableSchema.parse(schema);
  const written = file(
    JSON.stringify({ ...schema, multi: [], drop: [...schema!.drop!, 'genres'] }),
    'schema.json',
  );
  const data = await openDataset(table, {
    ...defaultSettings,
    options: { data: path, schema: written },
    cache: join(temporaryDirectory(), 'c'),
  });
  expect(data.fields.map(({ name }) => name)).toEqual(['code', 'device', 'page']);
  expect(data.denseFields).toEqual(['price', 'age']);
});

test.each(['plain', 'gzip'])(
  'rows further on decide, where the first 4 MB would mislead (%s)',
  async (form) => {
    const rows = Array.from(
      { length: 600_000 },
      (_, row) => `${row % 2},${row < 400_000 ? row % 900 : `u${row % 900}`},pad-pad-pad-pad-pad-pad-pad-pad`,
    );
    const content = `click,user,pad\n${rows.join('\n')}\n`;
    expect(content.length).toBeGreaterThan(1 << 24);
    const path =
      form === 'plain'
        ? file(content, 'long.csv')
        : file(zlib.gzipSync(content, { level: 1 }), 'long.csv.gz');
    const { columns, sampled } = await sniff(path, {});
    const user = columns[1].proposal;
    if (form === 'plain') {
      expect(sampled).toBeLessThan(400_000);
      expect(user.reason).toMatch(
        /^texts of 1800 values; \d+ of \d+ cells are digits alone, others \("[^"]+"\) come further on$/,
      );
    } else expect(user.role).toBe('categorical');
  },
);

test.each([
  [['1', '2'], 'click>1'],
  [['0', '3'], 'click>0'],
  [['no', 'yes'], 'click=yes'],
  [['N', 'Y'], 'click=Y'],
  [['0', '1'], 'click'],
])('a column called click with %s has the label %s', async ([no, yes], label) => {
  const lines = Array.from({ length: 20 }, (_, row) => `${row % 3 === 0 ? yes : no},u${row % 4}`);
  const { schema } = await sniff(file(['click,user', ...lines].join('\n'), 'log.csv'), {});
  expect(schema?.label).toBe(label);
});

test('one value is no label, whatever its name', async () => {
  const lines = Array.from({ length: 20 }, (_, row) => `1,u${row % 4}`);
  expect((await sniff(file(['click,user', ...lines].join('\n'), 'log.csv'), {})).schema).toBeUndefined();
});

test('numbers with decimal commas or blanks are texts, and sniff says why', async () => {
  const lines = Array.from({ length: 40 }, (_, row) => `${row % 2};${row},5; ${row % 9}.5`);
  const { columns } = await sniff(file(['click;price;cost', ...lines].join('\n'), 'log.csv'), {});
  const reasons = columns.slice(1).map(({ proposal }) => proposal.reason);
  expect(reasons[0]).toMatch(/cells such as "0,5" are numbers if they are written as 12\.5/);
  expect(reasons[1]).toMatch(/cells such as " 0\.5" are numbers/);
});

test('an index without a name, as pandas writes it, and a separator at the end of lines', async () => {
  const rows = Array.from({ length: 200 }, (_, row) => `${row},${row % 2},u${row % 4},`);
  const { columns } = await sniff(file([',seen,user,', ...rows].join('\n'), 'log.csv'), {});
  expect(columns.map(({ profile, proposal }) => [profile.name, proposal.role])).toEqual([
    ['1', 'drop'],
    ['seen', 'label'],
    ['user', 'categorical'],
    ['4', 'drop'],
  ]);
  // Without a header, an empty cell of the first row is a missing value.
  const headless = file(['buy,u1,,', ...rows].join('\n'), 'headless.csv');
  expect((await sniff(headless, { label: '2' })).columns[0].profile.name).toBe('1');
});

test('labels: ratings get a rule; no label is an error that asks for one; a named one is taken', async () => {
  const ratings = Array.from({ length: 200 }, (_, i) => `${i % 9},${1 + (i % 5)},${i % 7}`).join('\n');
  const path = file(`user,rating,item\n${ratings}\n`, 'r.csv');
  expect((await sniff(path, {})).schema?.label).toBe('rating>=4');
  expect((await sniff(path, { label: 'rating>=5' })).schema?.label).toBe('rating>=5');
  await expect(sniff(path, { label: 'ratng' })).rejects.toThrow('did you mean rating?');
  const none = file('a,b\nx,1\ny,2\nz,3\n', 'none.csv');
  const { exitCode, stderr } = await runHere('data', ['sniff', none]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('no column looks like a label');
});

test('sniff writes the schema, once, and prints the command that uses it', { timeout: 60_000 }, async () => {
  const path = file(text(300), 'log.csv');
  const out = join(temporaryDirectory(), 'schema.json');
  const { exitCode, stdout } = await runHere('data', ['sniff', path, '--out', out]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('rows read: 300');
  expect(stdout).toContain(`npm run bench -- --method md --dataset table --schema ${out} --data ${path}`);
  tableSchema.parse(JSON.parse(fs.readFileSync(out, 'utf8')));
  expect((await runHere('data', ['sniff', path, '--out', out])).exitCode).toBe(2);
  expect((await runHere('data', ['sniff', path, '--out', out, '--force'])).exitCode).toBe(0);
});

const avazu = join(import.meta.dirname, '../../../../shared/data/avazu/train-head.csv.gz');
test.skipIf(!fs.existsSync(avazu))(
  "Avazu's head: hexadecimal columns with cells of digits alone are categories",
  async () => {
    const { columns, schema, sampled } = await sniff(avazu, {});
    expect(sampled).toBe(8519);
    const ip = columns.find(({ profile }) => profile.name === 'device_ip')!;
    expect(ip.profile.integers).toBe(151);
    expect(ip.proposal).toMatchObject({ role: 'categorical', form: 'hex' });
    expect(schema).toMatchObject({
      label: 'click',
      numeric: [],
      time: { column: 'hour', form: 'YYMMDDHH' },
      drop: ['id'],
    });
    expect(schema!.categorical).toHaveLength(21);
  },
);

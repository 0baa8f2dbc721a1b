import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runHere } from './run-here.ts';

/** A mistake in a table gives exit code 2 and one line with the file, the line, the column and advice. */

const folder = mkdtempSync(join(tmpdir(), 'table-mistakes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);
const file = (name: string, content: string | Buffer) => {
  writeFileSync(path(name), content);
  return path(name);
};
mkdirSync(path('empty'));
mkdirSync(path('hidden'));
for (const day of ['day=1', 'day=2']) mkdirSync(join(path('days'), day), { recursive: true });
writeFileSync(join(path('hidden'), '.log.csv'), 'y,a\n1,b\n');

const header = 'click,price,user,seen';
const rows = (n: number) => Array.from({ length: n }, (_, i) => `${i % 2},${i}.5,u${i % 7},${1000 + i}`);
const log = (name: string, change: (lines: string[]) => string[] = (lines) => lines) =>
  file(name, `${[header, ...change(rows(60))].join('\n')}\n`);
const wrong = (name: string, line: string) => log(name, (lines) => lines.with(9, line));
const good = log('good.csv');

const table = (data: string, ...flags: string[]) => [
  'table',
  data,
  '--label',
  'click',
  '--categorical',
  'user',
  '--cache',
  path('cache'),
  ...flags,
];
const all = (data: string, ...flags: string[]) =>
  table(data, '--numeric', 'price', '--time', 'seen', ...flags);

const mistakes: [args: string[], says: string | RegExp][] = [
  [['table'], 'table needs a label: --label NAME'],
  [['table', '--label', 'click'], 'table needs a log: --data FILE'],
  [
    ['table', good],
    /good\.csv is a file of columns separated by commas with a header: npm run data -- sniff .*table needs a label/,
  ],
  [
    ['table', good, '--label', 'click'],
    'no categorical column, so there is nothing to embed: name some with --categorical',
  ],
  [
    ['table', good, '--label', 'clik', '--categorical', 'user'],
    'the label: no column is called "clik": there are click, price, user, seen; did you mean click?',
  ],
  [['table', good, '--label', 'CLICK', '--categorical', 'user'], 'did you mean click?'],
  [table(good, '--numeric', 'x_*'), 'numeric: no column is like "x_*"'],
  [table(good, '--numeric', 'user'), 'column 3 (user) is named twice, as numeric and as categorical'],
  [
    ['table', good, '--label', 'price>=', '--categorical', 'user'],
    '--label price>=: expected a column and its rule',
  ],
  [['table', good, '--label', 'price>=cheap', '--categorical', 'user'], 'cheap is no number'],
  [table(good, '--multi', 'seen'), '--multi seen: expected a column and the character'],
  [table(good, '--separator', 'ab'), 'separator: Expected one ASCII character'],
  [
    all(wrong('label.csv', '2,1.5,u,7')),
    /label\.csv:11: column 1 \(click\): "2" is no label, 0 or 1; a rule/,
  ],
  [all(wrong('none.csv', ',1.5,u,7')), 'none.csv:11: column 1 (click): "" is no label: every row needs one'],
  [all(wrong('minus.csv', '-1,1.5,u,7')), 'minus.csv:11: column 1 (click): "-1" is beside labels 0 and -1'],
  [
    all(wrong('number.csv', '1,cheap,u,7')),
    'number.csv:11: column 2 (price): "cheap" is not a number; if it stands for a missing value, name it with --missing',
  ],
  [all(wrong('huge.csv', '1,1e300,u,7')), 'beyond the range of 32-bit floats'],
  [
    all(wrong('time.csv', '1,1.5,u,noon')),
    'time.csv:11: column 4 (seen): "noon" is not a number, as a time is',
  ],
  [
    all(wrong('short.csv', '1,1.5,u')),
    /short\.csv:11: 3 columns instead of 4; correct the line, or leave out/,
  ],
  [all(wrong('long.csv', '1,1.5,u,7,8')), 'long.csv:11: 5 columns instead of 4'],
  [all(wrong('blank.csv', '')), 'blank.csv:11: the line is empty'],
  [
    all(wrong('open.csv', '1,1.5,"u,7')),
    'open.csv:11: a quote (") of a cell that begins in this line is not closed',
  ],
  [all(wrong('after.csv', '1,1.5,"u"x,7')), 'after.csv:11: column 3 (user): text after the closing "'],
  [all(wrong('nul.csv', '1,1.5,u\0,7')), /nul\.csv:11: a NUL byte/],
  [all(wrong('cr.csv', '1,1.5,u\rv,7')), 'cr.csv:11: column 3 (user): a carriage return without a line feed'],
  [all(wrong('two.csv', '1,x,u,7'), '--max-bad-lines', '0'), 'two.csv:11: '],
  [
    all(
      log('two-bad.csv', (lines) => lines.with(3, 'x').with(5, 'y')),
      '--max-bad-lines',
      '1',
    ),
    'two-bad.csv:7: 1 column instead of 4; this is one more malformed line',
  ],
  [
    table(wrong('hex.csv', '1,1.5,u,7'), '--set', 'table.drop=seen', '--numeric', 'seen:integer'),
    'named twice, as drop and as numeric',
  ],
  [
    ['table', good, '--label', 'click', '--categorical', 'user:hex', '--cache', path('cache')],
    '"u0" is not a category of 1 to 8 hexadecimal digits: use the form text',
  ],
  [table(file('names.csv', 'click,user,user\n1,2,3\n')), 'columns 2 and 3 are both called user; rename one'],
  [
    ['table', good, '--label', 'price=>5', '--categorical', 'user'],
    '--label price=>5: => is no comparison: use one of >=, >, <=, <, = and !=',
  ],
  [table(`${good},${good}`), 'good.csv: is given twice; give each file once'],
  [table(good, '--test-data', good, '--protocol', 'given'), 'good.csv: is given twice; give each file once'],
  [
    table(path('days')),
    /days: has folders in it \(day=1, day=2\), which are not read; give the folders .*day=1,/,
  ],
  [table('~/log*.csv'), 'no such file; a shell replaces ~ and * only outside of quotes'],
  [table('-'), '-: no such file; a log is read more than once: store it in a file first'],
  [
    table(file('sep.csv', `sep=;\n${header}\n`)),
    'sep.csv: begins with a line for Excel (sep=); remove that line',
  ],
  [table(file('mac.csv', `${[header, ...rows(9)].join('\r')}\r`)), 'mac.csv: has line ends of old Macs'],
  [table(file('log.jsonl', '{"click": 1, "user": "u"}\n')), 'log.jsonl: is JSON; write it as CSV or Parquet'],
  [
    table(file('log.tar', Buffer.from(`log.csv${'\0'.repeat(250)}ustar`))),
    'log.tar: is a tar archive; unpack it',
  ],
  [table(file('log.bz2', Buffer.from('BZh91AY&SY'))), 'log.bz2: is compressed with bzip2; unpack it'],
  [table(file('log.orc', Buffer.from('ORC\x01'))), 'log.orc: is an ORC, Avro or Arrow file'],
  [['table', good, '--schema', path('empty')], 'empty: is a folder; check the path given with --schema'],
  [
    ['table', good, '--schema', file('lable.json', '{"lable":"click"}')],
    /a schema has no "lable": there are .*did you mean label\?/,
  ],
  [
    ['table', good, '--schema', file('colum.json', '{"label":"click","numeric":["user",{"colum":"price"}]}')],
    'colum.json: numeric[1].column: Invalid input: expected string',
  ],
  [
    [
      'table',
      good,
      '--schema',
      file('more.json', '{"label":"click","multi":[{"column":"user","separator":"||"}]}'),
    ],
    'more.json: multi[0].separator: Expected one character',
  ],
  [table(file('header.csv', 'click,user\n')), 'header.csv: a header without a row'],
  [table(file('nothing.csv', '')), 'the file is empty'],
  [
    table(file('utf16.csv', Buffer.from(`\ufeff${header}\n1,2,3,4\n`, 'utf16le'))),
    'is UTF-16 text; convert it: iconv',
  ],
  [table(file('zip.csv', Buffer.from('PK\x03\x04zipped'))), 'is a zip archive: unzip it first'],
  [table(file('one.csv', 'click\n1\n0\n')), 'no separator'],
  [table(path('empty')), 'a folder without readable files'],
  [table(path('hidden')), 'a folder without readable files'],
  [table(path('nowhere.csv')), 'no such file'],
  [table(`${good},${path('nowhere.csv')}`), 'nowhere.csv: no such file'],
  [
    table(`${good},${file('other.csv', 'click,price,visitor,seen\n1,2,3,4\n')}`),
    'other.csv: categorical: no column is called "user"',
  ],
  [['table', good, '--schema', path('nowhere.json')], 'no such file; check the path given with --schema'],
  [['table', good, '--schema', file('broken.json', '{')], 'broken.json: not valid JSON'],
  [
    ['table', good, '--schema', file('extra.json', '{"label":"click","categoric":[]}')],
    'extra.json: a schema has no "categoric"',
  ],
  [
    [
      'table',
      good,
      '--schema',
      file('type.json', '{"label":"click","categorical":[{"column":"user","form":"hash"}]}'),
    ],
    'type.json: categorical[0].form: Invalid option: expected one of "text"|"hex"|"integer"',
  ],
  [['sniff'], 'sniff needs a file'],
  [['sniff', path('nowhere.csv')], 'no such file'],
  [['sniff', good, '--out', good], 'good.csv: exists; choose another --out, or replace it with --force'],
  [
    ['criteo', good],
    "is a file of columns separated by commas with a header, not Criteo's train file; read it with npm run data -- sniff",
  ],
  [['criteo', file('libsvm.txt', '1 1:1 7:1 9:1\n-1 2:1 6:1 9:1\n')], 'is libsvm text (index:value)'],
  [['criteo', file('ratings.dat', '1::2::5::978300760\n1::3::4::978300761\n')], "is MovieLens's ratings.dat"],
  [['criteo', good, '--out', path('x.json')], '--out: belongs to sniff'],
];

describe('npm run data', { timeout: 120_000 }, () => {
  test.each(mistakes)('%j', async (args, says) => {
    const { exitCode, stderr } = await runHere('data', args);
    const lines = stderr.split('\n').filter((text) => !text.startsWith('preparing: '));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^error: /);
    if (typeof says === 'string') expect(lines[0]).toContain(says);
    else expect(lines[0]).toMatch(says);
    expect(exitCode).toBe(2);
  });
});

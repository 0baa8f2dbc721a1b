import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { commandText } from '../../scripts/options/command-text.ts';
import { setting } from '../../scripts/options/set-option.ts';
import {
  choice,
  gradientKind,
  keptBits,
  list,
  listOf,
  positiveNumber,
  ratios,
  wholeNumber,
} from '../../scripts/options/values.ts';
import { models } from '../../harness/models/index.ts';
import { shortForms } from '../../scripts/options/short-forms.ts';
import { duration } from '../../scripts/terminal/duration.ts';

const widths = shortForms(models).find(({ option }) => option.long === '--top')!.option.parseArg as (
  value: string,
) => unknown;
const order = choice('--order <name>', '', ['log', 'shuffled']).parseArg as (value: string) => unknown;

test.each([
  [list, 'md, qr', ['md', 'qr']],
  [wholeNumber(1), '1_000', 1000],
  [wholeNumber(0), '0', 0],
  [positiveNumber, '1e-3', 0.001],
  [ratios, '4,16x,2.5', [4, 16, 2.5]],
  [listOf(keptBits), '32, 8,4,2', [32, 8, 4, 2]],
  [listOf(gradientKind), 'exact, sbpca:1,sbpca:64', ['exact', 'sbpca:1', 'sbpca:64']],
  [widths, '512-256', '512-256'], // as DLRM's schema takes it
  [order, 'log', 'log'],
  [setting, 'md.temperature=0.3', [{ owner: 'md', option: 'temperature', value: 0.3 }]],
  [list, 'md, int8(full,md),qr', ['md', 'int8(full,md)', 'qr']],
  [setting, 'int8(md).range=greedy', [{ owner: 'int8(md)', option: 'range', value: 'greedy' }]],
  [setting, 'md.blocking=field', [{ owner: 'md', option: 'blocking', value: 'field' }]],
  [setting, 'a.b=true', [{ owner: 'a', option: 'b', value: true }]],
  [setting, 'a.b=', [{ owner: 'a', option: 'b', value: '' }]],
] as [(value: string) => unknown, string, unknown][])('%o takes %o', (parse, text, value) => {
  expect(parse(text)).toEqual(value);
});

test.each([
  [list, ['', 'a,,b', 'a,']],
  [wholeNumber(1), ['0', '-1', '1.5', 'x', 'nan', 'Infinity']],
  [positiveNumber, ['0', '-1', 'x', 'nan', 'Infinity']],
  [ratios, ['0.5', 'nan', '', '4,,8', '1e3000', 'x']],
  [widths, ['', '16-', '16,16', '0', '1.5']],
  [order, ['', 'lgo']],
  [gradientKind, ['', 'sbpca', 'sbpca:', 'sbpca:0', 'sbpca:65', 'sbpca:1.5', 'exact:2', 'sbpca:٣']],
  [setting, ['md', 'md.temperature', '.x=1', 'md.=1', '(md).x=1', 'int8(md.x=1', 'int8().x=1']],
] as [(value: string) => unknown, string[]][])('%o refuses %o', (parse, texts) => {
  for (const text of texts) expect(() => parse(text), text).toThrow(InvalidArgumentError);
});

test('a choice suggests the nearest', () => {
  expect(() => order('shufled')).toThrow('Expected one of log, shuffled; did you mean shuffled?');
});

test('durations read like speech', () => {
  expect([0, 42.4, 60, 200, 3600, 18_420].map(duration)).toEqual([
    '0 s',
    '42 s',
    '1 min 0 s',
    '3 min 20 s',
    '1 h 0 min',
    '5 h 7 min',
  ]);
});

test('a recorded command names files, not folders of this machine', () => {
  const args = [
    '--data',
    '/home/somebody/train.tsv',
    '--python',
    'python3,/opt/venv/bin/python',
    '--out=/srv/x/first',
  ];
  expect(commandText([...args, '--method', 'md,qr'])).toBe(
    '--data train.tsv --python python3,python --out=first --method md,qr',
  );
});

test('a recorded command names no machine', () => {
  expect(commandText(['--gone-host', 'a,b', '--method', 'md', '--gone-host=c', '--seeds', '1'])).toBe(
    '--method md --seeds 1',
  );
});

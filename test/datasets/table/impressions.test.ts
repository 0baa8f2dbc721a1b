import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { mix32 } from '../../../base/hash.ts';
import { type DatasetRequest, defaultSettings, openDataset } from '../../../datasets/index.ts';
import { rawLog } from '../../../datasets/open-dataset.ts';
import type { PreparedData } from '../../../datasets/prepared/read.ts';
import { table } from '../../../datasets/table/index.ts';
import type { WrittenSchema } from '../../../datasets/table/schema.ts';
import { type Part, parts } from '../../../harness/contract/data.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { run } from '../../../harness/run.ts';
import { full } from '../../../methods/full.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallRun } from '../../small-run.ts';
import { temporaryDirectory } from '../sample-rows.ts';

/** A line of i impressions and c clicks counts as c rows with label 1 and i - c rows with label 0. */

beforeAll(() => cpu.open({}));

const lines = Array.from({ length: 300 }, (_, i) => {
  const impressions = 1 + (mix32(i) % 5);
  return {
    line: i,
    impressions,
    clicks: Math.max(0, (mix32(i + 1000) % (impressions + 3)) - 2),
    ad: `ad ${mix32(i + 7) % 30}`,
    words: Array.from({ length: mix32(i + 3) % 4 }, (_, w) => `word ${(i + w) % 12}`).join('|'),
    part: ['train', 'train', 'test', 'validation'][mix32(i + 50) % 4],
    at: mix32(i + 9) % 40,
  };
});
const features: WrittenSchema = {
  numeric: [{ column: 'line', form: 'integer', transform: 'raw' }],
  categorical: ['ad'],
  multi: [{ column: 'words', separator: '|' }],
  part: 'part',
};
const counts = { clicks: 'clicks', impressions: 'impressions' };

const text = (names: readonly string[], rows: readonly object[]) =>
  [names, ...rows.map((row) => names.map((name) => (row as Record<string, unknown>)[name]))]
    .map((cells) => `${cells.join()}\n`)
    .join('');
const names = ['clicks', 'line', 'ad', 'impressions', 'words', 'part', 'at'];
const counted = text(names, lines);
const expanded = text(
  ['click', 'line', 'ad', 'words', 'part', 'at'],
  lines.flatMap((line) =>
    Array.from({ length: line.impressions }, (_, i) => ({ ...line, click: Number(i < line.clicks) })),
  ),
);

function optionsOf(content: string | Uint8Array, schema: WrittenSchema) {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'log'), content);
  writeFileSync(join(folder, 'schema.json'), JSON.stringify(schema));
  return { data: join(folder, 'log'), schema: join(folder, 'schema.json') };
}

const prepared = (
  content: string | Uint8Array,
  schema: WrittenSchema,
  settings: Partial<DatasetRequest> = {},
): Promise<PreparedData> =>
  openDataset(table, {
    ...defaultSettings,
    ...settings,
    options: optionsOf(content, schema),
    cache: join(temporaryDirectory(), 'cache'),
  });

/** Weight of each label by line, of a part. */
function sums(data: PreparedData, part: Part): Map<number, [number, number]> {
  const byLine = new Map<number, [number, number]>();
  for (const { size, dense, labels, weights } of data.batches(part, { batchSize: 64 }))
    for (let row = 0; row < size; row++) {
      const of = byLine.get(dense[row]) ?? [0, 0];
      of[labels[row]] += weights ? weights[row] : 1;
      byLine.set(dense[row], of);
    }
  return byLine;
}

test('a line becomes at most two rows with weights, none of weight 0', async () => {
  const source = rawLog(table, optionsOf(counted, { counts, ...features })).source(() => {});
  const found: number[][] = [];
  for await (const { size, labels, weights, sameLine, dense, lengths } of source.blocks())
    for (let row = 0; row < size; row++)
      found.push([dense[0][row], labels[row], weights![row], sameLine![row], lengths![1]![row]]);
  const expected = lines.flatMap(({ line, clicks, impressions, words }) => {
    const length = words === '' ? 1 : words.split('|').length;
    const both = Number(clicks > 0 && impressions > clicks);
    return [
      [line, 1, clicks, 0, length],
      [line, 0, impressions - clicks, both, length],
    ].filter(([, , weight]) => weight > 0);
  });
  expect(found).toEqual(expected);
  expect(new Set(found.map(([, , , same]) => same)).size).toBe(2);
});

const splits: [string, Partial<DatasetRequest>, WrittenSchema?][] = [
  ['temporal', {}],
  ['temporal with shares', { shares: { train: 0.7, validation: 0.1, test: 0.2 } }],
  ['temporal by time', {}, { time: 'at' }],
  ['random', { protocol: 'random' }],
  ['given', { protocol: 'given' }],
  ['rolling', { protocol: 'rolling', rolling: { days: 4, day: 2 } }],
];

test.each(splits)(
  '%s: lines are not divided, and have the weights of the expanded log',
  async (_, settings, more) => {
    const data = await prepared(counted, { counts, ...features, ...more }, settings);
    const [train, validation, test] = parts.map((part) => sums(data, part));
    const together = new Map([...train, ...validation, ...test]);
    expect(together.size).toBe(train.size + validation.size + test.size);
    for (const [line, weights] of together)
      expect(weights).toEqual([lines[line].impressions - lines[line].clicks, lines[line].clicks]);
    if (settings.protocol !== 'rolling') expect(together.size).toBe(lines.length);
    if (settings.protocol === 'given') for (const [line] of test) expect(lines[line].part).toBe('test');
    const { facts } = data;
    expect(facts.counts).toEqual({
      lines: lines.length,
      impressions: lines.reduce((sum, { impressions }) => sum + impressions, 0),
      clicks: lines.reduce((sum, { clicks }) => sum + clicks, 0),
    });
  },
);

test('a line has the part under random that a log of one row a line gives it', async () => {
  const plain = text(
    ['click', ...names.slice(1)],
    lines.map((line) => ({ ...line, click: line.line % 2 })),
  );
  const single = await prepared(plain, { label: 'click', ...features }, { protocol: 'random' });
  const data = await prepared(counted, { counts, ...features }, { protocol: 'random' });
  for (const part of parts) expect([...sums(data, part).keys()]).toEqual([...sums(single, part).keys()]);
});

test('training on counts is training on the expanded log: one step on all rows, and its scores', async () => {
  const settings: Partial<DatasetRequest> = { protocol: 'given', order: 'first-seen' };
  const backend = await cpu.open({});
  const categorical = { ...features, numeric: [] }; // numbers of lines overwhelm the rest
  const outcome = async (data: PreparedData) => {
    const batchSize = data.rows.train;
    const plan = feasiblePlan(full, layerAt(data.fields, 4, 1));
    const { quality } = await run(data, plan, dlrm, backend, { ...smallRun, optimizer: 'sgd', batchSize });
    return quality;
  };
  const found = await outcome(await prepared(counted, { counts, ...categorical }, settings));
  const expected = await outcome(await prepared(expanded, { label: 'click', ...categorical }, settings));
  expect(found.auc).toBeCloseTo(expected.auc, 4);
  expect(found.logloss).toBeCloseTo(expected.logloss, 5);
  expect(found.normalizedEntropy).toBeCloseTo(expected.normalizedEntropy, 4);
  expect(found.calibration).toBeCloseTo(expected.calibration, 4);
  expect(found.auc).not.toBe(0.5);
});

const parquet = (rows: readonly { clicks: number | null; impressions: number }[]) => {
  const columnData: ColumnSource[] = [
    { name: 'clicks', data: rows.map(({ clicks }) => clicks), type: 'DOUBLE', nullable: true },
    { name: 'impressions', data: rows.map(({ impressions }) => BigInt(impressions)), type: 'INT64' },
    { name: 'ad', data: rows.map((_, i) => `ad ${mix32(i + 7) % 30}`), type: 'STRING' },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 40 }));
};

test('Parquet has the fingerprint of text', async () => {
  const schema = { counts, categorical: ['ad'] };
  const fromText = await prepared(counted, schema);
  expect((await prepared(parquet(lines), schema)).fingerprint).toBe(fromText.fingerprint);
});

test.each([
  ['3,1', /log:2: column 2 \(impressions\): "1" does not fit: 3 clicks are more than 1 impressions/],
  ['0,0', /log:2: column 2 \(impressions\): "0" is no number of impressions/],
  ['1.5,2', /log:2: column 1 \(clicks\): "1\.5" is no count: a whole number/],
  [',2', /log:2: column 1 \(clicks\): "" is no count/],
  ['-1,2', /log:2: column 1 \(clicks\): "-1" is no count/],
  [
    '1,16777217',
    /log:2: column 2 \(impressions\): "16777217" is no count: a whole number from 0 to 16777216/,
  ],
])('the counts %s are refused with line and column', async (cells, message) => {
  const schema = { counts, categorical: ['ad'] };
  const content = `clicks,impressions,ad\n${cells},a\n`;
  await expect(prepared(content, schema)).rejects.toThrow(message);
  const turned = `impressions,ad,clicks\n${cells.split(',')[1]},a,${cells.split(',')[0]}\n`;
  await expect(prepared(turned, schema)).rejects.toThrow(
    /log:2: column [13] \((clicks|impressions)\): ".*" (is no|does not)/,
  );
});

test.each([
  [{ clicks: 3, impressions: 1 }, /log: row group 1, column clicks: 3 clicks are more than 1 impressions/],
  [{ clicks: 0, impressions: 0 }, /row group 1, column impressions: "0" is no number of impressions/],
  [{ clicks: 0.5, impressions: 1 }, /row group 1, column clicks: "0\.5" is no count/],
  [{ clicks: null, impressions: 1 }, /row group 1, column clicks: null is no count/],
])('the counts %o of a Parquet file are refused with row group and column', async (row, message) => {
  await expect(prepared(parquet([row]), { counts, categorical: ['ad'] })).rejects.toThrow(message);
});

test('counts beside a label or a weight are refused, and so is their use as a feature', async () => {
  const with_ = (more: WrittenSchema) => prepared(counted, { counts, categorical: ['ad'], ...more });
  await expect(with_({ label: 'clicks>0' })).rejects.toThrow(
    'counts are labels and weights: leave the label out',
  );
  await expect(with_({ weight: 'line' })).rejects.toThrow('leave the weight out');
  await expect(with_({ numeric: ['impressions'] })).rejects.toThrow(
    'column 4 (impressions) is named twice, as the impressions and as numeric',
  );
  expect((await with_({ categorical: ['*'] })).fields.map(({ name }) => name)).not.toContain('impressions');
});

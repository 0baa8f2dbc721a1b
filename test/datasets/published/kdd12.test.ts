import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mix32 } from '../../../base/hash.ts';
import { defaultSettings, openDataset } from '../../../datasets/index.ts';
import { kdd12 } from '../../../datasets/published/kdd12.ts';
import { parts } from '../../../harness/contract/data.ts';
import { temporaryDirectory } from '../sample-rows.ts';

const lines = Array.from({ length: 500 }, (_, i) => {
  const impressions = 1 + (mix32(i) % 4);
  const clicks = mix32(i + 500) % (impressions + 1);
  const rest = Array.from({ length: 10 }, (_, field) => mix32(10 * i + field) % (3 + 5 * field));
  return [clicks, impressions, `1429800330146${rest[0]}`, ...rest.slice(1)];
});
const sum = (column: 0 | 1) => lines.reduce((total, line) => total + Number(line[column]), 0);

async function prepared(text: string) {
  const folder = temporaryDirectory();
  fs.writeFileSync(join(folder, 'training.txt'), text);
  const settings = { ...defaultSettings, protocol: kdd12.protocol! };
  const cache = join(folder, 'cache');
  const data = await openDataset(kdd12, { ...settings, cache, options: { data: folder } });
  return data;
}

const text = lines.map((cells) => `${cells.join('\t')}\n`).join('');

test('impressions are weights and no feature; lines are compared with those published', async () => {
  const data = await prepared(text);
  expect(data.protocol).toBe('random');
  expect(data.denseFields).toEqual([]);
  expect(data.fields.map(({ name }) => name)).toEqual(
    'display_url ad advertiser depth position query keyword title description user'.split(' '),
  );
  expect(data.facts.counts).toEqual({ lines: 500, impressions: sum(1), clicks: sum(0) });
  expect(data.facts.published).toBe('not the published file: 500 rows, published 149,639,105');
  const [rows, weights] = [
    parts.reduce((total, part) => total + data.rows[part], 0),
    parts.flatMap((part) => Array.from(data.weights!(part)!)).reduce((total, weight) => total + weight),
  ];
  expect(rows).toBeGreaterThan(500);
  expect(weights).toBe(sum(1));
  data.close();
});

test('a line with more clicks than impressions is refused', async () => {
  await expect(prepared(`${text}3\t2${'\t1'.repeat(10)}\n`)).rejects.toThrow(
    /training\.txt:501: column 2 \(impressions\): "2" does not fit: 3 clicks are more than 2 impressions/,
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type ThroughputGroup,
  type ThroughputRow,
  throughputGroups,
} from '../../analysis/throughput/groups.ts';
import type { Estimate } from '../../analysis/statistics/estimates.ts';
import { published } from './published.ts';

/** Tables of docs/throughput.md are those of its recordings. */

const page = readFileSync(join(import.meta.dirname, '../../docs/throughput.md'), 'utf8');
const groupsOf = (name: string) => throughputGroups(published(name).throughput ?? []);

const ratio = ({ value, error }: Estimate) => `${value.toFixed(2)} ± ${error!.toFixed(2)}`;
const percent = ({ value, error }: Estimate) => `${Math.round(100 * value)} ± ${Math.round(100 * error!)} %`;
const count = (value: number) => new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(value);
const line = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const full = ({ rows }: ThroughputGroup) => rows.find(({ record }) => record.method === 'full')!;

test.each(['2026-12-01-throughput-adagrad-avx512', '2026-11-30-throughput-adagrad-avx2'])(
  'full tables beside PyTorch, by batch size: %s',
  (name) => {
    const rows = groupsOf(name).map((group) => {
      const { record, toPeer, shareOfBound } = full(group);
      const { median, mad } = record.train;
      const [train, inference] = [toPeer!.train, toPeer!.inference].map(ratio);
      const speed = `${count(median)} ± ${count(mad)}`;
      return line(count(group.setting.batchSize), speed, train, percent(shareOfBound!), inference);
    });
    expect(rows.length).toBeGreaterThan(2);
    const head = '| batch | samples/s | x PyTorch, training | share of the bound | x PyTorch, inference |';
    expect(page).toContain([head, '|---:|---:|---:|---:|---:|', ...rows, ''].join('\n'));
  },
);

test('methods beside PyTorch and full tables, by batch size', () => {
  const groups = groupsOf('2026-12-01-throughput-sgd-avx512');
  const nameOf = ({ record: { method, compression } }: ThroughputRow) =>
    `\`${method}\`${method === 'full' ? '' : ` ${compression.requested}x`}`;
  expect(groups.map(({ setting }) => setting.batchSize)).toEqual([128, 256, 2048, 8192]);
  expect(groups[0].rows).toHaveLength(9);
  for (const row of groups[0].rows) {
    const same = groups.map(({ rows }) => rows.find((one) => nameOf(one) === nameOf(row))!);
    expect(page).toContain(line(nameOf(row), ...same.map(({ toPeer }) => ratio(toPeer!.train))));
    if (row.record.method === 'full') continue;
    expect(page).toContain(line(nameOf(row), ...same.map(({ toFull }) => ratio(toFull!.train))));
  }
});

test('models beside PyTorch eager, by batch size', () => {
  const groups = groupsOf('2026-12-01-throughput-models-avx512');
  const titleOf = ({ setting: { model, network } }: ThroughputGroup) => `${model} (${network})`;
  const titles = [...new Set(groups.map(titleOf))];
  expect(titles).toHaveLength(10);
  for (const title of titles) {
    const same = groups.filter((group) => titleOf(group) === title).map(full);
    expect(same.map(({ record }) => record.batchSize)).toEqual([128, 256, 2048, 8192]);
    expect(page).toContain(line(title, ...same.map(({ toPeer }) => ratio(toPeer!.train))));
    const shares = same.flatMap(({ shareOfBound }) => (shareOfBound ? [percent(shareOfBound)] : []));
    if (shares.length > 0) expect(page).toContain(line(title, ...shares));
  }
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markdownTable } from '../../reports/markdown-table.ts';
import { comparisonLines } from '../../scripts/results/comparison-lines.ts';
import { published } from './published.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const tableOf = (name: string) => markdownTable(published(name));

test.each([
  '2026-11-29-catalogue-criteo-sample',
  '2026-11-30-newer-criteo-sample',
  '2026-11-30-movielens-newer',
])('docs/catalogue.md holds the table of %s as `report --table` writes it', (name) => {
  expect(textOf('docs/catalogue.md')).toContain(tableOf(name));
});

test('docs/catalogue.md holds the search for free compression as bench prints it', () => {
  const recording = published('2026-11-29-to-target-criteo-sample');
  const lines = comparisonLines(recording);
  expect(lines.length).toBeGreaterThan(11);
  expect(textOf('docs/catalogue.md')).toContain(lines.join('\n'));
});

test('rows of the README’s table are rows of the recording’s', () => {
  const generated = tableOf('2026-11-29-catalogue-criteo-sample').split('\n');
  const start = textOf('README.md').split('| change of test AUC |')[1].split('\n\n')[0];
  const rows = start.split('\n').filter((line) => /^\| `(?!full)/.test(line));
  expect(rows.length).toBeGreaterThan(4);
  for (const row of rows) expect(generated).toContain(row);
});

test('tables of documents write numbers in one style: 0.7630, −0.0021', () => {
  for (const file of [
    'README.md',
    'docs/catalogue.md',
    'docs/throughput.md',
    'docs/training-memory.md',
    'docs/verification.md',
  ]) {
    const cells = textOf(file)
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(
      cells.filter((line) => /[| (*][-−+]?\.\d|[| (*]-\d/.test(line)),
      file,
    ).toEqual([]);
  }
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agreement } from '../../analysis/agreement/agreement.ts';
import { analyze } from '../../analysis/recording.ts';
import { changeFromFull, isCompleted } from '../../analysis/summary/rows.ts';
import { formatBytes, formatChange, formatError } from '../../reports/format.ts';
import { agreementTable } from '../../scripts/results/agreement-lines.ts';
import { readRecording } from '../../results/store.ts';

/** docs/findings.md says what the recordings say. */

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/findings.md'), 'utf8');
const comparisonOf = (name: string) => analyze(readRecording(join(root, 'recordings', name))).comparisons[0];

test.each([
  ['2026-11-29-new-methods-criteo-sample', '2026-11-29-new-methods-movielens'],
  ['2026-11-29-catalogue-criteo-sample', '2026-11-29-catalogue-planted'],
])('it holds the agreement of %s and %s as the command prints it', (first, second) => {
  expect(page).toContain(agreementTable(agreement(comparisonOf(first), comparisonOf(second))));
});

test('its bytes with keys are those of the recordings', () => {
  const rows = ['2026-11-29-catalogue-criteo-sample', '2026-11-29-new-methods-criteo-sample']
    .flatMap((name) => comparisonOf(name).rows)
    .filter(isCompleted)
    .filter(({ requested, series }) => requested === 64 && !series.label.includes('('));
  const lines = rows.map((row) => {
    const { servingBytes, keyBytes, fullBytes, fullKeyBytes } = row.runs[0].size;
    const { value, error } = changeFromFull(row)!;
    const ratio = (fullBytes + fullKeyBytes!) / (servingBytes + keyBytes!);
    return `| \`${row.series.label}\` | ${formatChange(value)} ${formatError(error!)} | ${formatBytes(servingBytes)} | ${formatBytes(servingBytes + keyBytes!)} | ${ratio.toFixed(1)}x |`;
  });
  const [, table] = page.split('| with keys, of full with keys |');
  const shown = table.split('\n\n')[0].split('\n').filter((line) => line.startsWith('| `')); // prettier-ignore
  expect(shown.length).toBeGreaterThan(10);
  for (const line of shown) expect(lines).toContain(line);
});

test('no place of it waits to be filled', () => {
  expect(page).not.toMatch(/\b[A-Z]+_[A-Z]+\b|^[A-Z]{4,}$/m);
});

test('its changes with rows are those of the recordings of scale', () => {
  const recordings = [
    '2026-11-29-scale-152433',
    '2026-11-29-scale-1000000',
    '2026-11-29-scale-5000000',
    '2026-11-30-scale-45840617-kaggle-ids',
  ].map((name) => readRecording(join(root, 'recordings', name)).runs.filter((run) => run.status === 'completed')); // prettier-ignore
  const aucOf = (runs: (typeof recordings)[number], method: string) =>
    runs.find((run) => run.method === method)!.quality.auc;
  for (const method of ['mixed-dimension', 'quotient-remainder', 'hashing-trick', 'product-quantization']) {
    const cells = recordings.map((runs) => formatChange(aucOf(runs, method) - aucOf(runs, 'full')));
    expect(page).toContain(`| \`${method}\` | ${cells.join(' | ')} |`);
  }
  expect(page).toContain(
    `| \`full\` | ${recordings.map((runs) => aucOf(runs, 'full').toFixed(4)).join(' | ')} |`,
  );
});

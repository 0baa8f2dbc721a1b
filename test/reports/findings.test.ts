import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agreement } from '../../analysis/agreement/agreement.ts';
import { againstLinear } from '../../analysis/references/against-linear.ts';
import { answerOf, claimsAbout } from '../../analysis/claims/over-recordings.ts';
import { analyze } from '../../analysis/recording.ts';
import { changeFromFull, isCompleted } from '../../analysis/summary/rows.ts';
import { paperClaims } from '../../reports/claims/papers.ts';
import { formatBytes, formatChange, formatError } from '../../reports/format.ts';
import { markdownTable } from '../../reports/markdown-table.ts';
import { agreementTable } from '../../scripts/results/agreement-lines.ts';
import { comparisonOf, published } from './published.ts';

/** docs/findings.md and docs/conditions.md say what the recordings say. */

/** Recordings that test claims with the models that those take. */
const dlrmOf = /catalogue-criteo-sample|claims-criteo-sample|pep-deepfm/;

const root = join(import.meta.dirname, '../..');
const page = ['findings', 'conditions'].map((name) => readFileSync(join(root, `docs/${name}.md`), 'utf8')).join('\n'); // prettier-ignore

const catalogue = '2026-11-29-catalogue-criteo-sample';

test.each([
  ['MovieLens, twelve older methods', catalogue, '2026-11-30-movielens'],
  ['MovieLens, newer methods beside older', '2026-11-30-newer-criteo-sample', '2026-11-30-movielens-newer'], // prettier-ignore
  ['planted, 152,433 rows', catalogue, '2026-11-30-planted-152433'],
  ['planted, 152,433 rows of few ids', catalogue, '2026-11-30-planted-152433-few-ids'],
  ['planted, 1,000,000 rows', catalogue, '2026-11-30-planted-1000000'],
  ['DCN V2', catalogue, '2026-11-30-criteo-sample-dcn-v2'],
  ['Wide & Deep', catalogue, '2026-11-30-criteo-sample-wide-deep'],
  ['DeepFM', catalogue, '2026-11-30-criteo-sample-deepfm'],
  ['linear', catalogue, '2026-11-30-criteo-sample-linear'],
  ['`fuxictr`', catalogue, '2026-11-30-fuxictr-criteo-sample'],
  ['budgets with keys', catalogue, '2026-11-30-keys-criteo-sample'],
  ['hashed ids', catalogue, '2026-11-30-hashed-ids-criteo-sample'],
  ['DLRM and DCN V2 on MovieLens', '2026-11-30-movielens', '2026-11-30-movielens-dcn-v2'],
  ['DLRM and DeepFM on MovieLens', '2026-11-30-movielens', '2026-11-30-movielens-deepfm'],
  ['DeepFM on both logs', '2026-11-30-criteo-sample-deepfm', '2026-11-30-movielens-deepfm'],
  ['DLRM and DCN V2, planted', '2026-11-30-planted-1000000', '2026-11-30-planted-1000000-dcn-v2'],
  ['DLRM and Wide & Deep, planted', '2026-11-30-planted-1000000', '2026-11-30-planted-1000000-wide-deep'],
  ['DLRM and DeepFM, planted', '2026-11-30-planted-1000000', '2026-11-30-planted-1000000-deepfm'],
  ['DLRM and linear, planted', '2026-11-30-planted-1000000', '2026-11-30-planted-1000000-linear'],
  ['DLRM and linear on MovieLens', '2026-11-30-movielens', '2026-11-30-movielens-linear'],
  ['linear on both logs', '2026-11-30-criteo-sample-linear', '2026-11-30-movielens-linear'],
  ['DLRM and Wide & Deep on MovieLens', '2026-11-30-movielens', '2026-11-30-movielens-wide-deep'],
  ['Wide & Deep on both logs', '2026-11-30-criteo-sample-wide-deep', '2026-11-30-movielens-wide-deep'],
  ['DCN V2 on both logs', '2026-11-30-criteo-sample-dcn-v2', '2026-11-30-movielens-dcn-v2'],
])('its line of %s is the agreement as the command prints it', (name, first, second) => {
  const lines = agreementTable(agreement(comparisonOf(first), comparisonOf(second)))
    .split('\n')
    .slice(2);
  for (const line of lines) expect(page).toContain(`| ${name} ${line}`);
});

test('its bytes with keys are those of the recordings', () => {
  const rows = ['2026-11-29-catalogue-criteo-sample', '2026-11-30-newer-criteo-sample']
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
  ].map((name) => published(name).runs.filter((run) => run.status === 'completed')); // prettier-ignore
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

/** The change of a method from full tables, as tables of the page say it. */
function changeCell(recording: string, method: string, compression: number): string {
  const row = comparisonOf(recording).rows.find(
    ({ series, requested }) => series.label === method && requested === compression,
  );
  if (row === undefined || !isCompleted(row)) return row === undefined ? '' : row.status;
  const { value, error } = changeFromFull(row)!;
  return `${formatChange(value)} ${formatError(error!)}`;
}

test.each([
  ...['dpq', 'mgqe', 'product-quantization', 'frequency-truncation', 'robe', 'unified-embedding'],
  ...['mixed-dimension', 'hashing-trick'],
])('its changes of %s with keys counted and with hashed ids are those of the recordings', (method) => {
  const cells = ['2026-11-30-keys-criteo-sample', '2026-11-30-hashed-ids-criteo-sample'].flatMap(
    (recording) => [16, 64].map((compression) => changeCell(recording, method, compression)),
  );
  expect(page).toContain(`| \`${method}\` | ${cells.join(' | ')} |`);
});

test.each([
  ['none', '2026-11-29-catalogue-criteo-sample', '2026-11-30-newer-criteo-sample'],
  [
    '[`--l2-rows 0.00001`](../recordings/2026-11-30-l2-rows-criteo-sample)',
    '2026-11-30-l2-rows-criteo-sample',
  ],
  ['[`--l2-rows 0.01`](../recordings/2026-11-30-l2-rows-strong-criteo-sample)', '2026-11-30-l2-rows-strong-criteo-sample'], // prettier-ignore
  ['[`--min-count 5`](../recordings/2026-11-30-min-count-criteo-sample)', '2026-11-30-min-count-criteo-sample'], // prettier-ignore
  ['[`--dropout 0.2`](../recordings/2026-11-30-dropout-criteo-sample)', '2026-11-30-dropout-criteo-sample'],
])('its regularised tables are those of the recording: %s', (option, recording, ofNewer = recording) => {
  const full = comparisonOf(recording).rows.filter(isCompleted).find(({ series }) => series.method === 'full')!; // prettier-ignore
  const changes = [
    ...['frequency-truncation', 'dpq'].map((method) => changeCell(recording, method, 4)),
    changeCell(ofNewer, 'mixed-precision-embeddings', 4),
  ];
  const { value, error } = full.estimates.auc;
  const cells = [option, formatBytes(full.runs[0].size.servingBytes), `${value.toFixed(4)} ${formatError(error!)}`, ...changes]; // prettier-ignore
  expect(page).toContain(`| ${cells.join(' | ')} |`);
});

test.each([
  ['planted, 1,000,000 rows', '2026-11-30-planted-1000000'],
  ['planted, 152,433 rows', '2026-11-30-planted-152433'],
  ['Criteo sample', catalogue],
  ['planted, few ids', '2026-11-30-planted-152433-few-ids'],
  ['MovieLens', '2026-11-30-movielens'],
])('its losses by giving up rare ids are those of the recording: %s', (log, recording) => {
  const rows = page.matchAll(/^\| ([^|]+) \| (16|64)x \| [\d.]+ % \| (.*) \|$/gm);
  const ofLog = [...rows].filter(([, name]) => name === log);
  expect(ofLog.map(([, , budget]) => budget).toSorted()).toEqual(['16', '64']);
  for (const [, , budget, cells] of ofLog) {
    const methods = ['frequency-truncation', 'magnitude-pruning', 'cafe', 'robe'];
    expect(cells).toBe(methods.map((method) => changeCell(recording, method, Number(budget))).join(' | '));
  }
});

test.each([
  ...['product-quantization', 'mgqe', 'mixed-dimension', 'unified-embedding', 'robe', 'cafe'],
  ...['frequency-truncation', 'quotient-remainder', 'hashing-trick'],
])(
  'its changes of %s with rows of planted clicks at 64x and 1,024x are those of the recordings',
  (method) => {
    const cells = [
      ...['152433', '1000000'].map((rows) => changeCell(`2026-11-30-planted-${rows}`, method, 64)),
      ...[64, 1024].map((compression) => changeCell('2026-12-01-planted-5000000', method, compression)),
    ];
    expect(page).toContain(`| \`${method}\` | ${cells.join(' | ')} |`);
  },
);

test.each([
  ...['mixed-dimension', 'unified-embedding', 'frequency-truncation', 'mgqe', 'cafe', 'product-quantization'],
  ...['robe', 'magnitude-pruning', 'quotient-remainder', 'hashing-trick'],
])('its changes of %s under five models on a million planted rows are those of the recordings', (method) => {
  const cells = ['', '-dcn-v2', '-wide-deep', '-deepfm', '-linear'].map((model) =>
    changeCell(`2026-11-30-planted-1000000${model}`, method, 64),
  );
  expect(page).toContain(`| \`${method}\` | ${cells.join(' | ')} |`);
});

test.each([
  ['Criteo sample', catalogue],
  ['Criteo sample, newer methods', '2026-11-30-newer-criteo-sample'],
  ['MovieLens', '2026-11-30-movielens-newer'],
])('its changes of the linear model beside the methods are those of the recording: %s', (log, name) => {
  const comparison = comparisonOf(name);
  const [, row] = page.split('## A linear model beside the methods')[1].split(`| ${log} |`);
  const cells = row.split('\n')[0].split('|').slice(0, 4).map((cell) => cell.trim()); // prettier-ignore
  const [, shown] = markdownTable(published(name)).split('| *linear* |');
  const numbers = shown.split('\n')[0].split('|').slice(0, 4).map((cell) => cell.trim()); // prettier-ignore
  const against = againstLinear(comparison, 0.001);
  const named = (requested: number) =>
    comparison.rows
      .filter((row) => row.requested === requested && against.get(row)?.verdict === 'better')
      .map(({ series }) => series.label);
  [4, 16, 64, 256].forEach((requested, i) => {
    const better = named(requested);
    expect(cells[i].split(/[,;]/)[0]).toBe(numbers[i]);
    if (better.length === 0) return expect(cells[i]).toContain(', not beaten');
    // Both forms of a method are named at once.
    const forms = better.map((label) => label.replace(/ \(kind=.*\)/, ''));
    const both = forms.find((label, at) => forms.indexOf(label) !== at);
    const shown = better.filter((_, at) => forms[at] !== both).map((label) => `\`${label}\``);
    const all = both === undefined ? shown : [...shown, `\`${both}\` in both forms`];
    expect(cells[i]).toContain(`; better: ${all.join(', ')}`);
  });
});

test.each(['mgqe', 'dpq', 'mixed-precision-embeddings', 'product-quantization', 'sseds'])(
  'its changes of %s on MovieLens with chosen rates are those of the recording',
  (method) => {
    const label = method === 'product-quantization' ? `${method} (kind=residual)` : method;
    const cells = [4, 16, 64, 256].map((compression) =>
      changeCell('2026-11-30-movielens-newer', label, compression),
    );
    const option = method === 'product-quantization' ? ' (`kind=residual`)' : '';
    expect(page).toContain(`| \`${method}\`${option} | ${cells.join(' | ')} |`);
  },
);

test('its reversed pairs of twelve methods, with and without those that drop rare ids, are those of the recordings', () => {
  const readWithout = (name: string, dropped: readonly string[]) => {
    const recording = published(name);
    const runs = recording.runs.filter(({ method }) => !dropped.includes(method));
    return analyze({ ...recording, runs }).comparisons[0];
  };
  const [all, without] = [[], ['frequency-truncation', 'magnitude-pruning', 'cafe']].map((dropped) => {
    const [first, second] = ['2026-11-29-catalogue-criteo-sample', '2026-11-30-movielens'].map((name) => readWithout(name, dropped)); // prettier-ignore
    const lines = agreementTable(agreement(first, second)).split('\n').slice(2);
    return lines.map((line) => line.split('|').map((cell) => cell.trim()));
  });
  // ['', budget, methods, correlation, interval, ceiling, pairs, reversed, '']
  const [[, , , , , , pairs16, reversed16], [, , , , , , pairs64, reversed64]] = all;
  expect(page).toContain(`have ${pairs16} pairs that are shown both on the Criteo sample and on MovieLens at 16x; ${reversed16} of them are reversed (${reversed64} of ${pairs64} at 64x)`); // prettier-ignore
  const [[, , , value16, from16, , fewer16, left16], [, , , value64, from64, , fewer64, left64]] = without;
  expect(page).toMatch(
    new RegExp(`\\b${left16} of ${fewer16} are reversed\\s+\\(${left64} of ${fewer64} at 64x\\)`),
  );
  const joined = page.replace(/\s+/g, ' ');
  expect(joined).toContain(`the rank correlation is ${value16} (${from16}) at 16x and ${value64} (${from64}) at 64x`); // prettier-ignore
});

test('its count of reversed pairs is that of the recordings of MovieLens', () => {
  const reversed = [
    [catalogue, '2026-11-30-movielens'],
    ['2026-11-30-newer-criteo-sample', '2026-11-30-movielens-newer'],
  ].flatMap(([first, second]) =>
    agreement(comparisonOf(first), comparisonOf(second)).flatMap(({ reversed }) => reversed),
  );
  const drop = ['frequency-truncation', 'shark', 'magnitude-pruning', 'cafe'];
  const theirs = reversed.filter(([better]) => drop.some((name) => better.startsWith(name)));
  expect(page).toContain(`In ${theirs.length} of these ${reversed.length} pairs the method that is better on the Criteo sample is ${drop.slice(0, 3).map((name) => `\`${name}\``).join(', ')} or \`cafe\``); // prettier-ignore
});

test('its claims of papers are those that the recordings on the Criteo sample test', () => {
  const folders = readdirSync(join(root, 'recordings')).filter((name) => /^2026-(11-29|11-30|12).*criteo-sample/.test(name)); // prettier-ignore
  const answers = folders.flatMap((name) => {
    const recording = published(name);
    const { comparisons } = analyze(recording);
    const claims = claimsAbout(paperClaims, new Set(recording.runs.map(({ method }) => method)));
    return claims.flatMap((claim) => ({ name, answer: answerOf(claim, comparisons, recording) }));
  });
  const tested = answers.filter(({ answer }) => answer !== undefined && answer.state !== 'not tested');
  const ids = new Set(tested.map(({ answer }) => answer!.claim.id));
  expect(page).toContain(`test ${ids.size} of the ${paperClaims.length} claims`);
  const statesOf = (id: string) => {
    const intervals = tested.flatMap(({ name, answer }) =>
      answer!.claim.id === id && dlrmOf.test(name) ? answer!.intervals.map((one) => ({ ...one, name })) : [],
    );
    const found = intervals.filter(({ count }, at) =>
      intervals.every(
        (other, i) => i === at || other.requested !== intervals[at].requested || other.count < count,
      ),
    );
    const at = (state: string) => found.filter((one) => one.state === state).map(({ requested }) => requested).toSorted((a, b) => a - b); // prettier-ignore
    return { held: at('held'), refuted: at('refuted'), undecided: at('undecided'), found };
  };
  // The ratios of each claim by its state; of two recordings, the one of more seeds.
  const states: Record<string, [held: number[], refuted: number[], undecided: number[]]> = {
    'unified-hashing': [[16, 64, 256], [], [4]],
    'lma-gain': [[], [4, 16, 64], []],
    'cce-full': [[], [64, 256, 4600], [4, 16]],
    'hashing-full': [[], [256, 4600, 10_000], []],
    'binary-code-thousandth': [[4, 16], [256], [64]],
    'tensor-train-117': [[], [], [110, 125]],
    'cafe-hashing': [[], [10_000], []],
  };
  const undecided = [
    ...['mixed-dimension-half', 'mixed-dimension-sixteenth', 'lma-sixteenth', 'quotient-remainder-loss'],
    ...['quotient-remainder-accuracy', 'cce-hashing', 'tensor-train-range', 'alpt-lossless', 'alpt-lpt'],
    ...['pep-lossless', 'multi-layer-mean', 'svd-better', 'opt-embed-better'],
  ];
  expect([...ids].toSorted()).toEqual([...Object.keys(states), ...undecided].toSorted());
  for (const [id, expected] of Object.entries(states)) {
    const { held, refuted, undecided } = statesOf(id);
    expect([held, refuted, undecided], id).toEqual(expected);
  }
  for (const id of undecided) expect(statesOf(id), id).toMatchObject({ held: [], refuted: [] });
  const shown: [id: string, requested: number, before: string][] = [
    ['binary-code-thousandth', 64, 'undecided at 64x ('],
    ['tensor-train-117', 110, 'undecided: the layer nearest to it has 142x ('],
    ['cafe-hashing', 10_000, 'refuted against hashing ('],
    ['alpt-lossless', 3.5, 'ALPT at 3.5x ('],
    ['pep-lossless', 64, 'PEP under DeepFM ('],
  ];
  for (const [id, requested, before] of shown) {
    const { value, error, count } = statesOf(id).found.find((one) => one.requested === requested)!;
    expect(count).toBe(10);
    expect(page).toContain(`${before}${formatChange(value)} ${formatError(error)}`);
  }
  const trains = published('2026-11-30-claims-criteo-sample').runs.flatMap((run) =>
    run.status === 'completed' && run.method === 'tensor-train' ? [run.compression.achieved] : [],
  );
  expect(new Set(trains.map((achieved) => achieved.toFixed(0)))).toEqual(new Set(['142']));
});

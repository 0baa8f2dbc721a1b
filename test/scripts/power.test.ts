import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planOf } from '../../analysis/power/plan.ts';
import { analyze } from '../../analysis/recording.ts';
import { readRecording } from '../../results/store.ts';
import { powerLines } from '../../scripts/results/power-lines.ts';
import { resolutionNote, searchResolutionNote } from '../../scripts/results/resolution-note.ts';
import { settingHeadings } from '../../scripts/results/setting-headings.ts';
import { verdictTable } from '../../scripts/results/verdict-table.ts';
import { verdictsJson } from '../../scripts/results/verdicts-json.ts';
import { runHere } from './run-here.ts';

const recording = readRecording(join(import.meta.dirname, '../../recordings/2026-11-23-planted'));
const [comparison] = analyze(recording).comparisons;

describe('power', () => {
  test('says what the recording could have found, and what a difference takes', () => {
    const plan = planOf(recording, comparison, { difference: 0.002 })!;
    expect(plan.pilot.assumed).toBe(true);
    expect(plan.found).toHaveLength(3);
    expect(plan.planned.map(({ rows }) => rows)).toEqual([10_888, 1e5, 1e6, 1e7]);
    const [now, , , most] = plan.planned;
    expect(now.seeds.worse).toBeUndefined();
    expect(most.seeds.worse).toBeGreaterThanOrEqual(most.seeds.within!);
    expect(most.hours.worse! / most.hours.within!).toBeCloseTo(most.seeds.worse! / most.seeds.within!, 9);
    const lines = powerLines(plan).join('\n');
    expect(lines).not.toContain('known roughly');
    expect(powerLines({ ...plan, degrees: 2 }).join('\n')).toContain(
      'known roughly, from 2 degrees of freedom',
    );
    expect(lines).toContain('(both of test rows assumed)');
    expect(lines).toMatch(/10,888 +more than 500 +– /);
  });

  test('takes other numbers of methods and rows', () => {
    const few = planOf(recording, comparison, { difference: 0.004, methods: 2, rows: 1e6 })!;
    expect(few.planned).toHaveLength(1);
    const many = planOf(recording, comparison, { difference: 0.004, methods: 40, rows: 1e6 })!;
    expect(many.planned[0].seeds.worse).toBeGreaterThan(few.planned[0].seeds.worse!);
    // Twenty times the methods, and full tables once in either.
    const perSeed = (plan: typeof few) => plan.planned[0].hours.worse! / plan.planned[0].seeds.worse!;
    expect(perSeed(many) / perSeed(few)).toBeGreaterThan(10);
    expect(perSeed(many) / perSeed(few)).toBeLessThan(20);
  });
});

test('bench says what it cannot resolve, and nothing where it can', () => {
  const plan = { methods: 12, seeds: 3, rows: 10_888, budgets: 4, margin: 0.001 };
  expect(resolutionNote(plan)).toMatch(/^3 seeds and 10,888 test rows tell 12 methods apart from 0\.0069 AUC on, not 0\.001/); // prettier-ignore
  expect(resolutionNote({ ...plan, margin: 0.01 })).toBeUndefined();
  expect(resolutionNote({ ...plan, seeds: 2 })).toContain('no verdicts');
  expect(resolutionNote({ ...plan, methods: 1 })).toBeUndefined();
});

test('bench says what a search cannot resolve: less with more ratios', () => {
  const search = { ratios: 50, seeds: 5, rows: 10_888, margin: 0.001 };
  const found = (ratios: number) =>
    Number(/a margin of ([\d.]+) on/.exec(searchResolutionNote({ ...search, ratios })!)![1]);
  expect(searchResolutionNote(search)).toMatch(/^5 seeds and 10,888 test rows show among 50 ratios .*, not 0\.001, if noise is as on the Criteo sample$/); // prettier-ignore
  expect(found(50)).toBeGreaterThan(found(5));
  expect(searchResolutionNote({ ...search, margin: 0.02 })).toBeUndefined();
  expect(searchResolutionNote({ ...search, seeds: 2 })).toBeUndefined();
});

test('verdicts are counted in a table, and whole as an object with their margin', () => {
  const table = verdictTable(comparison, recording, { margin: 0.001, earlier: false }).split('\n');
  expect(table).toHaveLength(2 + comparison.rankings.length);
  expect(table[0]).not.toContain('earlier');
  const { margin, verdicts } = verdictsJson(recording, 0.002);
  expect(margin).toBe(0.002);
  expect(verdicts[0].budgets.map(({ methods }) => methods.length)).toEqual(
    comparison.rankings.map(({ standings }) => standings.size),
  );
  expect(verdicts[0].rowNoise).toBe('assumed');
});

test('each of several settings is named above its numbers; the only one is not', async () => {
  const folder = join(import.meta.dirname, '../../recordings');
  for (const script of ['power', 'verdicts']) {
    const several = await runHere(script, [join(folder, '2026-11-24-training-memory-planted')]);
    expect(several.stdout).toContain('exact gradients, activations of 4 bits in the backward pass:\n');
  }
  expect(settingHeadings([comparison.setting])).toEqual([[]]);
});

test('report says why the noise of test rows was left out, in words and as JSON', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'row-noise-'));
  try {
    cpSync(join(import.meta.dirname, '../../recordings/2026-11-23-planted'), folder, { recursive: true });
    writeFileSync(join(folder, 'row-noise.jsonl'), 'torn');
    expect((await runHere('report', [folder])).stdout).toContain('row-noise.jsonl is left out: its end is missing\n'); // prettier-ignore
    const found = JSON.parse((await runHere('report', [folder, '--json'])).stdout) as Record<string, unknown>;
    expect(found.rowNoiseProblem).toMatch(/its end is missing/);
    expect(found.comparisons).toMatchObject([{ rowNoise: 'assumed' }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a recording without training runs has no verdicts, and says so', async () => {
  const folder = join(import.meta.dirname, '../../recordings/2026-12-01-throughput-sgd-avx512');
  for (const options of [[], ['--json']]) {
    const { exitCode, stdout, stderr } = await runHere('verdicts', [folder, ...options]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*no method was trained at a budget, so there is nothing to judge.*\n?$/);
  }
});

test('docs/verdicts.md has the table of the catalogue', () => {
  const catalogue = readRecording(
    join(import.meta.dirname, '../../recordings/2026-11-29-catalogue-criteo-sample'),
  );
  const [whole] = analyze(catalogue).comparisons;
  const text = readFileSync(join(import.meta.dirname, '../../docs/verdicts.md'), 'utf8');
  expect(text).toContain(verdictTable(whole, catalogue, { margin: 0.001, earlier: true }));
});

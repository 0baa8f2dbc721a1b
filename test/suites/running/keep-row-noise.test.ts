import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { placements } from '../../../analysis/statistics/delong.ts';
import { isCompleted } from '../../../analysis/summary/rows.ts';
import { random } from '../../../base/random.ts';
import { sealedLine } from '../../../results/sealed-line.ts';
import { readRecording } from '../../../results/store.ts';
import { keepRowNoise } from '../../../suites/running/keep-row-noise.ts';
import { completedRun, environment } from '../../reports/recordings.ts';

const parent = mkdtempSync(join(tmpdir(), 'embed-bench-row-noise-'));
const folder = join(parent, 'recording');
const file = join(folder, 'row-noise.jsonl');
afterAll(() => rmSync(parent, { recursive: true }));

const labels = Uint8Array.from({ length: 900 }, (_, i) => Number(i % 4 === 0));

/** A recording on disk with scores: methods at two budgets, and full tables. */
function record(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'scores'), { recursive: true });
  const noise = random(5);
  const common = [...labels].map((label) => 2 * label + noise.normal());
  const lines: string[] = [];
  for (const [method, ratio, spread, reference] of [
    ['no-ids', 1, 0.9, 'no-ids'],
    ['full', 1, 0.2],
    ['robe', 4, 0.21],
    ['uniform', 4, 0.5],
    ['robe', 16, 0.4],
    ['uniform', 16, 0.7],
  ] as const) {
    const own = common.map((x) => x + spread * noise.normal());
    for (let seed = 1; seed <= 3; seed++) {
      const scores = Float32Array.from(own, (x) => x + 0.1 * noise.normal());
      const made = completedRun({ method, ratio, seed, auc: placements(scores, labels).auc });
      const run = { ...made, ...(reference !== undefined && { reference }) };
      const id = `${method}-${ratio}-${seed}`;
      lines.push(sealedLine({ ...run, id, dataset: { ...run.dataset, rows } }));
      writeFileSync(join(folder, 'scores', `${id}.f32`), scores);
    }
  }
  writeFileSync(join(folder, 'scores', 'labels.u8'), labels);
  writeFileSync(join(folder, 'runs.jsonl'), `${lines.join('\n')}\n`);
  const { data } = environment;
  const facts = { ...data.facts, clickRate: { test: 0.25 } };
  writeFileSync(
    join(folder, 'environment.json'),
    JSON.stringify({ ...environment, data: { ...data, rows, facts } }),
  );
}
const rows = { train: 1000, validation: 900, test: 900 };

const judged = () => {
  const { comparisons, testRows, rowNoiseProblem } = analyze(readRecording(folder));
  const [{ rows: found, references, rankings, noise }] = comparisons;
  const at4 = found.filter(isCompleted).filter(({ requested }) => requested === 4);
  const full = found.filter(isCompleted)[0];
  const differences = [
    [at4[0], at4[1]],
    [at4[0], full],
    [at4[1], full],
    [at4[0], references.map(({ row }) => row).filter(isCompleted)[0]],
  ].map(([a, b]) => testRows?.difference(a.runs, b.runs));
  const verdicts = rankings.map(({ standings }) => [...standings.values()]);
  return { differences, verdicts, noise, rowNoiseProblem, source: testRows?.source };
};
const withoutScores = () => rmSync(join(folder, 'scores'), { recursive: true });

describe('row-noise.jsonl', () => {
  beforeEach(record);

  it('gives the differences of the scores to six digits, and their verdicts', () => {
    const before = judged();
    const bytes = keepRowNoise(folder);
    expect(bytes).toBe(statSync(file).size);
    expect(judged().source).toBe('scores');
    withoutScores();
    const after = judged();
    expect(after.source).toBe('covariances');
    after.differences.forEach((one, i) => {
      const expected = before.differences[i]!;
      for (const of of ['shared', 'apart'] as const)
        expect(Math.abs(one![of] - expected[of])).toBeLessThan(1e-6 * expected.overRows.standardError! ** 2);
      expect(one!.overRows.value).toBeCloseTo(expected.overRows.value, 14);
      expect(one!.overBoth.standardError! / expected.overBoth.standardError!).toBeCloseTo(1, 6);
    });
    after.verdicts.forEach((some, budget) =>
      some.forEach(({ verdict, gap }, i) => {
        const expected = before.verdicts[budget][i];
        expect(verdict).toBe(expected.verdict);
        if (gap !== undefined) expect(gap.error! / expected.gap!.error!).toBeCloseTo(1, 6);
      }),
    );
  });

  it('takes four bytes a covariance, a third more as text, and ids', () => {
    keepRowNoise(folder);
    const [, line] = readFileSync(file, 'utf8').split('\n');
    const { covariances, ids } = JSON.parse(line) as { covariances: string; ids: string[] };
    expect(ids).toHaveLength(12);
    expect(covariances).toHaveLength(4 * Math.ceil((4 * 78) / 3));
  });

  it.each<[string, () => void, RegExp]>([
    ['torn', () => writeFileSync(file, readFileSync(file, 'utf8').slice(0, -40)), /its end is missing/],
    ['short of a budget', () => writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n') + '\n'), /budgets are missing/], // prettier-ignore
    ['changed', () => writeFileSync(file, readFileSync(file, 'utf8').replace(/"aucs":\[0\.(\d)/, (text) => text.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)))), /changed after it was written/], // prettier-ignore
    ['without checks', () => writeFileSync(file, '{"kind":"row noise"}\n'), /changed after it was written/],
    ['a folder', () => { rmSync(file); mkdirSync(file); }, /it is no file/], // prettier-ignore
    ['of a later version', () => writeFileSync(file, `${sealedLine({ kind: 'row noise', version: 2 })}\n`), /not in the format/], // prettier-ignore
    ['of other rows', () => writeFileSync(file, `${sealedLine({ kind: 'row noise', version: 1, rows: 7, budgets: 0 })}\n`), /of 7 test rows, the recording of 900/], // prettier-ignore
    ['outdated by a new run', () => addRun('uniform-4-9', 9), /does not know 1 of the 16 runs/],
    ['outdated by a run made again', () => addRun('uniform-4-1', 1), /does not know 1 of the 15 runs/],
  ])('%s is left out as a whole, and says so', (_, damage, problem) => {
    keepRowNoise(folder);
    damage();
    withoutScores();
    const { source, noise, rowNoiseProblem } = judged();
    expect(source).toBeUndefined();
    expect(noise.source).toBe('assumed');
    expect(rowNoiseProblem).toMatch(/^row-noise\.jsonl is left out: /);
    expect(rowNoiseProblem).toMatch(problem);
  });

  it('does not know a reference that was made again, and stays for all others', () => {
    keepRowNoise(folder);
    addRun('no-ids-1-1', 1, 'no-ids');
    withoutScores();
    const { source, differences } = judged();
    expect(source).toBe('covariances');
    expect(differences.map((one) => one !== undefined)).toEqual([true, true, true, false]);
  });

  it('is not written where a run has no scores', () => {
    rmSync(join(folder, 'scores', 'robe-4-2.f32'));
    expect(keepRowNoise(folder)).toBeUndefined();
    expect(judged().rowNoiseProblem).toBe('');
  });
});

function addRun(id: string, seed: number, reference?: string): void {
  const [method, ratio] = reference === undefined ? ['uniform', 4] : [reference, 1];
  const run = completedRun({ method, ratio, seed, auc: 0.7 });
  const line = sealedLine({ ...run, id, ...(reference !== undefined && { reference }), dataset: { ...run.dataset, rows } }); // prettier-ignore
  appendFileSync(join(folder, 'runs.jsonl'), `${line}\n`);
}

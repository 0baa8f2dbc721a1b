import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run } from '../../harness/run.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { leverage } from '../../methods/leverage/index.ts';
import { symmetricEigen } from '../../methods/shared/subspace/jacobi.ts';
import { scoreRows } from '../../methods/leverage/row-scores.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { smallRun } from '../small-run.ts';
import { allIds, dim, fields } from './small-layer.ts';
import { nextStage, vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const offsets = fields.map((_, f) => fields.slice(0, f).reduce((sum, { cardinality }) => sum + cardinality, 0)); // prettier-ignore
const ids = offsets[fields.length - 1] + fields[fields.length - 1].cardinality;
const counts = fields.flatMap((field) => [...field.counts]);

/** Rows about a mean of the field, long in some coordinates and short in others. */
const trained = (() => {
  const stream = random(8);
  const rows = new Float32Array(ids * dim);
  fields.forEach(({ cardinality }, f) => {
    for (let id = 0; id < cardinality; id++)
      for (let k = 0; k < dim; k++)
        rows[(offsets[f] + id) * dim + k] = f / 2 + 4 ** (-k / 4) * stream.normal();
  });
  return rows;
})();

/** Sum and means by a weight per row, over the rows of a field that pass. */
function meanOf(f: number, isOf: (row: number) => boolean): number[] {
  const sums = Array.from({ length: dim }, () => 0);
  let total = 0;
  for (let row = offsets[f]; row < offsets[f] + fields[f].cardinality; row++) {
    if (!isOf(row)) continue;
    total += counts[row];
    for (let k = 0; k < dim; k++) sums[k] += counts[row] * trained[row * dim + k];
  }
  return sums.map((sum) => sum / total);
}

const fieldOf = (row: number) => offsets.findLastIndex((offset) => offset <= row);
const means = fields.map((_, f) => meanOf(f, () => true));
const centred = (row: number) =>
  Array.from({ length: dim }, (_, k) => trained[row * dim + k] - means[fieldOf(row)][k]);

/** a (A'A)^-1 a' of all rows, by the eigenvectors of A'A, A the centred rows times roots of weights. */
function exactLeverage(weightOf: (row: number) => number): number[] {
  const rows = Array.from({ length: ids }, (_, row) => centred(row).map((x) => x * Math.sqrt(weightOf(row))));
  const gram = new Float64Array(dim * dim);
  for (const a of rows)
    for (let i = 0; i < dim; i++) for (let j = 0; j < dim; j++) gram[i * dim + j] += a[i] * a[j];
  const { values, vectors } = symmetricEigen(gram, dim);
  return rows.map((a) =>
    [...values].reduce((sum, value, r) => {
      const along = a.reduce((sum, x, k) => sum + x * vectors[r * dim + k], 0);
      return sum + along ** 2 / value;
    }, 0),
  );
}

async function served(options: Record<string, unknown>, ratio = 4) {
  const plan = feasiblePlan(leverage, layerAt(fields, dim, ratio), options);
  const stage = await nextStage(plan, backend, new Map([[plan.tables[0], trained]]));
  expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
  const vectors = vectorsOf(stage, backend, allIds);
  const of = (row: number) => {
    const f = fieldOf(row);
    const at = ((row - offsets[f]) * fields.length + f) * dim;
    return vectors.subarray(at, at + dim);
  };
  const kept = stage.plan.tables[0].parts[0].rows;
  return { stage, of, kept };
}

const scoresOf = (options: Parameters<typeof scoreRows>[2]) =>
  scoreRows(layerAt(fields, dim, 4), trained, options);

describe('scores', () => {
  test('are leverage, of lookups or of rows, exactly where the sketch has room for all', () => {
    for (const [score, weightOf] of [
      ['frequency-leverage', (row: number) => counts[row]],
      ['leverage', () => 1],
    ] as const) {
      const exact = exactLeverage(weightOf);
      const scores = scoresOf({ score, sketch: 4096 });
      scores.forEach((found, row) => expect(found).toBeCloseTo(exact[row], 5));
      expect(scores.reduce((sum, x) => sum + x)).toBeCloseTo(dim, 4);
    }
  });

  test('are near it by a sketch of fewer rows', () => {
    const exact = exactLeverage((row) => counts[row]);
    const ratios = [...scoresOf({ score: 'frequency-leverage', sketch: 512 })]
      .map((found, row) => found / exact[row])
      .filter(Number.isFinite);
    // e is about 2 sqrt(8 / 512) = 1/4; few rows of high leverage make it worse.
    expect(Math.max(...ratios)).toBeLessThan(1.7);
    expect(Math.min(...ratios)).toBeGreaterThan(0.5);
    expect(Math.max(...ratios)).toBeGreaterThan(1.001);
  });

  test('are counts, squares of lengths by count or not, or nothing of the kind', () => {
    const squares = Array.from({ length: ids }, (_, row) => centred(row).reduce((sum, x) => sum + x * x, 0));
    scoresOf({ score: 'norm', sketch: 1 }).forEach((x, row) => expect(x).toBeCloseTo(squares[row], 3));
    scoresOf({ score: 'frequency-norm', sketch: 1 }).forEach((x, row) =>
      expect(x / (counts[row] * squares[row])).toBeCloseTo(1, 4),
    );
    expect([...scoresOf({ score: 'frequency', sketch: 1 })]).toEqual(counts);
    const drawn = scoresOf({ score: 'random', sketch: 1 });
    expect(scoresOf({ score: 'random', sketch: 1 })).toEqual(drawn);
    const other = scoreRows(layerAt(fields, dim, 4, 2), trained, { score: 'random', sketch: 1 });
    expect(other).not.toEqual(drawn);
  });
});

test('rows of the highest scores are served as trained, all others as the mean of what is looked up', async () => {
  const { of, kept } = await served({});
  const scores = scoresOf({ score: 'frequency-leverage', sketch: 4096 });
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  const chosen = new Set(order.slice(0, kept));
  expect(kept).toBeGreaterThan(0.2 * ids);
  const restMeans = fields.map((_, f) => meanOf(f, (row) => !chosen.has(row)));
  for (const row of scores.keys())
    of(row).forEach((x, k) => {
      const expected = chosen.has(row) ? trained[row * dim + k] : restMeans[fieldOf(row)][k];
      expect(Math.abs(x - expected)).toBeLessThan(2e-6);
    });
});

test('the rest along its first axes loses what is along the others', async () => {
  const { of, kept, stage } = await served({ rest: 'project', rank: 3 }, 2);
  const scores = scoresOf({ score: 'frequency-leverage', sketch: 4096 });
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  const chosen = new Set(order.slice(0, kept));
  expect(stage.plan.tables.map(({ width, parts }) => [width, parts[0].rows])).toEqual([
    [dim, kept],
    [3, ids - kept],
  ]);
  for (const row of chosen)
    of(row).forEach((x, k) => expect(Math.abs(x - trained[row * dim + k])).toBeLessThan(2e-6));
  for (const f of [2, 3]) {
    const rest = meanOf(f, (row) => !chosen.has(row));
    const gram = new Float64Array(dim * dim);
    let lost = 0;
    for (let row = offsets[f]; row < offsets[f] + fields[f].cardinality; row++) {
      if (chosen.has(row)) continue;
      const x = rest.map((mean, k) => trained[row * dim + k] - mean);
      for (let i = 0; i < dim; i++)
        for (let j = 0; j < dim; j++) gram[i * dim + j] += counts[row] * x[i] * x[j];
      of(row).forEach((found, k) => (lost += counts[row] * (found - trained[row * dim + k]) ** 2));
    }
    const least = symmetricEigen(gram, dim)
      .values.subarray(3)
      .reduce((sum, value) => sum + value, 0);
    expect(lost / least).toBeCloseTo(1, 4);
  }
});

describe('on Kaggle', () => {
  test.each([
    ['share', 4],
    ['share', 256],
    ['project', 8],
  ])('%s at %i x is what fits, positions and means counted', (rest, ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const plan = feasiblePlan(leverage, layer, { rest });
    const { servingBytes } = sizeOf(plan);
    expect(servingBytes).toBeLessThanOrEqual(layer.budget);
    expect(layer.budget - servingBytes).toBeLessThan(128); // less than one row more
    const kept = plan.choices.kept as number;
    const others = rest === 'share' ? 0 : 33_762_577 - kept + 26 * 16;
    const floats = 4 * (16 * kept + 26 * 16 + others);
    // A list of 26 bits each, or a bit for each id and 26 for the members before every 512 of them.
    const bits = Math.min(26 * kept, 33_762_577 * (1 + 26 / 512));
    expect(Math.abs(servingBytes - floats - bits / 8)).toBeLessThan(200_000);
  });

  test('a float for every id is more than 16 x takes', () => {
    const layer = layerAt(kaggleFields, 16, 16);
    const plan = leverage.plan(layer, leverage.options.parse({ rest: 'project' }));
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(
      4 * (16 + 33_762_576 + 26 * 16 + 26 * 16) + Math.ceil(26 / 8),
    );
  });
});

test.each(['share', 'project'])('a whole run, %s, converts, and trains on where asked to', async (rest) => {
  const data = smallData();
  const outcome = (options: Record<string, unknown>) =>
    run(
      data,
      feasiblePlan(leverage, layerAt(data.fields, 4, 2), { rest, ...options }),
      dlrm,
      backend,
      smallRun,
    );
  const plain = await outcome({});
  expect(plain.stages.map(({ name, samples }) => [name, samples])).toEqual([
    ['training', 900],
    ['conversion', 0],
  ]);
  const tuned = await outcome({ fineTune: 0.2 });
  expect(tuned.stages.map(({ name }) => name)).toEqual(['training', 'fine-tuning']);
  expect(tuned.size.servingBytes).toBe(plain.size.servingBytes);
  expect(tuned.quality.validation.logloss).not.toBe(plain.quality.validation.logloss);
});

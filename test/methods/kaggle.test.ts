import { describe, expect, test } from 'vitest';
import type { Method } from '../../harness/contract/method.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { fullSize, sizeOf } from '../../harness/contract/size.ts';
import { full } from '../../methods/full.ts';
import { hashingTrick } from '../../methods/hashing-trick.ts';
import { mixedDimension } from '../../methods/mixed-dimension/index.ts';
import { quotientRemainder } from '../../methods/quotient-remainder/index.ts';
import { uniform } from '../../methods/uniform.ts';
import { kaggleCardinalities, kaggleFields as fields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';

/** Exact counts on Criteo Kaggle's 26 cardinalities, computed independently from the papers' formulas. */

const unlimited = (dim: number) => ({ fields, dim, budget: Number.MAX_SAFE_INTEGER, seed: 1 });

test('the full model at dim 16 has 540,201,232 parameters, 2.16 GB', () => {
  expect(fullSize({ fields, dim: 16 })).toEqual({ parameters: 540_201_232, servingBytes: 2_160_804_928 });
  expect(sizeOf(feasiblePlan(full, unlimited(16))).parameters).toBe(540_201_232);
});

describe('mixed-dimension', () => {
  const floats = (dim: number, options: Record<string, unknown>) => {
    const plan = feasiblePlan(mixedDimension, unlimited(dim), options);
    const rows = sizeOf({ tables: plan.tables }).parameters;
    return [rows, sizeOf(plan).parameters - rows];
  };

  // Widths of dlrm's own functions (tricks/md_embedding_bag.py), which round to a whole number first.
  test.each([
    [8, 0.1, [68_116_329, 792], [68_664_570, 496]],
    [8, 0.2, [33_797_081, 496], [33_798_637, 360]],
    [8, 0.3, [33_764_688, 440], [33_764_784, 328]],
    [16, 0.1, [135_831_586, 3_152], [135_613_288, 1_984]],
    [16, 0.2, [34_404_195, 2_160], [34_431_301, 1_456]],
    [16, 0.3, [33_786_932, 1_584], [33_789_720, 1_312]],
    [16, 0.5, [33_763_695, 1_120], [33_763_852, 944]],
    [32, 0.1, [246_173_825, 13_504], [270_481_416, 7_680]],
    [64, 0.2, [111_350_769, 33_664], [137_715_876, 22_272]],
    [128, 0.3, [50_915_770, 95_488], [50_933_522, 72_704]],
  ])(
    'dim %i, temperature %f: to the nearest width %j, to a power of two %j',
    (dim, temperature, nearest, power) => {
      expect(floats(dim, { temperature })).toEqual(nearest);
      expect(floats(dim, { temperature, rounding: 'power-of-two' })).toEqual(power);
    },
  );

  test('powers of two at temperature 0.3 and 0.2, in the order of the fields', () => {
    const at = (temperature: number) =>
      feasiblePlan(mixedDimension, unlimited(16), { temperature, rounding: 'power-of-two' }).choices.widths;
    const single = (widths: readonly number[]) => widths.map((width) => [width]);
    expect(at(0.3)).toEqual(
      single([4, 4, 1, 1, 4, 8, 1, 4, 16, 1, 2, 1, 2, 8, 1, 1, 8, 2, 2, 16, 1, 8, 8, 1, 8, 1]),
    );
    expect(at(0.2)).toEqual(
      single([4, 8, 1, 1, 8, 8, 4, 4, 16, 2, 4, 1, 4, 8, 4, 1, 16, 4, 4, 16, 1, 8, 16, 2, 8, 2]),
    );
  });

  test.each([
    [2, 1_080_402_464, 2, [8, 7]],
    [4, 540_201_232, 2, [4, 3]],
    [8, 270_100_616, 2, [2, 1]],
    [12, 180_067_076, 20, [2, 1]],
    [15.9, 135_899_680, 10, [4, 3]],
  ])('at %fx takes %i bytes; field %i is cut, its first ids one wider: %j', (ratio, bytes, field, widths) => {
    const plan = feasiblePlan(mixedDimension, layerAt(fields, 16, ratio));
    expect(sizeOf(plan).servingBytes).toBe(bytes);
    expect((plan.choices.widths as number[][])[field]).toEqual(widths);
  });

  test('at 4x the widths of the other fields', () => {
    const { widths } = feasiblePlan(mixedDimension, layerAt(fields, 16, 4)).choices as { widths: number[][] };
    expect(widths.map((ofField) => ofField.at(-1))).toEqual([
      16, 16, 3, 5, 16, 16, 11, 16, 16, 8, 12, 4, 13, 16, 11, 5, 16, 13, 14, 16, 4, 16, 16, 8, 16, 8,
    ]);
  });

  test.each([
    [16, { temperature: 0.1 }, 135_831_586, 3_152],
    [16, { temperature: 0.4 }, 33_765_442, 1_280],
    [400, { temperature: 0.2 }, 732_392_869, 1_324_400],
  ])('dim %i, %o: %i floats in rows, %i in projections', (dim, options, rows, projections) => {
    expect(floats(dim, options)).toEqual([rows, projections]);
  });

  test('the widths at temperature 0.3, in the order of the fields', () => {
    const plan = feasiblePlan(mixedDimension, unlimited(16), { temperature: 0.3 });
    const widths = [3, 3, 1, 1, 4, 9, 1, 3, 16, 1, 2, 1, 2, 8, 1, 1, 11, 2, 2, 15, 1, 9, 10, 1, 6, 1];
    expect(plan.choices.widths).toEqual(widths.map((width) => [width]));
  });

  test('one block per field leaves a float per id; blocks by popularity go on from there', () => {
    const at = (ratio: number, blocking: string) =>
      mixedDimension.plan(layerAt(fields, 16, ratio), mixedDimension.options.parse({ blocking }));
    expect(isInfeasible(at(15.9, 'field'))).toBe(false);
    const beyond = at(17, 'field');
    expect(isInfeasible(beyond) && beyond.smallestBytes).toBeGreaterThan(4 * 33_762_577);
    expect(JSON.stringify(at(15.9, 'auto'))).toBe(JSON.stringify(at(15.9, 'field')));
    expect(isInfeasible(at(64, 'auto'))).toBe(false);
  });
});

describe('quotient-remainder', () => {
  test.each([
    [2, 270_102_928],
    [4, 135_054_048],
    [60, 9_024_032],
    [250, 2_236_224],
  ])('%i collisions: %i floats', (collisions, floats) => {
    const plan = feasiblePlan(quotientRemainder, unlimited(16), { collisions, large: 'quotient' });
    expect(sizeOf(plan).parameters).toBe(floats);
  });

  test('half of that where halves are concatenated, small tables apart', () => {
    const plan = feasiblePlan(quotientRemainder, unlimited(16), {
      collisions: 4,
      combine: 'concat',
      large: 'quotient',
    });
    const small = kaggleCardinalities.filter((n) => n <= 200).reduce((sum, n) => sum + n, 0);
    expect(sizeOf(plan).parameters).toBe((135_054_048 - 16 * small) / 2 + 16 * small);
  });

  test('at the least takes divisors of sqrt(n): 462,928 floats', () => {
    const plan = quotientRemainder.plan(
      layerAt(fields, 16, 1e6),
      quotientRemainder.options.parse({ large: 'quotient' }),
    );
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(4 * 462_928);
  });

  test.each(['remainder', 'quotient'])('every pair of rows is of one id alone, large %s', (large) => {
    const n = 12_517;
    const plan = feasiblePlan(quotientRemainder, layerAt(uncountedFields([n]), 16, 16), { large });
    const [divisor] = plan.choices.divisors as number[];
    const pairs = new Set(
      Array.from({ length: n }, (_, id) => `${Math.floor(id / divisor)} ${id % divisor}`),
    );
    expect(pairs.size).toBe(n);
    expect(divisor).toSatisfy((d: number) => (large === 'remainder' ? d > n / 17 : d > 1 && d < 20));
  });
});

test.each([4, 16, 64])('quotient-remainder uses up its budget at %ix', (ratio) => {
  const layer = layerAt(fields, 16, ratio);
  expect(sizeOf(feasiblePlan(quotientRemainder, layer)).servingBytes).toBeGreaterThan(0.99 * layer.budget);
});

test('uniform takes one float of width per ratio', () => {
  const width = (ratio: number) => feasiblePlan(uniform, layerAt(fields, 16, ratio)).choices.width;
  expect([2, 4, 5, 8, 16].map(width)).toEqual([8, 4, 3, 2, 1]);
  expect(isInfeasible(uniform.plan(layerAt(fields, 16, 16.1), { lift: 'pad' }))).toBe(true);
});

test('the hashing trick uses up its budget and keeps small fields whole', () => {
  for (const ratio of [4, 16, 64, 1000]) {
    const layer = layerAt(fields, 16, ratio);
    const plan = feasiblePlan(hashingTrick, layer);
    const buckets = plan.choices.buckets as number[];
    expect(sizeOf(plan).servingBytes).toBeGreaterThan(0.99 * layer.budget);
    kaggleCardinalities.forEach((n, f) => expect(buckets[f] === n).toBe(n <= 200));
  }
});

test.each([full, uniform, mixedDimension, hashingTrick, quotientRemainder] as Method[])(
  '$name plans a Kaggle layer in well under a second',
  (method) => {
    const start = performance.now();
    method.plan(layerAt(fields, 16, 4), method.options.parse({}));
    expect(performance.now() - start).toBeLessThan(5000);
  },
);

import { describe, expect, test } from 'vitest';
import { isInfeasible, type Plan, type Stage } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { magnitudePruning } from '../../methods/magnitude-pruning/index.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';
import { none } from '../../harness/contract/backend.ts';
import { contentsOf, trainedTo } from './trained.ts';

const planned = (layer = layerAt(zipfFields([3, 40, 200]), 4, 8), options: Record<string, unknown> = {}) =>
  feasiblePlan(magnitudePruning, layer, options);

/** Row r is 1 + r / 1000 in the first coordinate, and smaller by a half in each of the others, signs in turn. */
const learned = Float32Array.from(
  { length: 243 * 4 },
  (_, i) => (i % 2 ? -1 : 1) * (1 + Math.floor(i / 4) / 1000) * 0.5 ** (i % 4),
);
const next = async (plan: Plan): Promise<Stage> => await plan.next!(trainedTo([[plan.tables[0], learned]]));
const nonZeros = (values: Float32Array) => values.filter((x) => x !== 0).length;

describe('on Kaggle, of 540,201,232 floats,', () => {
  const served = (ratio: number, granularity: string) =>
    sizeOf(planned(layerAt(kaggleFields, 16, ratio), { granularity }));

  test.each([
    // A bit per float, and four bytes per 512 of them: 67,525,154 + 4,220,324 bytes. The rest is floats.
    [4, Math.floor((540_201_232 - 71_745_478) / 4)],
    // 30 bits for the position of each.
    [16, Math.floor(135_050_308 / 7.75)],
    [64, Math.floor(33_762_577 / 7.75)],
  ])('%ix leaves %i', (ratio, floats) => {
    expect(served(ratio, 'entry').parameters).toBe(floats);
  });

  test.each([
    // A bit per id, and per 512 of them the 23 or 21 bits of a count: 4,220,323 + 189,587 or 173,101 bytes.
    [4, Math.floor((540_201_232 - 4_220_323 - 189_587) / 64)],
    [16, Math.floor((135_050_308 - 4_220_323 - 173_101) / 64)],
    // 26 bits for each.
    [64, Math.floor(33_762_577 / 67.25)],
  ])('%ix leaves %i rows', (ratio, rows) => {
    expect(served(ratio, 'row').parameters).toBe(16 * rows);
  });
});

describe('what is left', () => {
  test('are the largest floats of all fields', async () => {
    const plan = planned();
    const values = contentsOf(await next(plan));
    const left = sizeOf(plan).parameters;
    expect(nonZeros(values)).toBe(left);
    const least = Math.min(...values.filter((x) => x !== 0).map(Math.abs));
    const largestDropped = Math.max(...learned.filter((_, i) => values[i] === 0).map(Math.abs));
    expect(largestDropped).toBeLessThanOrEqual(least);
    values.forEach((x, i) => x === 0 || expect(x).toBe(learned[i]));
  });

  test('are the rows with the largest norms, looked up through the stored ids', async () => {
    const plan = planned(undefined, { granularity: 'row' });
    const stage = await next(plan);
    expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
    const rows = sizeOf(plan).parameters / 4;
    // Norms rise with the row: the last rows are left.
    expect([...contentsOf(stage)]).toEqual([...learned.subarray((243 - rows) * 4)]);
    expect(stage.plan.choices.rows).toEqual([0, 0, rows]);
    const ids = everyId(200).length;
    const [{ indices }] = lookupsOf(
      stage.plan,
      Uint32Array.from({ length: 3 * ids }, (_, i) => Math.floor(i / 3) % [3, 40, 200][i % 3]),
      3,
    );
    indices.forEach((row, i) => {
      const id = Math.floor(i / 3);
      const first = 200 - rows;
      expect(row).toBe(i % 3 === 2 && id >= first ? id - first : none);
    });
  });

  test('is trained on only if asked, the network with it', async () => {
    const once = await next(planned());
    expect(once).toMatchObject({ network: 'kept', plan: { training: { share: 0 } } });
    const tuned = await next(planned(undefined, { fineTune: 0.5 }));
    expect(tuned.plan.training).toEqual({ name: 'fine-tuning', share: 0.5 });
  });

  test.each(['entry', 'row'])('falls by the same factor in every round, %s', async (granularity) => {
    const plan = planned(undefined, { rounds: 3, fineTune: 0.6, granularity });
    const perUnit = granularity === 'row' ? 4 : 1;
    const left = sizeOf(plan).parameters / perUnit;
    const all = (243 * 4) / perUnit;
    let stage: Stage = { plan, network: 'fresh' };
    for (const round of [1, 2, 3]) {
      const values = stage.contents?.get(stage.plan.tables[0]) ?? learned;
      stage = (await stage.plan.next!(trainedTo([[stage.plan.tables[0], values]])))!;
      const expected = Math.round(all * (left / all) ** (round / 3)) * perUnit;
      expect(nonZeros(contentsOf(stage))).toBe(expected);
      expect(stage.plan.training!.share).toBeCloseTo(0.2, 12);
      expect(stage.network).toBe('kept');
    }
    expect(stage.plan).not.toHaveProperty('next');
    expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
  });
});

test('a row and its id are the least', () => {
  const layer = { ...layerAt(zipfFields([3, 40, 200]), 4, 8), budget: 16 };
  const plan = magnitudePruning.plan(layer, magnitudePruning.options.parse({ granularity: 'row' }));
  expect(isInfeasible(plan) && plan.smallestBytes).toBe(17);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { auc } from '../../../harness/metrics/auc.ts';
import { scoresByFrequency } from '../../../harness/metrics/by-frequency.ts';
import { scoresOf } from '../../../harness/metrics/scores.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { rarestIds } from '../../../harness/metrics/rarest-ids.ts';
import { run } from '../../../harness/run.ts';
import { full } from '../../../methods/full.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { smallRun } from '../../small-run.ts';

const data = smallData();

test('the rarest id of a row is that of the field whose id training has seen least', () => {
  const [batch] = data.batches('test', { batchSize: 300 });
  const counts = data.fields.map((field) => field.counts);
  const expected = Array.from({ length: 300 }, (_, row) =>
    Math.min(...counts.map((of, field) => of[batch.ids[row * counts.length + field]])),
  );
  expect([...rarestIds(data, 'test')]).toEqual(expected);
});

describe('scores by frequency', () => {
  test('are worked by hand', () => {
    const probabilities = Float32Array.of(0.9, 0.2, 0.6, 0.7, 0.1, 0.5);
    const labels = [1, 0, 0, 1, 0, 1];
    // The thirds are 0 and 0, 1 and 4, 9 and 30.
    const groups = scoresByFrequency(probabilities, labels, Uint32Array.of(9, 0, 1, 0, 30, 4));
    expect(groups).toMatchObject([
      { group: 'tail', rows: 2, clicks: 1, seen: { least: 0, most: 0 }, auc: 1 },
      { group: 'torso', rows: 2, clicks: 1, seen: { least: 1, most: 4 }, auc: 0 },
      { group: 'head', rows: 2, clicks: 1, seen: { least: 9, most: 30 }, auc: 1 },
    ]);
    const expected = [-Math.log(0.8 * 0.7), -Math.log(0.4 * 0.5), -Math.log(0.9 * 0.9)];
    groups.forEach(({ logloss }, i) => expect(logloss).toBeCloseTo(expected[i] / 2, 6));
  });

  test('put rows of equal counts together, and leave out what that empties', () => {
    const probabilities = Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5);
    const groups = scoresByFrequency(probabilities, [0, 1, 0, 0, 0], Uint32Array.of(0, 0, 0, 0, 7));
    expect(groups.map(({ group, rows }) => [group, rows])).toEqual([
      ['tail', 4],
      ['head', 1],
    ]);
    expect(groups[1]).not.toHaveProperty('auc'); // no click among them
  });

  test('hold every row once, and are its scores', () => {
    const rows = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 99 }), fc.boolean(), fc.integer({ min: 0, max: 12 })),
      { minLength: 1, maxLength: 80 },
    );
    fc.assert(
      fc.property(rows, (rows) => {
        const probabilities = Float32Array.from(rows, ([p]) => p / 100);
        const labels = rows.map(([, clicked]) => Number(clicked));
        const seen = Uint32Array.from(rows, ([, , count]) => count);
        const groups = scoresByFrequency(probabilities, labels, seen);
        expect(groups.reduce((sum, group) => sum + group.rows, 0)).toBe(rows.length);
        const total = groups.reduce((sum, group) => sum + group.logloss * group.rows, 0);
        expect(total / rows.length).toBeCloseTo(scoresOf(probabilities, labels).logloss, 9);
        for (const { seen: range, ...group } of groups) {
          const own = rows.filter(([, , count]) => count >= range.least && count <= range.most);
          expect(own).toHaveLength(group.rows);
          const expected = auc(
            Float32Array.from(own, ([p]) => p / 100),
            own.map(([, clicked]) => Number(clicked)),
          );
          expect(group.auc ?? NaN).toEqual(expected);
        }
      }),
    );
  });
});

test('a run scores its groups from the scores of its one pass over the test part', async () => {
  const plan = feasiblePlan(full, layerAt(data.fields, 4, 1));
  let handed: Float32Array | undefined;
  const watch = { tested: (probabilities: Float32Array) => void (handed = probabilities) };
  const { quality } = await run(data, plan, dlrm, await cpu.open({}), smallRun, watch);
  expect(scoresOf(handed!, data.labels('test'))).toMatchObject({
    auc: quality.auc,
    logloss: quality.logloss,
  });
  expect(quality.byFrequency).toEqual(
    scoresByFrequency(handed!, data.labels('test'), rarestIds(data, 'test')),
  );
  expect(quality.byFrequency.length).toBeGreaterThan(1);
});

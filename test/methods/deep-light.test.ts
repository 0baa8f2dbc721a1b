import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import type { Step } from '../../harness/contract/method.ts';
import { deepLight, droppedShare, prunedAfter } from '../../methods/deep-light/index.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { trainAlone } from './train-alone.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

describe('the schedule', () => {
  test("is the paper's, with D^(1 / Omega) for the length of the run, and takes all at the end", () => {
    // D = 0.99 and Omega = 100 steps leave a hundredth after 100 ln 0.01 / ln 0.99 = 45,821 steps.
    const paper = (steps: number) => 1 - 0.99 ** (steps / 100);
    for (const steps of [100, 4582.1, 20_000, 45_000])
      expect(droppedShare(steps / 45_821.05, 0.01)).toBeCloseTo(paper(steps), 6);
    expect(droppedShare(1, 0.01)).toBe(1);
  });

  test('begins after the warm-up and ends with the last phase', () => {
    const phases = { first: 20, last: 80 };
    const prunings = Array.from({ length: 101 }, (_, steps) => prunedAfter(steps, phases, 3));
    expect(prunings.map((n, steps) => (n > (prunings[steps - 1] ?? 0) ? steps : 0)).filter(Boolean)).toEqual([
      40, 60, 80,
    ]);
    expect(prunings.at(-1)).toBe(3);
    expect(prunedAfter(7, { first: 6, last: 7 }, 5)).toBe(5); // a run of few steps
    expect(prunedAfter(3, { first: Infinity, last: Infinity }, 5)).toBe(0); // of no known length: never
  });
});

test('a step of a run without an end, as speeds are measured with, prunes nothing', async () => {
  const plan = feasiblePlan(deepLight, layerAt(zipfFields([3, 40, 200]), 4, 6), {});
  const touched = () => {
    throw new Error('it went over the table');
  };
  const step = { index: 7, steps: Infinity, read: touched, write: touched };
  await plan.afterStep!(step as unknown as Step);
  await expect(plan.afterStep!({ ...step, index: 15, steps: 20 } as unknown as Step)).rejects.toThrow(
    'went over',
  );
});

test('floats grow again between prunings, but not after the last', async () => {
  const cardinalities = [3, 40, 200];
  const layer = layerAt(zipfFields(cardinalities), 4, 6);
  const plan = feasiblePlan(deepLight, layer, { prunings: 4 });
  const left: number[] = [];
  const embedding = await trainAlone(plan, {
    backend,
    cardinalities,
    rule: 'adagrad',
    rate: 0.01,
    steps: 50,
    batch: 60,
    slope: (at, step) => Math.sin(at + step),
    async seen(embedding) {
      const values = await embedding.rowsOf(plan.tables[0]).read(0, 243);
      left.push(values.filter((x) => x !== 0).length);
    },
  });
  embedding.dispose();
  const { parameters } = sizeOf(plan);
  expect(left.slice(0, 17)).toEqual(left.slice(0, 17).fill(972)); // the warm-up of 10 steps, 7.5 more to the first
  expect(left.slice(18, 40).some((count, i) => count > left[17 + i])).toBe(true);
  // 1 - 0.01^(1/4) = 68 % of what goes, 90 %, 97 %, all.
  for (const [steps, share] of [
    [18, 0.6838],
    [25, 0.9],
    [33, 0.9684],
    [40, 1],
  ])
    // prettier-ignore
    expect(Math.abs(left[steps] - (972 - share * (972 - parameters)))).toBeLessThanOrEqual(1);
  expect(left[40]).toBe(parameters);
  expect(left.slice(40)).toEqual(left.slice(40).fill(parameters));
  expect(plan).not.toHaveProperty('next');
});

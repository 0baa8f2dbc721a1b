import { describe, expect, it } from 'vitest';
import { random } from '../../../base/random.ts';
import { commonNoise } from '../../../analysis/statistics/common-noise.ts';
import { digamma, inverseTrigamma, trigamma } from '../../../analysis/statistics/polygamma.ts';

describe('polygamma', () => {
  const euler = 0.5772156649015329;
  it('has its known values', () => {
    expect(digamma(1)).toBeCloseTo(-euler, 11);
    expect(digamma(0.5)).toBeCloseTo(-euler - 2 * Math.LN2, 11);
    expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 11);
    expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 11);
    for (const x of [0.01, 0.7, 3, 500]) expect(inverseTrigamma(trigamma(x)) / x).toBeCloseTo(1, 8);
  });
});

/** Methods with three seeds each: a level, what the seed does to all, and noise of their own. */
function methods(levels: readonly number[], noiseOf: (method: number) => number, seed: number) {
  const stream = random(seed);
  const seedEffects = [1, 2, 3].map(() => stream.normal() * 0.01);
  return levels.map(
    (level, i) =>
      new Map(seedEffects.map((effect, s) => [s + 1, level + effect + noiseOf(i) * stream.normal()])),
  );
}

const meanOf = (one: ReadonlyMap<number, number>) => [...one.values()].reduce((sum, x) => sum + x, 0) / 3;
const byMean = (all: ReadonlyMap<number, number>[]) => all.toSorted((a, b) => meanOf(b) - meanOf(a));

/** The number of trials in which the best of equal methods is told from any other. */
function falseClaims(noiseOf: (method: number) => number, trials: number): number {
  let wrong = 0;
  for (let trial = 1; trial <= trials; trial++) {
    const [best, ...others] = byMean(methods(Array<number>(40).fill(0.75), noiseOf, trial));
    const gap = commonNoise([best, ...others]);
    if (others.some((other) => gap(best, other)!.value > gap(best, other)!.error!)) wrong++;
  }
  return wrong / trials;
}

describe('with noise common to many methods', () => {
  it('equal ones are told apart in at most a twentieth of the cases', () => {
    expect(falseClaims(() => 0.0003, 400)).toBeLessThan(0.06);
  });

  it('also where some are noisier than others', () => {
    expect(falseClaims((i) => 0.0002 + 0.0006 * (i / 40), 400)).toBeLessThan(0.08);
  });

  it('three seeds tell a difference of eight deviations', () => {
    const levels = Array.from({ length: 40 }, (_, i) => (i < 20 ? 0.75 : 0.7476));
    const all = byMean(methods(levels, () => 0.0003, 5));
    const gap = commonNoise(all);
    const apart = all.slice(1).map((other) => gap(all[0], other)!.value > gap(all[0], other)!.error!);
    expect(apart.filter(Boolean).length).toBe(20);
    expect(apart.indexOf(true)).toBe(19); // no worse one is called a tie
  });

  it('what a seed does to all does not count', () => {
    const all = methods(Array<number>(20).fill(0.75), () => 0.0003, 3);
    const shifted = all.map((one) => new Map([...one].map(([seed, auc]) => [seed, auc + 0.05 * seed])));
    expect(commonNoise(shifted)(shifted[0], shifted[1])!.error).toBeCloseTo(
      commonNoise(all)(all[0], all[1])!.error!,
      10,
    );
  });

  it('one wild method does not make the others wild', () => {
    const all = methods(Array<number>(40).fill(0.75), (i) => (i === 7 ? 0.05 : 0.0003), 9);
    const gap = commonNoise(all);
    expect(gap(all[0], all[1])!.error!).toBeLessThan(0.002);
    expect(gap(all[0], all[7])!.error!).toBeGreaterThan(0.05);
  });

  it('single seeds and lost seeds are no obstacle', () => {
    const all = methods(Array<number>(20).fill(0.75), () => 0.0003, 3);
    const one = all.map((method) => new Map([...method].slice(0, 1)));
    expect(commonNoise(one)(one[0], one[1])).toMatchObject({ error: undefined, count: 1 });
    const lost = [...all.slice(1), one[0]];
    expect(commonNoise(lost)(lost[0], one[0])).toMatchObject({
      count: 1,
      error: expect.any(Number) as number,
    });
    expect(commonNoise(all)(all[0], new Map([[9, 0.7]]))).toBeUndefined();
    const equal = all.map(() => new Map([1, 2, 3].map((seed) => [seed, 0.75])));
    expect(commonNoise(equal)(equal[0], equal[1])).toMatchObject({ value: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { gapsOf } from '../../../scripts/verdict-simulation/gaps.ts';
import { margin, ratesOf } from '../../../scripts/verdict-simulation/rates.ts';
import { isLong } from '../../long.ts';

/** Three standard errors of a simulated rate. */
const luck = (rate: number, trials: number) => 3 * Math.sqrt((rate * (1 - rate)) / trials);
const times = isLong ? 10 : 1;
const recording = { seeds: 3, budgets: 4, rows: false } as const;

describe('verdicts of recordings whose truth is known', () => {
  it.each([
    ['equal', 2, 3, false, 3000],
    ['mixed', 4, 3, false, 1500],
    ['stress', 12, 3, false, 600],
    ['factor', 12, 5, false, 500],
    ['astray', 12, 3, true, 500],
    ['equal', 12, 10, true, 400],
    ['mixed', 43, 3, false, 60],
  ] as const)(
    'err in one of twenty at most: %s, %i methods, %i seeds, test rows %s',
    (world, methods, seeds, rows, some) => {
      const trials = some * times;
      const asked = { ...recording, world, methods, seeds, rows };
      const same = ratesOf({ ...asked, gaps: gapsOf('none', methods) }, trials, 1, { earlier: false });
      expect(same.falselyWorse).toBeLessThanOrEqual(0.05 + luck(0.05, trials));
      const edge = ratesOf({ ...asked, gaps: gapsOf('edge', methods, margin) }, trials, 2, {
        earlier: false,
      });
      expect(edge.falselyWithin).toBeLessThanOrEqual(0.05 + luck(0.05, trials));
      const spread = ratesOf({ ...asked, gaps: gapsOf('spread', methods) }, trials, 3, { earlier: false });
      for (const held of [spread.boundsHold, spread.pairsHold])
        expect(held).toBeGreaterThanOrEqual(0.95 - luck(0.05, trials));
      // The interval of one pair that no one chose: 95 %, or more where row noise is assumed or seeds go astray.
      expect(spread.onePairHolds).toBeGreaterThanOrEqual(0.94 - luck(0.05, trials));
      if (!rows) expect(spread.onePairHolds).toBeLessThanOrEqual(0.96 + luck(0.05, trials));
    },
  );

  it('err less than the earlier rule, which erred more with every seed', () => {
    const of = (seeds: number, rows: boolean) =>
      ratesOf({ ...recording, world: 'equal', methods: 12, seeds, rows, gaps: gapsOf('none', 12) }, 400, 1);
    expect(of(3, false).falselyBehind).toBeGreaterThan(0.06);
    const [few, many] = [of(3, true), of(10, true)];
    expect(few.falselyBehind).toBeGreaterThan(0.12);
    expect(many.falselyBehind).toBeGreaterThan(0.8);
    expect(Math.max(few.falselyWorse, many.falselyWorse)).toBeLessThan(0.05);
  });

  it('find what is there', () => {
    const asked = { ...recording, methods: 12, gaps: gapsOf('spread', 12) };
    const { found, foundByEarlier } = ratesOf({ ...asked, world: 'equal' }, 200, 4);
    expect(found).toBeGreaterThan(0.7);
    expect(foundByEarlier).toBeLessThan(0.4);
  });

  it('are the same for the same seed', () => {
    const asked = { ...recording, world: 'mixed', methods: 4, gaps: gapsOf('spread', 4) } as const;
    expect(ratesOf(asked, 20, 7)).toEqual(ratesOf(asked, 20, 7));
  });
});

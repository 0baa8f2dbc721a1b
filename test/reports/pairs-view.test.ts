import { expect, it } from 'vitest';
import { verdictOf } from '../../analysis/verdicts/pairs.ts';
import { packGaps } from '../../reports/page/pairs-view.ts';

it('packs differences in units of 0.0001, and says their verdicts', () => {
  const gap = (value: number, error?: number) => ({
    ...{ value, error, count: 3 },
    verdict: verdictOf({ value, error }, 0.001),
  });
  expect(
    packGaps([
      gap(0.00064, 0.0052),
      gap(-0.0031, 0.0012),
      undefined,
      gap(0.0004),
      gap(-0.00001, 0),
      gap(0.0002, 0.0005),
    ]),
  ).toBe('?6,52;w-31,12;;!4;w0,0;=2,5');
});

it('marks a difference without a verdict, though the noise of test rows gives it an interval', () => {
  expect(packGaps([{ value: 0.0042, error: 0.0008, count: 2, verdict: 'unjudged' }])).toBe('!42,8');
});

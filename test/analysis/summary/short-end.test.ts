import { expect, test } from 'vitest';
import { withoutShortEnd } from '../../../analysis/summary/learning-curve.ts';

const curve = [
  { samples: 100, loss: 0.6 },
  { samples: 200, loss: 0.5 },
  { samples: 300, loss: 0.4 },
];

test('a last point of few samples joins the one before it, both by their samples', () => {
  const jump = withoutShortEnd([...curve, { samples: 310, loss: 1.5 }]);
  expect(jump.map(({ samples }) => samples)).toEqual([100, 200, 310]);
  expect(jump.at(-1)!.loss).toBeCloseTo((100 * 0.4 + 10 * 1.5) / 110, 12);
});

test('a last point of about as many samples stays, as a curve of two points does', () => {
  expect(withoutShortEnd(curve)).toBe(curve);
  const two = [curve[0], { samples: 101, loss: 2 }];
  expect(withoutShortEnd(two)).toBe(two);
});

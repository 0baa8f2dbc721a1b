import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spreadLabels } from '../../reports/charts/spread-labels.ts';

const wanted = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 18 });

it('keeps labels apart, inside, and in order', () => {
  fc.assert(
    fc.property(wanted, (places) => {
      const spread = spreadLabels(places, 15, 4, 300);
      const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b] || a - b);
      order.forEach((index, i) => {
        expect(spread[index]).toBeGreaterThanOrEqual(4 - 1e-9);
        expect(spread[index]).toBeLessThanOrEqual(300 + 1e-9);
        if (i > 0) expect(spread[index] - spread[order[i - 1]]).toBeGreaterThanOrEqual(15 - 1e-9);
      });
    }),
  );
});

it('leaves alone what does not touch, and centres what does', () => {
  expect(spreadLabels([200, 50, 100], 15, 4, 300)).toEqual([200, 50, 100]);
  expect(spreadLabels([100, 100, 100], 10, 4, 300)).toEqual([90, 100, 110]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LabelledPoint, placeLabels } from '../../../reports/charts/point-labels.ts';

const plot = { width: 460, height: 280 };
const at = (label: string, x: number, y: number): LabelledPoint => ({ label, x, y, low: y + 8, high: y - 8 });

it('names a mark to its right, and to its left at the right edge', () => {
  expect(placeLabels([at('robe', 100, 140), at('mgqe', 450, 140)], plot)).toEqual([
    { text: 'robe', x: 107, y: 140, align: 'left' },
    { text: 'mgqe', x: 443, y: 140, align: 'right' },
  ]);
});

it('leaves out the name of a mark in a crowd, and of one outside', () => {
  const crowd = Array.from({ length: 60 }, (_, i) => at(`method-${i}`, 200 + (i % 10) * 12, 130 + Math.floor(i / 10) * 9)); // prettier-ignore
  expect(placeLabels(crowd, plot).length).toBeLessThan(30);
  expect(placeLabels([at('robe', -20, 140)], plot)).toEqual([]);
});

it('goes around marks without a name where it can', () => {
  const others = [{ x: 120, y: 140 }];
  const [label] = placeLabels([at('robe', 100, 140)], { ...plot, others });
  expect(label).toEqual({ text: 'robe', x: 93, y: 140, align: 'right' });
  const all = Array.from({ length: 4000 }, (_, i) => ({ x: (i % 80) * 6, y: Math.floor(i / 80) * 6 }));
  expect(placeLabels([at('robe', 100, 140)], { ...plot, others: all })).toHaveLength(1);
});

it('covers no mark and no other name', () => {
  const point = fc.record({ x: fc.integer({ min: 0, max: 460 }), y: fc.integer({ min: 0, max: 280 }) });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 14 }), (places) => {
      const points = places.map(({ x, y }, i) => at(`method-${i}`, x, y));
      const boxes = placeLabels(points, plot).map(({ text, x, y, align }) => {
        const length = text.length * 6.4;
        return { left: align === 'left' ? x : x - length, right: align === 'left' ? x + length : x, y };
      });
      boxes.forEach(({ left, right, y }, i) => {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(plot.width);
        for (const mark of points)
          expect(left < mark.x && right > mark.x && Math.abs(mark.y - y) < 5).toBe(false);
        for (const other of boxes.slice(i + 1))
          expect(left < other.right && right > other.left && Math.abs(other.y - y) < 11).toBe(false);
      });
    }),
  );
});

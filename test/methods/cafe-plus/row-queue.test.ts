import { expect, test } from 'vitest';
import { RowQueue } from '../../../methods/cafe/row-queue.ts';

test('a queue goes on in the order of another one that it takes over', () => {
  const one = new RowQueue(5);
  const taken = [one.take(), one.take(), one.take()];
  expect(taken).toEqual([0, 1, 2]);
  one.put(2);
  one.put(0); // beyond the end of the ring
  one.put(1);
  const { freeRows, ...numbers } = one.read();
  const other = new RowQueue(5);
  other.write({ ...numbers, freeRows: (freeRows as Uint32Array).slice() });
  const rest = (queue: RowQueue) => Array.from({ length: 5 }, () => queue.take());
  expect(rest(other)).toEqual([3, 4, 2, 0, 1]);
  expect(rest(one)).toEqual([3, 4, 2, 0, 1]);
  expect(other.empty).toBe(true);
});

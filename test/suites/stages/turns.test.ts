import { expect, test } from 'vitest';
import type { Job } from '../../../suites/job.ts';
import { Turns } from '../../../suites/stages/turns.ts';

const job = (id: string) => ({ id }) as Job;
/** The group of a job is its first letter; `-` has none. */
const turns = () => new Turns(({ id }) => (id.startsWith('-') ? undefined : id[0]));

test('jobs that would wait for a stage let others go first, until it is there', () => {
  const one = turns();
  const waiting = ['a1', 'a2', 'b1', '-', 'a3', 'b2', 'a4'].map(job);
  const next = () => one.next(waiting)?.id;
  expect([next(), next(), next()]).toEqual(['a1', 'b1', '-']);
  expect(next()).toBe('a2'); // all others would wait, too
  one.ended(job('a1'));
  expect(next()).toBe('a3');
  expect(next()).toBe('a4');
  one.ended(job('b1'));
  expect([next(), next()]).toEqual(['b2', undefined]);
});

test('a stage that is there does not become busy again', () => {
  const one = turns();
  const waiting = ['a1', 'a2', 'a3', '-'].map(job);
  one.ended(one.next(waiting)!);
  expect(one.next(waiting)?.id).toBe('a2');
  expect(one.next(waiting)?.id).toBe('a3');
});

test('jobs that share nothing keep their order', () => {
  const one = new Turns(() => undefined);
  const waiting = ['x', 'y', 'z'].map(job);
  expect([1, 2, 3, 4].map(() => one.next(waiting)?.id)).toEqual(['x', 'y', 'z', undefined]);
});

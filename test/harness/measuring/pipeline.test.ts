import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Pipeline } from '../../../harness/measuring/pipeline.ts';

const after = async <T>(milliseconds: number, value: T) => {
  await setTimeout(milliseconds);
  return value;
};

test('results are taken in the order they were asked for, each as soon as too many are outstanding', async () => {
  const taken: string[] = [];
  const inTurn = new Pipeline<string>(1, (result) => taken.push(result));
  await inTurn.add(performance.now(), after(30, 'first'));
  expect(taken).toEqual([]);
  await inTurn.add(performance.now(), after(1, 'second'));
  expect(taken).toEqual(['first']);
  await inTurn.finish();
  expect(taken).toEqual(['first', 'second']);
});

test('with none outstanding, a result is taken at once', async () => {
  const taken: string[] = [];
  await new Pipeline<string>(0, (result) => taken.push(result)).add(performance.now(), after(1, 'only'));
  expect(taken).toEqual(['only']);
});

test('times of results that overlap add up to the whole', async () => {
  const times: number[] = [];
  const inTurn = new Pipeline<number>(2, (_, milliseconds) => times.push(milliseconds));
  const start = performance.now();
  for (let i = 1; i <= 5; i++) await inTurn.add(performance.now(), after(20 * i, i));
  await inTurn.finish();
  const whole = performance.now() - start;
  const sum = times.reduce((a, b) => a + b, 0);
  expect(sum).toBeLessThanOrEqual(whole);
  expect(sum).toBeGreaterThan(0.9 * whole);
});

test('time between a result and the next start is nobody’s', async () => {
  const times: number[] = [];
  const inTurn = new Pipeline<number>(0, (_, milliseconds) => times.push(milliseconds));
  await inTurn.add(performance.now(), after(1, 1));
  await setTimeout(100);
  await inTurn.add(performance.now(), after(1, 2));
  expect(times[1]).toBeLessThan(90);
});

test('an error is thrown where its result is waited for', async () => {
  const inTurn = new Pipeline<string>(1, () => {});
  await inTurn.add(performance.now(), Promise.reject(new Error('broken')));
  await expect(inTurn.finish()).rejects.toThrow('broken');
});

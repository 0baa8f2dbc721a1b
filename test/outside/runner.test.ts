import { expect, test } from 'vitest';
import { type Ran, runTests } from './run-tests.ts';
import { titleOf } from './title.ts';
import * as small from './vitest.ts';

/** The runner that packages have in Vitest's place: a test that fails must be seen to fail. */

test('tests run in their order with their hooks, and failures are told', async () => {
  const told: string[] = [];
  small.beforeAll(() => void told.push('before all'));
  small.afterAll(() => void told.push('after all'));
  small.describe.each([{ name: 'one' }, { name: 'two' }])('$name', ({ name }) => {
    small.beforeAll(() => void told.push(`before ${name}`));
    small.test('passes', { timeout: 1 }, () => void told.push(name));
    small.test.skipIf(name === 'two').each([1, 2])('%i is 1', async (n) => {
      await Promise.resolve();
      small.expect(n, 'the number').toBe(1);
    });
  });
  small.describe.runIf(false)('never', () => small.test('runs', () => {}));
  small.describe('broken', () => {
    small.beforeAll(() => {
      throw new Error('hook');
    });
    small.test.for([{ a: 1 }])(
      'with $a',
      ({ a }, { task }) => void told.push(`${a} ${JSON.stringify(task)}`),
    );
  });
  const ran: Ran[] = [];
  await runTests(small.collected(), (one) => ran.push(one));
  expect(ran.map(({ name, result }) => `${name}: ${result}`)).toEqual([
    'one > passes: passed',
    'one > 1 is 1: passed',
    'one > 2 is 1: failed',
    'two > passes: passed',
    'two > 1 is 1: skipped',
    'two > 2 is 1: skipped',
    'broken > with 1: failed',
  ]);
  expect(String(ran[2].error)).toContain('the number: expected 2 to be 1');
  expect(String(ran[6].error)).toContain('hook');
  expect(told).toEqual(['before all', 'before one', 'one', 'before two', 'two', 'after all']);
  expect(small.collected()).toEqual([]);
});

test.each([
  ['$name ($ratio x)', [{ name: 'md {}', ratio: 4 }], 'md {} (4 x)'],
  ['%i x, %s', [4, 'b'], '4 x, b'],
  ['$a, $b.c, 5 %', [{ a: { x: 1 }, b: { c: true } }], '{"x":1}, true, 5 %'],
])('the title %s', (template, row, title) => {
  expect(titleOf(template, row, 0)).toBe(title);
});

import { describe, expect, test } from 'vitest';
import { type CallArray } from '../../../../backends/native/replay/call-list.ts';
import { Slot } from '../../../../backends/replay/inputs.ts';
import { differenceOf, type StepCalls } from '../../../../backends/native/replay/compare-calls.ts';

const work = (...args: unknown[]) => args.length;
const other = (...args: unknown[]) => args.length;

/** Calls of `work` with these arguments; the step fills the arrays named. `digest`: of all other arrays. */
function step(args: unknown[][], filled: CallArray[] = [], digest?: string): StepCalls {
  const calls = args.map((own) => ({ work, args: own }));
  return { calls, fills: (array) => filled.includes(array), digestOf: () => digest };
}
const floats = (...values: number[]) => Float32Array.from(values);

describe('calls of two steps', () => {
  test('are alike with the same numbers, constants and inputs', () => {
    const handle = {};
    const args = () => [
      [3, 'rule', true, undefined, handle, floats(1, NaN, -0), new Slot(1), [floats(2)], [4]],
    ];
    expect(differenceOf(step(args()), step(args()))).toBeUndefined();
  });

  test.each<[string, unknown, unknown, RegExp]>([
    ['a number', 3, 4, /^a number of work/],
    ['a bit of a constant', floats(0), floats(-0), /^a constant of work/],
    ['a constant within a list', [floats(1)], [floats(2)], /^a constant of work/],
    ['the length of a constant', floats(1), floats(1, 1), /^the size of an array/],
    ['the type of a constant', floats(0), Int32Array.of(0), /^the size of an array/],
    ['the input', new Slot(0), new Slot(1), /^an input/],
    ['an input that is none', new Slot(0), floats(1), /^an input/],
    ['an object', {}, {}, /^an object/],
    ['the length of a list', [1], [1, 2], /^the number of arguments/],
    ['the code of a function', () => 1, () => 2, /^a function/],
  ])('differ by %s', (_, a, b, expected) => {
    expect(differenceOf(step([[a]]), step([[b]]))).toMatch(expected);
  });

  test('differ by the work, and by their number', () => {
    const second = { ...step([[1]]), calls: [{ work: other, args: [1] }] };
    expect(differenceOf(step([[1]]), second)).toBe('work is followed by other');
    expect(differenceOf(step([[1]]), step([[1], [1]]))).toBe('a step has 1 calls, the next one 2');
  });

  test('fill arrays of any content, as long as the same calls read what the same calls have filled', () => {
    const [a, b, c, d] = [floats(1), floats(2), floats(3), floats(4)];
    const first = step([[a], [b], [a, b]], [a, b]);
    expect(differenceOf(first, step([[c], [d], [c, d]], [c, d]))).toBeUndefined();
    expect(differenceOf(first, step([[b], [a], [b, a]], [a, b]))).toBeUndefined();
    const swapped = 'the order of results of work differs from step to step';
    expect(differenceOf(first, step([[c], [d], [d, c]], [c, d]))).toBe(swapped);
    expect(differenceOf(first, step([[c], [c], [c, c]], [c, d]))).toBe(swapped);
    expect(differenceOf(first, step([[c], [d], [c, d]], [c]))).toMatch('the origin of an array');
  });

  test('differ by what was in an array that both have, where it is known', () => {
    const array = floats(1);
    expect(differenceOf(step([[array]], [], 'one'), step([[array]], [], 'other'))).toMatch(/^a constant/);
    expect(differenceOf(step([[array]], [], 'one'), step([[array]], [], 'one'))).toBeUndefined();
  });

  test('share arrays that live on, whatever is in them', () => {
    const weights = floats(1, 2);
    const first = step([[weights]]);
    weights[0] = 5;
    expect(differenceOf(first, step([[weights]]))).toBeUndefined();
  });
});

import { expect, test } from 'vitest';
import { addon } from '../addon.ts';
import { describeKernels } from './describe-kernels.ts';

describeKernels('what does not fit', () => {
  const floats = (n: number) => new Float32Array(n);
  const layout = (...numbers: number[]) => Float64Array.from(numbers);
  test.each<[string, () => void]>([
    ['no such operation', () => addon.unary(999, floats(1), floats(1), 0, 0)],
    ['a short output', () => addon.unary(0, floats(2), floats(1), 0, 0)],
    ['another type', () => addon.unary(0, floats(2), new Int32Array(2), 0, 0)],
    ['no floats', () => addon.unary(0, new Uint8Array(2), new Uint8Array(2), 0, 0)],
    ['a layout beyond an input', () => addon.binary(0, floats(3), floats(4), floats(4), layout(4, 1, 1), 1)],
    [
      'a layout beyond the output',
      () => addon.binary(0, floats(4), floats(4), floats(3), layout(4, 1, 1), 1),
    ],
    ['steps back', () => addon.binary(0, floats(4), floats(4), floats(4), layout(4, -1, 1), 1)],
    ['gaps', () => addon.binary(0, floats(9), floats(9), floats(4), layout(4, 2, 1), 1)],
    ['a layout that is too short', () => addon.binary(0, floats(9), floats(9), floats(9), layout(4, 1), 1)],
    ['a layout of fractions', () => addon.copy(floats(9), floats(9), layout(1.5, 1, 1), 1, 0, 0)],
    ['a huge layout', () => addon.copy(floats(9), floats(9), layout(1e11, 1e11, 1, 1e11, 1e11, 1), 2, 0, 0)],
    ['a copy from beyond', () => addon.copy(floats(4), floats(9), layout(4, 1, 1), 1, 1, 0)],
    ['a copy from before', () => addon.copy(floats(4), floats(9), layout(4, -1, 1), 1, 2, 0)],
    ['a copy to beyond', () => addon.copy(floats(9), floats(4), layout(4, 1, 1), 1, 0, 1)],
    ['a copy of another type', () => addon.copy(floats(9), new Int32Array(9), layout(4, 1, 1), 1, 0, 0)],
    ['too many dimensions', () => addon.copy(floats(9), floats(9), new Float64Array(99), 33, 0, 0)],
    ['sums of more than there is', () => addon.sum(floats(5), floats(3), 1, 2, 3, 1)],
    ['the greatest of nothing', () => addon.reduce(0, floats(0), floats(3), 1, 0, 3)],
    ['an index outside', () => addon.gather(floats(6), Int32Array.of(3), floats(2), 1, 1, 3, 1, 2)],
    ['short slices', () => addon.gather(floats(5), Int32Array.of(0), floats(2), 1, 1, 3, 1, 2)],
    ['few segments', () => addon.segmentSum(floats(5), new Int32Array(3), floats(9), 3, 4, 2)],
    ['more than all', () => addon.top(floats(4), floats(5), new Int32Array(5), 1, 4, 5)],
    [
      'a short matrix',
      () => addon.matMuls(floats(7), floats(4), floats(9), layout(2, 1, 0), 1, 2, 2, 2, false, false),
    ],
    [
      'short fields',
      () => addon.joinFields(floats(7), floats(9), floats(9), Uint32Array.of(0, 1), 2, 2, 2, 2),
    ],
    [
      'a member of no field',
      () => addon.joinFields(floats(8), undefined, floats(8), Uint32Array.of(0, 2), 2, 2, 2, 2),
    ],
    [
      'narrow vectors without matrices',
      () => addon.joinFields(floats(4), undefined, floats(8), Uint32Array.of(0, 1), 2, 1, 2, 2),
    ],
  ])('%s', (_name, call) => {
    expect(call).toThrow(/./);
  });
});

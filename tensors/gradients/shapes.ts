import {
  add,
  concat,
  pad,
  reshape,
  slice,
  slice_util,
  split,
  stack,
  type Tensor,
  transpose,
  unstack,
  util,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { addGradient, unary } from './gradient.ts';

unary('Reshape', (dy, x) => reshape(dy, x.shape), { needs: 'x' });
unary('ExpandDims', (dy, x) => reshape(dy, x.shape), { needs: 'x', input: 'input' });
unary('Transpose', (dy, _, { perm }) => {
  const axes = perm as number[];
  return transpose(
    dy,
    axes.map((_, axis) => axes.indexOf(axis)),
  );
});

unary(
  'PadV2',
  (dy, x, { paddings }) =>
    slice(
      dy,
      (paddings as [number, number][]).map(([before]) => before),
      x.shape,
    ),
  { needs: 'x' },
);
unary(
  'Slice',
  (dy, x, { begin, size }) => {
    const [from, sizes] = slice_util.parseSliceParams(x, begin as number[], size as number[]);
    return pad(
      dy,
      from.map((start, axis) => [start, x.shape[axis] - start - sizes[axis]]),
    );
  },
  { needs: 'x' },
);

addGradient({
  kernelName: 'Concat',
  saveAllInputs: true,
  gradFunc: (dy, parts, { axis }) => {
    const [at] = util.parseAxisParam(axis as number, parts[0].shape);
    const gradients = split(
      dy as Tensor,
      parts.map(({ shape }) => shape[at]),
      at,
    );
    return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
  },
});
/** The tape hands over the gradients of several outputs as a list, and that of a single one alone. */
const listOf = (dy: Tensor | Tensor[]): Tensor[] => (Array.isArray(dy) ? dy : [dy]);

addGradient({
  kernelName: 'SplitV',
  gradFunc: (dy, _, { axis }) => ({ x: () => concat(listOf(dy), axis as number) }),
});
addGradient({
  kernelName: 'Pack', // stack()
  saveAllInputs: true,
  gradFunc: (dy, _, { axis }) =>
    Object.fromEntries(unstack(dy as Tensor, axis as number).map((gradient, i) => [i, () => gradient])),
});
addGradient({
  kernelName: 'Unpack', // unstack()
  gradFunc: (dy, _, { axis }) => ({ value: () => stack(listOf(dy), axis as number) }),
});

unary(
  'Tile',
  (dy, x, { reps }) => {
    // The sum over all copies, those of the last axis one after the other first.
    let total: Tensor = zerosLike(x);
    const counts = reps as number[];
    const copies = counts.reduce((product, count) => product * count, 1);
    for (let copy = 0; copy < copies; copy++) {
      let left = copy;
      const begin = new Array<number>(x.rank);
      for (let axis = x.rank - 1; axis >= 0; axis--) {
        begin[axis] = (left % counts[axis]) * x.shape[axis];
        left = Math.floor(left / counts[axis]);
      }
      total = add(total, slice(dy, begin, x.shape));
    }
    return total;
  },
  { needs: 'x' },
);

import {
  cast,
  concat,
  div,
  equal,
  expandDims,
  gather,
  greaterEqual,
  logicalAnd,
  matMul,
  maximum,
  mul,
  ones,
  type Rank,
  reshape,
  scalar,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  transpose,
  unsortedSegmentSum,
  util,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { addGradient, unary } from './gradient.ts';

addGradient({
  kernelName: 'BatchMatMul', // op(a) op(b), op transposing or not
  inputsToSave: ['a', 'b'],
  gradFunc: (gradient, [a, b], { transposeA, transposeB }) => {
    const dy = gradient as Tensor;
    const [ta, tb] = [transposeA as boolean, transposeB as boolean];
    return {
      a: () => (ta ? matMul(b, dy, tb, true) : matMul(dy, b, false, !tb)),
      b: () => (tb ? matMul(dy, a, true, ta) : matMul(a, dy, !ta, false)),
    };
  },
});

/** The shape of a reduced tensor with its reduced axes as ones: what broadcasts to the shape before. */
function withOnes(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** Repeats the gradient of a sum over `axes` along them. */
function spread(dy: Tensor, shape: number[], axes: readonly number[]): Tensor {
  return mul(reshape(dy, withOnes(shape, axes)), ones(shape, 'float32'));
}

unary('Sum', (dy, x, { axis }) => spread(dy, x.shape, util.parseAxisParam(axis as number[], x.shape)), {
  needs: 'x',
});
unary(
  'Mean',
  (dy, x, { axis }) => {
    const axes = util.parseAxisParam(axis as number[], x.shape);
    return div(spread(dy, x.shape, axes), util.sizeFromShape(axes.map((axis) => x.shape[axis])));
  },
  { needs: 'x' },
);

addGradient({
  kernelName: 'Max', // every element that is the largest gets the whole gradient
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, [x, y], { reductionIndices }) => {
    const shape = withOnes(x.shape, util.parseAxisParam(reductionIndices as number[], x.shape));
    return {
      x: () => mul(reshape(dy as Tensor, shape), cast(equal(x, reshape(y, shape)), 'float32')),
    };
  },
});

unary(
  'Softmax',
  (dy, y, { dim }) => {
    const product = mul(dy, y);
    return sub(product, mul(sum(product, [dim as number], true), y));
  },
  { needs: 'y', input: 'logits' },
);

addGradient({
  kernelName: 'GatherV2', // rows of x along an axis; a dense gradient: only for small tables
  inputsToSave: ['x', 'indices'],
  gradFunc: (gradient, [x, indices], { axis, batchDims }) => {
    const dy = gradient as Tensor;
    const [at] = util.parseAxisParam(axis as number, x.shape);
    const ofX = () => {
      if (batchDims !== 1) return gatherGradient(dy, x.shape, indices, at);
      // Each entry of the first axis has indices of its own.
      const [batch, ...rest] = x.shape;
      const own = (tensor: Tensor, i: number) => slice(tensor, [i], [1]);
      const parts = Array.from({ length: batch }, (_, i) =>
        gatherGradient(own(dy, i), [1, ...rest], own(indices, i), at),
      );
      return concat(parts, 0);
    };
    return { x: ofX, indices: () => indices };
  },
});

/** Sums the rows of dy by their indices into zeros of a shape, along the axis `at`. */
function gatherGradient(dy: Tensor, shape: readonly number[], indices: Tensor, at: number): Tensor {
  const [outer, inner] = [shape.slice(0, at), shape.slice(at + 1)];
  // [indices, outer, inner] is summed by index; the axes then go back to where they were.
  const there = [at, ...outer.keys(), ...Array.from(inner.keys(), (i) => at + 1 + i)];
  const values = transpose(reshape(dy, [...outer, indices.size, ...inner]), there);
  const sums = unsortedSegmentSum(values, reshape<Rank.R1>(indices, [indices.size]), shape[at]);
  return transpose(
    sums,
    there.map((_, axis) => there.indexOf(axis)),
  );
}

addGradient({
  kernelName: 'UnsortedSegmentSum',
  inputsToSave: ['segmentIds'],
  gradFunc: (dy, [segments]) => ({
    x: () => {
      const rows = gather(dy as Tensor, maximum<Tensor1D>(segments, zerosLike(segments)));
      let counted: Tensor = greaterEqual(segments, scalar(0, 'int32')); // a negative segment is dropped
      while (counted.rank < rows.rank) counted = expandDims(counted, counted.rank);
      return where(logicalAnd(counted, ones(rows.shape, 'bool')), rows, zerosLike(rows));
    },
  }),
});

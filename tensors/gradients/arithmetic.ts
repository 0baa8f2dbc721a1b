import {
  cast,
  div,
  greater,
  greaterEqual,
  less,
  lessEqual,
  mul,
  neg,
  square,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { binary, sumTo } from './gradient.ts';

const floats = (x: Tensor) => cast(x, 'float32');

binary(
  'Add',
  (dy, a) => sumTo(a.shape, dy),
  (dy, _, b) => sumTo(b.shape, dy),
);
binary(
  'Sub',
  (dy, a) => sumTo(a.shape, dy),
  (dy, _, b) => neg(sumTo(b.shape, dy)),
);
binary(
  'Multiply',
  (dy, a, b) => sumTo(a.shape, mul(dy, floats(b))),
  (dy, a, b) => sumTo(b.shape, mul(dy, floats(a))),
);
binary(
  'RealDiv',
  (dy, a, b) => sumTo(a.shape, div(dy, floats(b))),
  (dy, a, b) => neg(div(sumTo(b.shape, mul(dy, floats(a))), floats(square(b)))),
);
// Equal values: all of the gradient goes to the first.
binary(
  'Maximum',
  (dy, a, b) => sumTo(a.shape, mul(dy, floats(greaterEqual(a, b)))),
  (dy, a, b) => sumTo(b.shape, mul(dy, floats(less(a, b)))),
);
binary(
  'Minimum',
  (dy, a, b) => sumTo(a.shape, mul(dy, floats(lessEqual(a, b)))),
  (dy, a, b) => sumTo(b.shape, mul(dy, floats(greater(a, b)))),
);

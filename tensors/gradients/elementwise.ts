import {
  add,
  cast,
  clone,
  cos,
  div,
  greaterEqual,
  lessEqual,
  logicalAnd,
  logicalNot,
  mul,
  neg,
  scalar,
  sigmoid,
  sin,
  sqrt,
  square,
  step,
  sub,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { addGradient, unary } from './gradient.ts';

const floats = (x: Tensor) => cast(x, 'float32');

unary('Abs', (dy, x) => mul(dy, step(floats(x), -1)), { needs: 'x' });
unary('Cast', (dy) => clone(dy));
unary('Cos', (dy, x) => mul(neg(sin(floats(x))), dy), { needs: 'x' });
unary('Exp', (dy, y) => mul(dy, y), { needs: 'y' });
unary('Identity', (dy) => floats(dy));
unary('Log', (dy, x) => div(dy, floats(x)), { needs: 'x' });
unary('Log1p', (dy, x) => div(dy, add(x, 1)), { needs: 'x' });
unary('Neg', (dy) => neg(dy));
unary('Relu', (dy, x) => mul(dy, floats(step(x))), { needs: 'x' });
unary('Sigmoid', (dy, y) => mul(dy, mul(y, sub(scalar(1), y))), { needs: 'y' });
unary('Sin', (dy, x) => mul(cos(floats(x)), dy), { needs: 'x' });
unary('Softplus', (dy, x) => mul(dy, sigmoid(x)), { needs: 'x' });
unary('Sqrt', (dy, x) => div(dy, mul(sqrt(floats(x)), 2)), { needs: 'x' });
unary('Square', (dy, x) => mul(dy, mul(floats(x), 2)), { needs: 'x' });
unary('Tanh', (dy, y) => mul(sub(scalar(1), square(y)), dy), { needs: 'y' });

/** Operations that are constant almost everywhere. */
for (const kernel of ['Floor', 'OnesLike', 'Round', 'Sign', 'Step', 'ZerosLike'])
  unary(kernel, (dy) => zerosLike(dy));

unary(
  'ClipByValue',
  (dy, x, { clipValueMin, clipValueMax }) => {
    const inside = logicalAnd(greaterEqual(x, clipValueMin as number), lessEqual(x, clipValueMax as number));
    return where(inside, dy, zerosLike(dy));
  },
  { needs: 'x' },
);

addGradient({
  kernelName: 'Select', // where(condition, t, e)
  inputsToSave: ['condition'],
  gradFunc: (dy, [condition]) => ({
    condition: () => floats(zerosLike(condition)),
    t: () => mul(dy as Tensor, floats(condition)),
    e: () => mul(dy as Tensor, floats(logicalNot(condition))),
  }),
});

addGradient({
  kernelName: 'AddN',
  saveAllInputs: true,
  gradFunc: (dy, terms) => Object.fromEntries(terms.map((_, i) => [i, () => clone(dy as Tensor)])),
});

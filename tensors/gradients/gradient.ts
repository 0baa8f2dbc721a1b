import {
  backend_util,
  type GradConfig,
  type GradFunc,
  type NamedAttrMap,
  registerGradient,
  reshape,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

const ours: GradConfig[] = [];

/** Registers a gradient of the project. */
export function addGradient(gradient: GradConfig): void {
  ours.push(gradient);
  registerGradient(gradient);
}

/** Registers all of them again: the package that registers all gradients of tfjs replaces ours when it is loaded. */
export function restoreGradients(): void {
  for (const gradient of ours) registerGradient(gradient);
}

/** The gradient of an operation of one tensor x with the result y: dy is the gradient of y. */
export function unary(
  kernelName: string,
  gradient: (dy: Tensor, saved: Tensor, attrs: NamedAttrMap) => Tensor,
  { needs, input = 'x' }: { needs?: 'x' | 'y'; input?: string } = {},
): void {
  addGradient({
    kernelName,
    inputsToSave: needs === 'x' ? [input] : [],
    outputsToSave: needs === 'y' ? [true] : [],
    gradFunc: (dy, saved, attrs) => ({ [input]: () => gradient(dy as Tensor, saved[0], attrs) }),
  });
}

/** The gradients of an operation of two tensors a and b that are broadcast to one shape. */
export function binary(
  kernelName: string,
  ofA: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  ofB: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
): void {
  const gradFunc: GradFunc = (dy, [a, b]) => ({
    a: () => ofA(dy as Tensor, a, b),
    b: () => ofB(dy as Tensor, a, b),
  });
  addGradient({ kernelName, inputsToSave: ['a', 'b'], gradFunc });
}

/** Sums a gradient over the axes along which a tensor of this shape was repeated by broadcasting. */
export function sumTo(shape: readonly number[], gradient: Tensor): Tensor {
  const axes = backend_util.getReductionAxes([...shape], gradient.shape);
  return reshape(axes.length === 0 ? gradient : sum(gradient, axes), [...shape]);
}

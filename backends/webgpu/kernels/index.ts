import { registerDenseLayer } from './dense-layer.ts';
import { registerMatMul } from './mat-mul.ts';

/** Kernels of our own for what a training step of the harness is made of, in place of tfjs's where it has them. */
export function registerKernels(): void {
  registerMatMul();
  registerDenseLayer();
}

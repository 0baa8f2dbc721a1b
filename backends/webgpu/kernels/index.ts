import { registerColumnSums } from './column-sums.ts';
import { registerCrossEntropy } from './cross-entropy.ts';
import { registerDenseLayer } from './dense-layer.ts';
import { registerInteraction } from './interaction.ts';
import { registerJoinFields } from './join-fields.ts';
import { registerMatMul } from './mat-mul.ts';
import { registerOptimizerStep } from './optimizer-step.ts';

/** Kernels of our own for what a training step of the harness is made of, in place of tfjs's where it has them. */
export function registerKernels(): void {
  registerMatMul();
  registerDenseLayer();
  registerColumnSums();
  registerInteraction();
  registerJoinFields();
  registerCrossEntropy();
  registerOptimizerStep();
}

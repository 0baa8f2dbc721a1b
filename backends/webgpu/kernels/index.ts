import { registerColumnSums } from './column-sums.ts';
import { registerComputedTensor } from './computed-tensor.ts';
import { registerCrossEntropy } from './cross-entropy.ts';
import { registerDenseLayer } from './dense-layer.ts';
import { registerInteraction } from './interaction.ts';
import { registerJoinFields } from './join-fields.ts';
import { registerMatMul } from './mat-mul.ts';
import { registerOptimizerStep } from './optimizer-step.ts';
import { registerSegmentSum } from './segment-sum.ts';

/** Kernels of our own for what a training step of the harness is made of, in place of tfjs's where it has them. */
export function registerKernels(): void {
  registerMatMul();
  registerDenseLayer();
  registerColumnSums();
  registerComputedTensor();
  registerInteraction();
  registerJoinFields();
  registerCrossEntropy();
  registerOptimizerStep();
  registerSegmentSum();
}

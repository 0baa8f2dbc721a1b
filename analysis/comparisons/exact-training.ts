import type { RunRecord } from '../../results/record.ts';

/** The default training: exact activations and gradients. */
export const exactTraining = { activations: 32, gradients: 'exact' } as const;

/** The approximations in which runs may differ from exact training. */
export interface TrainingApproximation {
  /** Bits per activation that layers save for the backward pass. */
  readonly activations: number;
  /** Gradients of the network's dense layers: `exact`, or an estimate. */
  readonly gradients: string;
}

/** The approximations of a run; its record leaves out exact ones. */
export function approximationOf({ activations, gradients }: RunRecord): TrainingApproximation {
  return {
    activations: activations ?? exactTraining.activations,
    gradients: gradients ?? exactTraining.gradients,
  };
}

export function isExact({ activations, gradients }: TrainingApproximation): boolean {
  return activations === exactTraining.activations && gradients === exactTraining.gradients;
}

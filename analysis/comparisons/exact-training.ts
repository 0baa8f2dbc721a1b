import type { RunRecord } from '../../results/record.ts';

/** How runs train unless asked otherwise. */
export const exactTraining = { activations: 32, gradients: 'exact' } as const;

/** In what runs may differ from exact training. */
export interface TrainingApproximation {
  /** Bits of what layers keep for the backward pass. */
  readonly activations: number;
  /** Of the network's dense layers: `exact`, or an estimate. */
  readonly gradients: string;
}

/** Records say nothing of what is exact. */
export function approximationOf({ activations, gradients }: RunRecord): TrainingApproximation {
  return {
    activations: activations ?? exactTraining.activations,
    gradients: gradients ?? exactTraining.gradients,
  };
}

export function isExact({ activations, gradients }: TrainingApproximation): boolean {
  return activations === exactTraining.activations && gradients === exactTraining.gradients;
}

import type { RunRecord } from './record.ts';

/** How runs train unless asked otherwise. */
export const exactTraining = { activations: 32, gradients: 'exact' } as const;

/** In what runs may differ from exact training. */
export interface TrainingWay {
  /** Bits of what layers keep for the backward pass. */
  readonly activations: number;
  /** Of the network's dense layers: `exact`, or an estimate. */
  readonly gradients: string;
}

/** Records say nothing of what is exact. */
export function wayOf({ activations, gradients }: RunRecord): TrainingWay {
  return {
    activations: activations ?? exactTraining.activations,
    gradients: gradients ?? exactTraining.gradients,
  };
}

export function isExact({ activations, gradients }: TrainingWay): boolean {
  return activations === exactTraining.activations && gradients === exactTraining.gradients;
}

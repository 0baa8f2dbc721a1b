import { type ActivationBits, exactBits, type KeptBits } from './activations.ts';
import type { Gradients } from './gradients.ts';

/** How a network is trained where not exactly: in less memory. What is absent is exact, so that exact training is {}. */
export interface TrainingApproximation {
  /** Bits that the network's dense layers keep of what they were given. */
  readonly activations?: ActivationBits;
  /** Gradients of the network's dense layers. */
  readonly gradients?: Exclude<Gradients, 'exact'>;
}

/** Every kind of gradients with every kind of activations, each once. */
export function approximations(
  gradients: readonly Gradients[],
  activations: readonly KeptBits[],
): TrainingApproximation[] {
  return [...new Set(gradients)].flatMap((gradients) =>
    [...new Set(activations)].map((activations) => ({
      ...(activations !== exactBits && { activations }),
      ...(gradients !== 'exact' && { gradients }),
    })),
  );
}

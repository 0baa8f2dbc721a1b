import * as tf from '../../tensors/index.ts';
import type { ActivationBits } from '../contract/activations.ts';
import type { Batch } from '../contract/data.ts';
import type { Plan } from '../contract/method.ts';
import type { BackwardPass, Network, SavedActivations } from '../contract/model.ts';
import type { TapedStep } from '../contract/step-replay.ts';
import type { Embedding } from '../embedding/embedding.ts';
import type { PendingLookups } from '../embedding/pending-gradients.ts';
import type { StepOf } from '../embedding/step-done.ts';
import type { StreamedGradients } from '../gradients/streamed-gradients.ts';
import { savedTensorBytes, type SavedTensorBytes } from '../measuring/saved-tensor-bytes.ts';
import { binaryCrossEntropy, weightedCrossEntropy } from '../ops/binary-cross-entropy.ts';
import { estimateBlockBytes } from '../optimizers/estimate-step.ts';
import type { ParamGroup } from './param-groups.ts';
import type { Regularizer } from './regularizer.ts';

/** A step, with what differs from the one before. */
export interface TrainingStep {
  readonly batch: Batch;
  readonly training: StepOf;
  readonly heldOut: boolean;
  readonly learning: readonly ParamGroup[];
  /** The run's learning rate times the factor of its schedule. */
  readonly rate: number;
  /** The weights of rows, if they have any, as shares of their sum. */
  readonly shares: Float32Array | undefined;
}

/** An embedding layer, a network above it, and the way in which they are trained. */
interface Trained {
  readonly embedding: Embedding;
  readonly network: Network;
  readonly regularizer: Regularizer;
  readonly activations: ActivationBits | undefined;
}

/** Log-odds of a batch: [size]. `embed`: in place of the plan's own. `known`: see Network.logits. */
export function logitsOf(
  { embedding, network }: Pick<Trained, 'embedding' | 'network'>,
  { size, dense, ids, further, labels }: Batch,
  training?: StepOf,
  embed?: Plan['embed'],
  backward?: BackwardPass,
  known?: tf.Tensor2D,
): tf.Tensor1D {
  const denseInput = tf.tensor2d(dense, [size, dense.length / size]);
  const vectors = embedding.embedBatch({ ids, size, further, labels }, training, embed);
  return network.logits(denseInput, vectors, backward, known);
}

/** Training steps as tfjs records and differentiates them, and the memory that they take. */
export class StepOnTape {
  /** Bytes that the first step held between its passes. */
  held: SavedTensorBytes | undefined;
  /** Most bytes that gradients of dense variables, or what is kept of them, have taken at once in a step so far. */
  gradientBytes = 0;
  private readonly trained: Trained;

  constructor(trained: Trained) {
    this.trained = trained;
  }

  /** `streamed`: estimates of the network's gradients, in place of gradients. */
  run(step: TrainingStep, streamed?: StreamedGradients): TapedStep<PendingLookups> {
    const { embedding, regularizer } = this.trained;
    const { heldOut, learning, rate } = step;
    let fit: tf.Scalar;
    tf.tidy(() => {
      const labels = tf.tensor1d(step.batch.labels);
      const loss = () => {
        const kept: SavedActivations[] = [];
        fit = tf.keep(this.fit(step, labels, kept, streamed));
        const whole = embedding.takePenalties().reduce((sum, penalty) => tf.add(sum, penalty), fit);
        this.held ??= savedTensorBytes(kept);
        return whole;
      };
      const variables = learning.flatMap((learners) => learners.variables);
      if (heldOut && variables.length === 0) return void loss(); // kept for what the plan does once it is trained
      const { grads } = tf.variableGrads(loss, heldOut ? variables : [...variables, embedding.anchor]);
      this.count(grads, streamed);
      if (!heldOut) regularizer.addTo(grads);
      for (const { optimizer } of learning)
        optimizer.update(grads, heldOut ? undefined : streamed?.estimates);
      if (!heldOut) embedding.update(rate);
    });
    const { lookups, tensors } = embedding.left;
    return {
      ...{ loss: fit!, left: tensors, memo: lookups },
      ...(embedding.clock.indexWasRead && { varies: 'embed() reads the number of the step' }),
    };
  }

  /** The mean loss of the batch; `kept` gets what dense layers save. */
  private fit(
    { batch, training, heldOut, shares }: TrainingStep,
    labels: tf.Tensor1D,
    kept: SavedActivations[],
    streamed: StreamedGradients | undefined,
  ): tf.Scalar {
    const { regularizer, activations } = this.trained;
    const logits = logitsOf(this.trained, batch, training, undefined, {
      // The network does not learn from what is held out.
      take: streamed && (heldOut ? () => {} : streamed.take),
      activations,
      ...regularizer.pass(),
      onSaved: (of) => kept.push(of),
    });
    return shares
      ? weightedCrossEntropy(logits, labels, tf.tensor1d(shares))
      : binaryCrossEntropy(logits, labels);
  }

  private count(gradients: tf.NamedTensorMap, streamed: StreamedGradients | undefined): void {
    const { anchor } = this.trained.embedding;
    const whole = Object.entries(gradients).filter(([name]) => name !== anchor.name);
    const floats = whole.reduce((sum, [, { size }]) => sum + size, 0);
    const blocks = [...(streamed?.estimates.keys() ?? [])].map(({ shape }) => estimateBlockBytes(shape));
    this.gradientBytes = Math.max(
      this.gradientBytes,
      4 * floats + (streamed?.bytes ?? 0) + Math.max(0, ...blocks),
    );
  }
}

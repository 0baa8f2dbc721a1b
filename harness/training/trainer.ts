import * as tf from '../../tensors/index.ts';
import { savedTensorBytes, type SavedTensorBytes } from '../measuring/saved-tensor-bytes.ts';
import type { ActivationBits } from '../contract/activations.ts';
import type { Batch } from '../contract/data.ts';
import { rankOf } from '../contract/gradients.ts';
import type { Plan } from '../contract/method.ts';
import type { BackwardPass, SavedActivations, Network } from '../contract/model.ts';
import type { StepCounts, StepReplay, TapedStep } from '../contract/step-replay.ts';
import type { TrainingPractice } from '../contract/training-practice.ts';
import type { TrainingApproximation } from '../contract/training-approximation.ts';
import type { CarriedState } from './carried-state.ts';
import type { Embedding, PendingLookups } from '../embedding/embedding.ts';
import { StreamedGradients } from '../gradients/streamed-gradients.ts';
import { binaryCrossEntropy, sharesOf, weightedCrossEntropy } from '../ops/binary-cross-entropy.ts';
import type { VariableState } from '../optimizers/dense-optimizer.ts';
import { estimateBlockBytes } from '../optimizers/estimate-step.ts';
import { type ParamGroup, paramGroupsOf } from './param-groups.ts';
import { Regularizer } from './regularizer.ts';
import type { Rule } from '../optimizers/rule.ts';
import type { MeasuredMemory } from '../measuring/training-memory.ts';

/** A step's position in its stage. */
export interface StepPosition {
  /** Counted from 0. */
  readonly index: number;
  readonly steps: number;
  /** True if its batch is one that the plan keeps from training. */
  readonly heldOut?: boolean;
  /** The factor of the schedule on every learning rate; 1 if absent. */
  readonly rateFactor?: number;
}

/** How the network is trained. */
export interface TrainerSettings
  extends TrainingApproximation, Pick<TrainingPractice, 'l2Network' | 'dropout'> {
  /** The seed of the directions that estimates start with. */
  readonly seed?: number;
  /** The seed of the masks of dropout. */
  readonly dropoutSeed?: number;
  /** The optimizer's state of an earlier stage, which the trainer takes over. */
  readonly before?: CarriedState;
}

/** A step, with what differs from the one before. */
interface TrainingStep {
  readonly batch: Batch;
  readonly training: Pick<StepPosition, 'index' | 'steps'>;
  readonly heldOut: boolean;
  readonly learning: readonly ParamGroup[];
  /** The run's learning rate times the factor of its schedule. */
  readonly rate: number;
  /** The weights of rows, if they have any, as shares of their sum. */
  readonly shares: Float32Array | undefined;
}

/** An embedding layer and a network above it, trained together. */
export class Trainer {
  readonly embedding: Embedding;
  readonly network: Network;
  /** Bytes that the first step held between its passes. */
  private held: SavedTensorBytes | undefined;
  /** Most bytes that gradients of dense variables, or what is kept of them, have taken at once in a step so far. */
  private gradientBytes = 0;
  private readonly learners: readonly ParamGroup[];
  private readonly activations: ActivationBits | undefined;
  private readonly regularizer: Regularizer;
  private streamed: StreamedGradients | undefined;
  private saved: tf.Tensor[] | undefined;
  private steps = 0;
  /** Undefined where the backend replays no steps. */
  private readonly replay: StepReplay | undefined;
  /** True once the step that runs was on the tape. */
  private ranOnTape = false;
  /** False: every step runs on the tape, so that its kernels can be watched. */
  replays = true;

  constructor(embedding: Embedding, network: Network, rule: Rule, settings: TrainerSettings = {}) {
    const { activations, gradients, seed = 0, before } = settings;
    this.embedding = embedding;
    this.network = network;
    this.activations = activations;
    this.regularizer = new Regularizer(network, settings);
    if (gradients !== undefined)
      this.streamed = before?.streamed ?? new StreamedGradients(network.layers, rankOf(gradients), seed);
    this.replay = embedding.replaySteps?.();
    this.learners = paramGroupsOf(embedding, network, rule, before);
  }

  /** Log-odds of a batch: [size]. `embed`: in place of the plan's own. */
  logits(
    { size, dense, ids, further }: Batch,
    training?: StepPosition,
    embed?: Plan['embed'],
    backward?: BackwardPass,
  ): tf.Tensor1D {
    const denseInput = tf.tensor2d(dense, [size, dense.length / size]);
    const vectors = this.embedding.embedBatch({ ids, size, further }, training, embed);
    return this.network.logits(denseInput, vectors, backward);
  }

  /**
   * One training step on one batch. Returns its mean loss before the step (under the weights of the rows, if they have any), without what the method adds to it; dispose
   * it. `afterStep` has to follow where the plan has one.
   */
  step(batch: Batch, learningRate: number, place?: StepPosition): tf.Scalar {
    const { embedding, replay } = this;
    const step = this.begin(batch, learningRate, place);
    if (replay === undefined || !this.replays) return this.onTape(step).loss;
    const { heldOut, shares, rate } = step;
    const { loss, memo, left } = replay.run<PendingLookups>({
      kind: `${heldOut ? 'held out' : ''} ${embedding.clock.phase}`,
      ids: batch.ids,
      inputs: [batch.dense, batch.labels, shares, batch.further?.fields],
      rate,
      tape: () => embedding.clock.watch(() => this.onTape(step)),
    });
    if (!this.ranOnTape) embedding.resume(batch, step.training, memo, left);
    return loss;
  }

  /** How steps ran so far; undefined where the backend replays none. */
  get stepCounts(): StepCounts | undefined {
    return this.replay?.counts;
  }

  /** The memory that training has taken so far. */
  get memory(): MeasuredMemory {
    const { embedding, network, learners, gradientBytes } = this;
    const { layers, others } = this.held ?? { layers: 0, others: 0 };
    return {
      tableBytes: embedding.bytes,
      networkBytes: network.variables.reduce((sum, { size }) => sum + 4 * size, 0),
      stateBytes: learners.reduce((sum, { optimizer }) => sum + optimizer.stateBytes, embedding.stateBytes),
      gradientBytes,
      rowGradientBytes: embedding.rowGradientBytes,
      layerBytes: layers,
      otherBytes: others,
    };
  }

  /** True if the plan keeps the batch at this place of an epoch from training. */
  holdsOut(index: number): boolean {
    const { holdOutEvery } = this.embedding.plan.training ?? {};
    return holdOutEvery !== undefined && index % holdOutEvery === holdOutEvery - 1;
  }

  /** Runs what the plan does after a step: nothing in most. */
  async afterStep(): Promise<void> {
    if (this.embedding.plan.afterStep) await this.embedding.afterStep();
  }

  /** Keeps the state as it is, for `restore`: weights and rows, not what the optimizer remembers. */
  save(): void {
    this.saved?.forEach((tensor) => tensor.dispose());
    this.saved = this.variables.map((variable) => tf.keep(copyOf(variable)));
    this.embedding.save();
  }

  restore(): void {
    if (this.saved === undefined) throw new Error('nothing was saved');
    const saved = this.saved;
    tf.tidy(() => this.variables.forEach((variable, i) => variable.assign(copyOf(saved[i]))));
    this.embedding.restore();
  }

  /** Copies of all that trains: variables, then rows table after table. */
  async readWeights(): Promise<Float32Array[]> {
    const weights: Float32Array[] = [];
    for (const variable of this.variables) weights.push((await variable.data<'float32'>()).slice());
    return [...weights, ...(await this.embedding.readTrained())];
  }

  /** Sets all that trains to such values, which it copies. What the optimizer remembers stays. */
  writeWeights(values: readonly Float32Array[]): void {
    const { variables } = this;
    tf.tidy(() =>
      variables.forEach((variable, i) => variable.assign(tf.tensor(values[i].slice(), variable.shape))),
    );
    this.embedding.writeTrained(values.slice(variables.length));
  }

  /** The optimizer's state of a variable; undefined if it is not trained. */
  stateOf(variable: tf.Variable): VariableState | undefined {
    return this.learners.find(({ variables }) => variables.includes(variable))?.optimizer.stateOf(variable);
  }

  /** Gives up what the optimizer knows of a variable, for a trainer that continues with it. No step may follow. */
  releaseState(variable: tf.Variable): VariableState | undefined {
    return this.learners.find(({ variables }) => variables.includes(variable))?.optimizer.release(variable);
  }

  /** Gives up the estimates of the network's gradients, as above. */
  releaseEstimates(): StreamedGradients | undefined {
    const { streamed } = this;
    this.streamed = undefined;
    return streamed;
  }

  /** The network is not disposed where it continues in another trainer. */
  dispose({ network = true } = {}): void {
    this.replay?.dispose();
    this.saved?.forEach((tensor) => tensor.dispose());
    for (const { optimizer } of this.learners) optimizer.dispose();
    this.streamed?.dispose();
    if (network) for (const variable of this.network.variables) variable.dispose();
    this.embedding.dispose();
  }

  /** Goes on to a step: what differs from one to the next is known from here on, whether it then runs on the tape or not. */
  private begin(batch: Batch, learningRate: number, place?: StepPosition): TrainingStep {
    const index = this.steps++;
    const {
      heldOut = this.holdsOut(index),
      rateFactor = 1,
      ...training
    }: StepPosition = place ?? { index, steps: Infinity };
    const learning = this.learners.filter((learners) => learners.heldOut === heldOut);
    this.ranOnTape = false;
    this.embedding.clock.set(training.index, training.steps);
    this.regularizer.begin(index);
    for (const { optimizer, learningRate: own = learningRate } of learning) optimizer.begin(own * rateFactor);
    return {
      ...{ batch, training, heldOut, learning },
      ...{ rate: learningRate * rateFactor, shares: batch.weights && sharesOf(batch.weights) },
    };
  }

  private onTape({
    batch,
    training,
    heldOut,
    learning,
    rate,
    shares,
  }: TrainingStep): TapedStep<PendingLookups> {
    this.ranOnTape = true;
    const { embedding } = this;
    // The network does not learn from what is held out.
    const take = this.streamed && (heldOut ? () => {} : this.streamed.take);
    let fit: tf.Scalar;
    tf.tidy(() => {
      const labels = tf.tensor1d(batch.labels);
      const loss = () => {
        const kept: SavedActivations[] = [];
        const backward = {
          take,
          activations: this.activations,
          ...this.regularizer.pass(),
          onSaved: (of: SavedActivations) => kept.push(of),
        };
        const logits = this.logits(batch, training, undefined, backward);
        fit = tf.keep(
          shares
            ? weightedCrossEntropy(logits, labels, tf.tensor1d(shares))
            : binaryCrossEntropy(logits, labels),
        );
        const whole = embedding.takePenalties().reduce((sum, penalty) => tf.add(sum, penalty), fit);
        this.held ??= savedTensorBytes(kept);
        return whole;
      };
      const variables = learning.flatMap((learners) => learners.variables);
      if (heldOut && variables.length === 0) return void loss(); // kept for what the plan does once it is trained
      const { grads } = tf.variableGrads(loss, heldOut ? variables : [...variables, embedding.anchor]);
      this.countGradients(grads);
      if (!heldOut) this.regularizer.addTo(grads);
      for (const { optimizer } of learning)
        optimizer.update(grads, heldOut ? undefined : this.streamed?.estimates);
      if (!heldOut) embedding.update(rate);
    });
    const { pending, gradients } = embedding.left;
    return {
      ...{ loss: fit!, left: gradients, memo: pending },
      ...(embedding.clock.indexWasRead && { varies: 'embed() reads the number of the step' }),
    };
  }

  private countGradients(gradients: tf.NamedTensorMap): void {
    const { anchor } = this.embedding;
    const whole = Object.entries(gradients).filter(([name]) => name !== anchor.name);
    const floats = whole.reduce((sum, [, { size }]) => sum + size, 0);
    const { streamed } = this;
    const blocks = [...(streamed?.estimates.keys() ?? [])].map(({ shape }) => estimateBlockBytes(shape));
    this.gradientBytes = Math.max(
      this.gradientBytes,
      4 * floats + (streamed?.bytes ?? 0) + Math.max(0, ...blocks),
    );
  }

  private get variables(): tf.Variable[] {
    return this.learners.flatMap(({ variables }) => variables);
  }
}

/** A copy with memory of its own: a clone shares its tensor's, which optimizers may change in place. */
function copyOf(tensor: tf.Tensor): tf.Tensor {
  return tf.mul(tensor, 1);
}

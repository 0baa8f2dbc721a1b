import * as tf from '../../tensors/index.ts';
import type { Batch } from '../contract/data.ts';
import { rankOf } from '../contract/gradients.ts';
import type { Plan } from '../contract/method.ts';
import type { Network } from '../contract/model.ts';
import type { StepCounts, StepReplay } from '../contract/step-replay.ts';
import type { TrainingPractice } from '../contract/training-practice.ts';
import type { TrainingApproximation } from '../contract/training-approximation.ts';
import type { CarriedState } from './stages/carried-state.ts';
import type { Embedding } from '../embedding/embedding.ts';
import type { PendingLookups } from '../embedding/pending-gradients.ts';
import { StreamedGradients } from '../gradients/streamed-gradients.ts';
import { sharesOf } from '../ops/binary-cross-entropy.ts';
import type { VariableState } from '../optimizers/dense-optimizer.ts';
import { type ParamGroup, paramGroupsOf } from './param-groups.ts';
import { Regularizer } from './regularizer.ts';
import { logitsOf, StepOnTape, type TrainingStep } from './step-on-tape.ts';
import type { TrainerCourse } from './training-course.ts';
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

/** An embedding layer and a network above it, trained together. */
export class Trainer {
  readonly embedding: Embedding;
  readonly network: Network;
  private readonly learners: readonly ParamGroup[];
  private readonly onTape: StepOnTape;
  private readonly regularizer: Regularizer;
  private streamed: StreamedGradients | undefined;
  private saved: tf.Tensor[] | undefined;
  private steps = 0;
  /** Undefined where the backend replays no steps. */
  private readonly replay: StepReplay | undefined;
  /** False: every step runs on the tape, so that its kernels can be watched. */
  replays = true;

  constructor(embedding: Embedding, network: Network, rule: Rule, settings: TrainerSettings = {}) {
    const { activations, gradients, seed = 0, before } = settings;
    this.embedding = embedding;
    this.network = network;
    this.regularizer = new Regularizer(network, settings);
    this.onTape = new StepOnTape({ embedding, network, regularizer: this.regularizer, activations });
    if (gradients !== undefined)
      this.streamed = before?.streamed ?? new StreamedGradients(network.layers, rankOf(gradients), seed);
    this.replay = embedding.replaySteps?.();
    this.learners = paramGroupsOf(embedding, network, rule, before);
  }

  /** Log-odds of a batch: [size]. `embed`: in place of the plan's own. `known`: see Network.logits. */
  logits(batch: Batch, training?: StepPosition, embed?: Plan['embed'], known?: tf.Tensor2D): tf.Tensor1D {
    return logitsOf(this, batch, training, embed, undefined, known);
  }

  /**
   * One training step on one batch. Returns its mean loss before the step (under the weights of the rows, if they have any), without what the method adds to it; dispose
   * it. `afterStep` has to follow where the plan has one.
   */
  step(batch: Batch, learningRate: number, place?: StepPosition): tf.Scalar {
    const { embedding, replay } = this;
    const step = this.begin(batch, learningRate, place);
    let ranOnTape = false;
    const tape = () => {
      ranOnTape = true;
      return embedding.clock.watch(() => this.onTape.run(step, this.streamed));
    };
    if (replay === undefined || !this.replays) return tape().loss;
    const { heldOut, shares, rate } = step;
    const { loss, memo, left } = replay.run<PendingLookups>({
      kind: `${heldOut ? 'held out' : ''} ${embedding.clock.phase}`,
      ids: batch.ids,
      inputs: [batch.dense, batch.labels, shares, batch.further?.fields],
      rate,
      last: step.training.index === step.training.steps - 1,
      tape,
    });
    if (!ranOnTape) embedding.resume(batch, step.training, memo, left);
    return loss;
  }

  /** How steps ran so far; undefined where the backend replays none. */
  get stepCounts(): StepCounts | undefined {
    return this.replay?.counts;
  }

  /** The memory that training has taken so far. */
  get memory(): MeasuredMemory {
    const { embedding, network, learners, onTape } = this;
    const { layers, others } = onTape.held ?? { layers: 0, others: 0 };
    return {
      tableBytes: embedding.bytes,
      networkBytes: network.variables.reduce((sum, { size }) => sum + 4 * size, 0),
      stateBytes: learners.reduce((sum, { optimizer }) => sum + optimizer.stateBytes, embedding.stateBytes),
      gradientBytes: onTape.gradientBytes,
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

  /** Its place among its steps, and what it has measured. */
  get course(): TrainerCourse {
    const { held, gradientBytes } = this.onTape;
    const { rowGradientBytes } = this.embedding;
    return { steps: this.steps, ...(held && { held }), gradientBytes, rowGradientBytes };
  }

  /** Goes on from there, as a trainer of another process left off. Weights, rows and states are brought apart. */
  goOnFrom({ steps, held, gradientBytes, rowGradientBytes }: TrainerCourse): void {
    this.steps = steps;
    this.onTape.held = held;
    this.onTape.gradientBytes = gradientBytes;
    this.embedding.rowGradientBytes = rowGradientBytes;
  }

  /** The variables that train, in the order of `readWeights`. */
  get variables(): readonly tf.Variable[] {
    return this.learners.flatMap(({ variables }) => variables);
  }

  /** Their copies that `save` keeps; undefined if it keeps none. */
  get savedVariables(): readonly tf.Tensor[] | undefined {
    return this.saved;
  }

  /** The estimates of the network's gradients; undefined if they are exact. */
  get estimates(): readonly tf.Variable[] | undefined {
    if (this.streamed === undefined) return undefined;
    return [...this.streamed.estimates.values()].flatMap(
      ({ inputs, outputs, sigma }) => [inputs, outputs, sigma] as tf.Variable[],
    );
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
    this.embedding.forget();
    this.embedding.clock.set(training.index, training.steps);
    this.regularizer.begin(index);
    for (const { optimizer, learningRate: own = learningRate } of learning) optimizer.begin(own * rateFactor);
    return {
      ...{ batch, training, heldOut, learning },
      ...{ rate: learningRate * rateFactor, shares: batch.weights && sharesOf(batch.weights) },
    };
  }
}

/** A copy with memory of its own: a clone shares its tensor's, which optimizers may change in place. */
function copyOf(tensor: tf.Tensor): tf.Tensor {
  return tf.mul(tensor, 1);
}

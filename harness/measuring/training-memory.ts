import { exactBits } from '../contract/activations.ts';
import { rankOf } from '../contract/gradients.ts';
import type { Plan, Weight } from '../contract/method.ts';
import type { Network } from '../contract/model.ts';
import { trainedBytes, updatedShape, weightFloats } from '../contract/size.ts';
import type { TrainingApproximation } from '../contract/training-approximation.ts';
import type { Rule } from '../optimizers/rule.ts';
import { optimizers } from '../optimizers/index.ts';

/** The bytes that training holds, by kind. */
export interface TrainingMemory {
  /** Rows, weights and maps of the embedding layer, frozen ones too. */
  readonly tableBytes: number;
  /** Weights and biases of the network. */
  readonly networkBytes: number;
  /** The optimizer's state for all of these. */
  readonly stateBytes: number;
  /** Peak bytes of dense gradients, the network's and the embedding layer's, or of the estimates that replace them. */
  readonly gradientBytes: number;
  /** Inputs of the network's layers, as they are saved from the forward to the backward pass. */
  readonly layerBytes: number;
}

export interface MeasuredMemory extends TrainingMemory {
  /** Peak bytes of the gradients of rows that a batch looked up, each as often as it was looked up. */
  readonly rowGradientBytes: number;
  /** Bytes that all but the network's layers saves for the backward pass. */
  readonly otherBytes: number;
}

/** The one of most bytes in all. */
export function maxMemory<M extends TrainingMemory>(all: readonly M[]): M {
  const total = (memory: M) => sum(Object.values(memory));
  return all.reduce((most, one) => (total(one) > total(most) ? one : most));
}

export interface TrainingForm extends TrainingApproximation {
  readonly plan: Plan;
  readonly network: Pick<Network, 'layers' | 'variables'>;
  readonly rule: Rule;
  readonly batchSize: number;
}

/**
 * The bytes by formula, shown beside the measured ones. Estimates of rank k: k (in + out + 1) floats a matrix;
 * activations of b bits: b / 32 of batch x in floats a layer. Blocks that a step has at once, scales and the rest of a
 * last word are left out.
 */
export function expectedMemory({ plan, network, rule, batchSize, ...of }: TrainingForm): TrainingMemory {
  const { tables, weights = [] } = plan;
  const trained = weights.filter(({ frozen }) => !frozen);
  const rank = of.gradients && rankOf(of.gradients);
  const matrices = network.layers.map(({ weights }) => weights);
  const shapes = matrices.map(({ shape }) => shape);
  // Every operation has codes of its own of an input that it shares.
  const kept = network.layers
    .filter(({ sharesInput }) => of.activations !== undefined || !sharesInput)
    .map(({ weights }) => weights.shape);
  const others = sum(network.variables.map(({ size }) => size)) - sum(matrices.map(({ size }) => size));
  const ofLayer = ([input, output]: readonly number[]) =>
    rank === undefined ? input * output : Math.min(rank, input, output) * (input + output + 1);
  const rowState = tables
    .filter(({ frozen }) => !frozen)
    .flatMap((table) => rule.stateFloats(...updatedShape(table)));
  const denseState = [
    ...trained.flatMap((weight) => stateOf(weight, rule)),
    ...network.variables.flatMap(({ shape }) => rule.denseState(shape)),
  ].map((shape) => weightFloats({ shape }));
  return {
    tableBytes: trainedBytes(plan),
    networkBytes: 4 * sum(network.variables.map(({ size }) => size)),
    stateBytes: 4 * sum([...rowState, ...denseState]),
    gradientBytes:
      4 * Math.max(sum(shapes.map(ofLayer)) + others + floatsOf(weights, false), floatsOf(weights, true)),
    layerBytes: (sum(kept.map(([input]) => batchSize * input)) * (of.activations ?? exactBits)) / 8,
  };
}

function stateOf({ shape, optimizer }: Weight, rule: Rule): number[][] {
  return optimizers[optimizer?.rule ?? rule.name].denseState(shape);
}

/** Searched weights have gradients on batches that are held out, and the rest has on all others: never at once. */
function floatsOf(weights: readonly Weight[], searched: boolean): number {
  const own = weights.filter((weight) => !weight.frozen && (weight.architecture ?? false) === searched);
  return sum(own.map(weightFloats));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

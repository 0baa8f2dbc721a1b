import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '../../tensors/index.ts';
import type { ZodType } from 'zod';
import type { ActivationBits } from './activations.ts';

/**
 * A CTR model above the embedding layer. It sees vectors, never methods. All that others need to know of it is here: adding a
 * model is a file, and a line in harness/models/index.ts.
 */
export interface Model<Options = unknown> {
  readonly name: string;
  /** Short names the command line also takes. */
  readonly aliases?: readonly string[];
  readonly title: string;
  /** Its log-odds of a click in one line of plain text; see docs/models.md for the names. */
  readonly formula?: string;
  readonly paper: { readonly cite: string; readonly url: string };
  /** Hyper-parameters: a strict object with a default for each, set by `--set dlrm.bottom=512-256-64`. */
  readonly options: ZodType<Options>;
  /** Short forms on the command line, by option: `--bottom <widths>`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** The network that the options give, in a few characters: `512-256-64/512-256`. The record's `network`. */
  describe(options: Options): string;
  /** The only width of vectors that it takes, whatever `--dim` says; any width if absent. */
  readonly width?: number;
  /** True: its networks have no dense layers, so that there is nothing to approximate and no bound by matrix products. */
  readonly withoutLayers?: true;
  build(shape: ModelShape, options: Options, seed: number): Network;
}

/** The sizes that the data and the embedding layer ask of a model. */
export interface ModelShape {
  readonly denseFields: number;
  readonly fields: number;
  /** Width of the vectors. */
  readonly dim: number;
}

export interface Network {
  readonly variables: readonly Variable[];
  /**
   * Its dense layers, from input to output. Their weights are among the variables, and their weights' gradients can be taken.
   * The matrix products of a training step, which bound its speed, are theirs.
   */
  readonly layers: readonly TrainedLayer[];
  /** Biases among the variables that have more than one axis. L2 spares them, and all variables of one axis. */
  readonly biases?: readonly Variable[];
  /**
   * Log-odds of a click, [batch]. dense: [batch, denseFields]; vectors: [batch, fields, dim]. `known`: what `ofDense` gives for them, so
   * that it is not computed again.
   */
  logits(dense: Tensor2D, vectors: Tensor3D, backward?: BackwardPass, known?: Tensor2D): Tensor1D;
  /** The dense side alone, before it meets vectors: [batch, width]. Absent where that is little or nothing. */
  ofDense?(dense: Tensor2D): Tensor2D;
}

export interface DenseLayer {
  readonly weights: Tensor2D; // [in, out]
  readonly bias: Tensor1D; // [out]
}

export interface TrainedLayer {
  readonly weights: Tensor2D & Variable;
  /** Absent where the product is all: factors of a matrix. */
  readonly bias?: Tensor1D & Variable;
  /** The kind of the layer's input: data needs no gradient, so that the backward pass has one product less. */
  readonly input: 'data' | 'activations';
  /** True: a layer before it in the list has the same input, which is kept once if it is kept as it is. */
  readonly sharesInput?: true;
}

/** Options of a training step for a network's dense layers. Nothing of it but dropout changes the log-odds. */
export interface BackwardPass {
  /** Outputs of hidden layers that this step leaves out; none if absent. */
  readonly dropout?: Dropout;
  readonly take?: TakeGradient;
  /** Bits that the layers keep of what they were given; as it was if absent. */
  readonly activations?: ActivationBits;
  /** Called on the way there, once for every operation of dense layers. */
  readonly onSaved?: (kept: SavedActivations) => void;
}

/** The dropout of one step. */
export interface Dropout {
  /** The share of outputs that is set to 0, above 0 and below 1. */
  readonly rate: number;
  /**
   * The seed of the mask of the next hidden layer, another one for every layer and step: a function that is asked in each step for
   * that step's.
   */
  readonly nextSeed: () => () => number;
}

/** The layers' inputs are the first `count` tensors that the tape has saved for the operation with this output. */
export interface SavedActivations {
  readonly output: Tensor;
  readonly count: number;
}

/**
 * Called on the way back, once for each layer of `layers`, with what the gradient of its weights is a product of: x^T dz,
 * x its input [batch, in], dz the gradient before its activation [batch, out]. Where it is given, that product is not
 * formed, and the tape has no gradient of those weights.
 */
export type TakeGradient = (layer: Pick<DenseLayer, 'weights'>, x: Tensor2D, dz: Tensor2D) => void;

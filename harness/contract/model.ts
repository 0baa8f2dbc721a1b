import type { Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs';

/** A CTR model above the embedding layer. It sees vectors, never methods. */
export interface Model {
  readonly name: string;
  readonly title: string;
  readonly paper: { readonly cite: string; readonly url: string };
  build(shape: ModelShape, seed: number): Network;
}

export interface ModelShape {
  readonly denseFields: number;
  readonly fields: number;
  readonly dim: number;
  /** Hidden layer widths, from input to output; the last layer's width is the model's own business. */
  readonly bottom: readonly number[];
  readonly top: readonly number[];
}

export interface Network {
  readonly variables: readonly Variable[];
  /** Log-odds of a click, [batch]. dense: [batch, denseFields]; vectors: [batch, fields, dim]. */
  logits(dense: Tensor2D, vectors: Tensor3D): Tensor1D;
}

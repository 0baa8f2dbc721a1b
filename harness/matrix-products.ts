import * as tf from '@tensorflow/tfjs';
import type { ModelShape } from './contract/model.ts';

/** left x right -> [rows, columns], summing over `inner`; a transposed side lies in memory the other way round. */
export interface MatrixProduct {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposed: 'neither' | 'left' | 'right';
}

/**
 * The matrix products that a training step of DLRM cannot do without: of every dense layer x W forward, and x^T dz and
 * dz W^T backward; the first layer of the bottom MLP has no dz W^T, for its input is data. What a backend takes for
 * these alone bounds its samples per second. The pairwise interaction is not among them: it has no weights.
 */
export function matrixProducts(shape: ModelShape, batch: number): MatrixProduct[] {
  const { denseFields, fields, dim, bottom, top } = shape;
  const bottomWidths = [denseFields, ...bottom, dim];
  const topWidths = [dim + (fields * (fields + 1)) / 2, ...top, 1];
  const layers = [...pairs(bottomWidths), ...pairs(topWidths)];
  return layers.flatMap(([wide, out], i) => {
    const forward = { rows: batch, inner: wide, columns: out, transposed: 'neither' } as const;
    const ofWeights = { rows: wide, inner: batch, columns: out, transposed: 'left' } as const;
    const ofInput = { rows: batch, inner: out, columns: wide, transposed: 'right' } as const;
    return i === 0 ? [forward, ofWeights] : [forward, ofWeights, ofInput];
  });
}

/** Floating-point operations: a multiplication and an addition for each term. */
export function flopsOf(products: readonly MatrixProduct[]): number {
  return products.reduce((sum, { rows, inner, columns }) => sum + 2 * rows * inner * columns, 0);
}

/** The products with tensors to multiply, made once. */
export class PreparedProducts {
  private readonly pairs: readonly (readonly [tf.Tensor2D, tf.Tensor2D, MatrixProduct['transposed']])[];

  constructor(products: readonly MatrixProduct[]) {
    this.pairs = products.map(({ rows, inner, columns, transposed }) => [
      tf.randomUniform(transposed === 'left' ? [inner, rows] : [rows, inner], -1, 1),
      tf.randomUniform(transposed === 'right' ? [columns, inner] : [inner, columns], -1, 1),
      transposed,
    ]);
  }

  /** Multiplies them all, one after the other; returns once the last is there to be read. */
  async multiply(): Promise<void> {
    const last = tf.tidy(() => {
      const results = this.pairs.map(([a, b, transposed]) => {
        return tf.matMul(a, b, transposed === 'left', transposed === 'right');
      });
      return results.at(-1)!;
    });
    await last.data();
    last.dispose();
  }

  dispose(): void {
    for (const [a, b] of this.pairs) tf.dispose([a, b]);
  }
}

const pairs = (widths: readonly number[]) => widths.slice(1).map((out, i) => [widths[i], out] as const);

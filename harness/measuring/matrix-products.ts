import * as tf from '../../tensors/index.ts';
import type { Network } from '../contract/model.ts';

/** left x right -> [rows, columns], summing over `inner`; a transposed side lies in memory the other way round. */
export interface MatrixProduct {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposed: 'neither' | 'left' | 'right';
}

/**
 * The matrix products that a training step cannot do without: of every dense layer x W forward, and x^T dz and dz W^T
 * backward, without dz W^T where the layer's input is data. What a backend takes for these alone bounds its samples per
 * second. Operations without weights, such as interactions, are not among them.
 */
export function matrixProducts(layers: Network['layers'], batch: number): MatrixProduct[] {
  return layers.flatMap(({ weights, input }) => {
    const [wide, out] = weights.shape;
    const forward = { rows: batch, inner: wide, columns: out, transposed: 'neither' } as const;
    const ofWeights = { rows: wide, inner: batch, columns: out, transposed: 'left' } as const;
    const ofInput = { rows: batch, inner: out, columns: wide, transposed: 'right' } as const;
    return input === 'data' ? [forward, ofWeights] : [forward, ofWeights, ofInput];
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
      transposed === 'left' ? randomMatrix(inner, rows) : randomMatrix(rows, inner),
      transposed === 'right' ? randomMatrix(columns, inner) : randomMatrix(inner, columns),
      transposed,
    ]);
  }

  /** Multiplies them all, one after the other, and returns the last result; dispose it. */
  multiply(): tf.Tensor {
    return tf.tidy(() => {
      const results = this.pairs.map(([a, b, transposed]) => {
        return tf.matMul(a, b, transposed === 'left', transposed === 'right');
      });
      return results.at(-1)!;
    });
  }

  dispose(): void {
    for (const [a, b] of this.pairs) tf.dispose([a, b]);
  }
}

/** The rows repeat: large batches are billions of numbers, and random ones are drawn by this process. */
function randomMatrix(rows: number, columns: number): tf.Tensor2D {
  const drawn = Math.min(rows, 1024);
  return tf.tidy(() => {
    const pattern = tf.randomUniform<tf.Rank.R2>([drawn, columns], -1, 1);
    if (rows === drawn) return pattern;
    return tf.slice(tf.tile(pattern, [Math.ceil(rows / drawn), 1]), [0, 0], [rows, columns]);
  });
}

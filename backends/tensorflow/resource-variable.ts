import * as tf from '../../tensors/index.ts';
import type { Handle, Operations } from './operations.ts';

/**
 * The name that TensorFlow knows as "none" (ResourceHandle::ANONYMOUS_NAME). Variables of one name are one variable, and
 * so are those of the empty name.
 */
const anonymous = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/**
 * A matrix in TensorFlow's memory whose rows are read and updated in place. It is only ever used by rows: an operation
 * on the whole would copy it, at this and at every later step.
 *
 * Indices are different from each other wherever rows change: TensorFlow's GPU kernels would race.
 */
export class ResourceVariable {
  readonly rows: number;
  readonly width: number;
  private readonly operations: Operations;
  private readonly handle: Handle;

  /** Zeros. Throws TensorFlow's error where there is no memory. */
  constructor(operations: Operations, rows: number, width: number) {
    this.operations = operations;
    this.rows = rows;
    this.width = width;
    const dtype = operations.type('dtype', 'float32');
    this.handle = operations.handle(
      'VarHandleOp',
      [
        dtype,
        operations.shape('shape', [rows, width]),
        operations.string('shared_name', anonymous),
        operations.string('container', ''),
      ],
      [],
    );
    let zeros: Handle | undefined;
    try {
      tf.tidy(() => {
        zeros = operations.handle(
          'Fill',
          [operations.type('T', 'float32'), operations.type('index_type', 'int32')],
          [tf.tensor1d([rows, width], 'int32'), tf.scalar(0)],
        );
      });
      operations.run('AssignVariableOp', [dtype], [this.handle, zeros!]);
    } catch (error) {
      this.dispose();
      throw error;
    } finally {
      zeros?.dispose(); // while it lives, the first update would copy the table
    }
  }

  /** [indices.length, width] */
  gather(indices: tf.Tensor1D): tf.Tensor2D {
    return this.operations.tensor('ResourceGather', this.types('dtype'), [
      this.handle,
      indices,
    ]) as tf.Tensor2D;
  }

  /** Rows become `values`: [indices.length, width]. */
  set(indices: tf.Tensor1D, values: tf.Tensor2D): void {
    this.operations.run('ResourceScatterUpdate', this.types('dtype'), [this.handle, indices, values]);
  }

  subtract(indices: tf.Tensor1D, values: tf.Tensor2D): void {
    this.operations.run('ResourceScatterSub', this.types('dtype'), [this.handle, indices, values]);
  }

  /** sum += g^2; this -= learningRate g / (sqrt(sum) + epsilon). gradients: [indices.length, width] */
  adagrad(
    sum: ResourceVariable,
    indices: tf.Tensor1D,
    gradients: tf.Tensor2D,
    learningRate: number,
    epsilon: number,
  ): void {
    const inputs = [this.handle, sum.handle, tf.scalar(learningRate), tf.scalar(epsilon), gradients, indices];
    this.operations.run('ResourceSparseApplyAdagradV2', this.types('T'), inputs);
  }

  /** A copy of everything, for `assign`. */
  copy(): Handle {
    return this.operations.handle(
      'ReadVariableOp',
      [this.operations.type('dtype', 'float32')],
      [this.handle],
    );
  }

  /** Takes over the values; the copy stays as it is. */
  assign(copy: Handle): void {
    this.operations.run('AssignVariableOp', [this.operations.type('dtype', 'float32')], [this.handle, copy]);
  }

  /** TensorFlow frees the matrix with its handle since 2.15 at the latest; before, the handle alone would go. */
  dispose(): void {
    const ignoreMissing = this.operations.boolean('ignore_lookup_error', true);
    this.operations.run('DestroyResourceOp', [ignoreMissing], [this.handle]);
    this.handle.dispose();
  }

  /** Written out: TensorFlow ends the process where an attribute and a tensor's type differ. */
  private types(values: 'dtype' | 'T') {
    return [this.operations.type(values, 'float32'), this.operations.type('Tindices', 'int32')];
  }
}

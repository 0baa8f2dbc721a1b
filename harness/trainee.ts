import * as tf from '@tensorflow/tfjs';
import type { Batch } from './contract/data.ts';
import type { Network } from './contract/model.ts';
import type { Embedding } from './embedding.ts';
import { binaryCrossEntropy } from './ops/binary-cross-entropy.ts';
import { DenseOptimizer } from './optimizers/dense-optimizer.ts';
import type { Rule } from './optimizers/rule.ts';

/** An embedding layer and a network above it, trained together. */
export class Trainee {
  readonly embedding: Embedding;
  private readonly network: Network;
  private readonly variables: tf.Variable[];
  private readonly optimizer: DenseOptimizer;
  private saved: tf.Tensor[] | undefined;

  constructor(embedding: Embedding, network: Network, rule: Rule) {
    this.embedding = embedding;
    this.network = network;
    this.variables = [...network.variables, ...embedding.variables];
    this.optimizer = new DenseOptimizer(rule, this.variables);
  }

  /** Log-odds of a batch: [size]. */
  logits({ size, dense, ids }: Batch): tf.Tensor1D {
    const denseInput = tf.tensor2d(dense, [size, dense.length / size]);
    const vectors = this.embedding.embed(ids, size, ids.length / size);
    return this.network.logits(denseInput, vectors);
  }

  /** One training step on one batch. Returns its mean loss before the step; dispose it. */
  step(batch: Batch, learningRate: number): tf.Scalar {
    return tf.tidy(() => {
      const labels = tf.tensor1d(batch.labels);
      const loss = () => binaryCrossEntropy(this.logits(batch), labels);
      const { value, grads } = tf.variableGrads(loss, this.variables);
      this.optimizer.apply(grads, learningRate);
      this.embedding.update(learningRate);
      return value;
    });
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

  dispose(): void {
    this.saved?.forEach((tensor) => tensor.dispose());
    this.optimizer.dispose();
    for (const variable of this.network.variables) variable.dispose();
    this.embedding.dispose();
  }
}

/** With memory of its own: a clone shares its tensor's, which optimizers may change in place. */
function copyOf(tensor: tf.Tensor): tf.Tensor {
  return tf.mul(tensor, 1);
}

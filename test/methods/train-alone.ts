import * as tf from '../../tensors/index.ts';
import type { OpenBackend, OptimizerRule } from '../../harness/contract/backend.ts';
import type { Plan, Stage } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';

export interface TrainAlone {
  readonly backend: OpenBackend;
  readonly cardinalities: readonly number[];
  readonly rule: OptimizerRule;
  readonly rate: number;
  readonly steps: number;
  readonly batch: number;
  readonly contents?: Stage['contents'];
  /** Gradients of vectors, the same in all steps where not said otherwise. */
  readonly slope?: (at: number, step: number) => number;
  /** Called before the first step (-1) and after each. */
  readonly seen?: (embedding: Embedding, step: number) => void | Promise<void>;
}

/**
 * Trains a plan alone, hooks and penalties included, on ids drawn evenly. Weights move by SGD at the same rate, those with
 * a rate of their own by theirs.
 */
export async function trainAlone(plan: Plan, asked: TrainAlone): Promise<Embedding> {
  const { backend, cardinalities, rule, rate, steps, batch, contents, seen } = asked;
  const { slope = (at) => Math.sin(at) } = asked;
  const embedding = new Embedding(plan, backend, rule, 1, contents);
  const stream = random(5);
  const fields = cardinalities.length;
  await seen?.(embedding, -1);
  for (let index = 0; index < steps; index++) {
    const ids = Uint32Array.from(
      { length: batch * fields },
      (_, i) => stream.next() % cardinalities[i % fields],
    );
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => {
        const vectors = embedding.embed(ids, batch, fields, { index, steps });
        const slopes = tf.tensor(
          Float32Array.from({ length: vectors.size }, (_, at) => slope(at, index)),
          vectors.shape,
        );
        const fit = tf.sum(tf.mul(vectors, slopes));
        return embedding
          .takePenalties()
          .reduce<tf.Scalar>((sum, penalty) => tf.add(sum, penalty), fit as tf.Scalar);
      }, [...embedding.variables]);
      for (const weight of plan.weights ?? []) {
        if (weight.frozen) continue;
        const variable = embedding.variableOf(weight);
        const gradient = grads[variable.name];
        const ownRate = weight.optimizer?.learningRate ?? rate;
        variable.assign(tf.sub(variable, tf.mul(gradient, ownRate)));
      }
      embedding.update(rate);
    });
    await embedding.afterStep();
    await seen?.(embedding, index);
  }
  return embedding;
}

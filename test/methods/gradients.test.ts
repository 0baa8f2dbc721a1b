import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { column } from '../column.ts';
import { layerAt } from '../layers.ts';
import { dim, embedAll, fields, randomSlopes, readTables, sgdStep, someIds } from './small-layer.ts';
import { variants } from './variants.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** The largest difference there was, relative where the derivative is above 1: for docs/verification.md. */
    gradientError?: number;
  }
}

/** Compares the gradients that embed() hands back to its tables and weights with finite differences of its result. */

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const slopes = () => randomSlopes(6, someIds);

/** Sums in double precision: differences of float32 sums over all ids would drown in rounding. */
function objective(embedding: Embedding): number {
  return tf.tidy(() => {
    const vectors = embedAll(embedding, someIds).dataSync();
    const weights = slopes().dataSync();
    let sum = 0;
    for (let i = 0; i < vectors.length; i++) sum += vectors[i] * weights[i];
    return sum;
  });
}

/** Some places, those first that were trained: a table may be large, and the ids few. */
function probes(gradients: Float32Array, count = 4): number[] {
  const stream = random(8);
  const trained = [...gradients.keys()].filter((at) => gradients[at] !== 0);
  return Array.from({ length: count }, (_, i) =>
    i > 0 && trained.length > 0 ? trained[stream.next() % trained.length] : stream.next() % gradients.length,
  );
}

const derivable = variants.filter(({ traits }) => traits.noDerivative === undefined);
const cases = derivable.flatMap(({ name, method, options, traits }) =>
  [1, 4, 64].flatMap((ratio) => {
    const plan = method.plan(layerAt(fields, dim, ratio), method.options.parse(options));
    return isInfeasible(plan)
      ? []
      : [{ name, ratio, plan, step: traits.kinks === undefined ? 2 ** -6 : 2 ** -11 }];
  }),
);

describe('gradients are those of finite differences', () => {
  test.for(cases)('$name ($ratio x)', async ({ plan, step }, { task }) => {
    task.meta.gradientError = 0;
    const expectDerivative = (gradient: number, at: (nudge: number) => number, what: string) => {
      const expected = (at(step) - at(-step)) / (2 * step);
      const error = Math.abs(gradient - expected) / Math.max(1, Math.abs(expected));
      task.meta.gradientError = Math.max(task.meta.gradientError!, error);
      expect(error, what).toBeLessThan(0.01);
    };

    const trained = new Embedding(plan, backend, 'sgd', 1);
    const before = await readTables(trained, plan.tables);
    const grads = tf.tidy(() => sgdStep(trained, slopes(), 1, someIds));
    const after = await readTables(trained, plan.tables);
    plan.tables.forEach((table, t) => {
      if (table.frozen) return;
      const gradients = before[t].map((x, i) => x - after[t][i]);
      for (const at of probes(gradients)) {
        const nudged = (nudge: number) => {
          const embedding = new Embedding(plan, backend, 'sgd', 1);
          const bump = new Float32Array(table.width);
          bump[at % table.width] = -nudge; // SGD at rate 1 subtracts it
          const gradient = tf.tensor2d(bump, [1, table.width]);
          const indices = column(Math.floor(at / table.width));
          embedding.rowsOf(table).update([{ indices, gradient }], 1);
          const value = objective(embedding);
          embedding.dispose();
          return value;
        };
        expectDerivative(gradients[at], nudged, `table ${t}, float ${at}`);
      }
    });
    for (const [w, weight] of (plan.weights ?? []).entries()) {
      if (weight.frozen || weight.architecture) continue;
      const gradients = await grads[trained.variableOf(weight).name].data<'float32'>();
      for (const at of probes(gradients)) {
        const nudged = (nudge: number) => {
          const embedding = new Embedding(plan, backend, 'sgd', 1);
          const variable = embedding.variableOf(weight);
          const values = variable.dataSync().slice();
          values[at] += nudge;
          tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
          const value = objective(embedding);
          embedding.dispose();
          return value;
        };
        expectDerivative(gradients[at], nudged, `weight ${w}, float ${at}`);
      }
    }
    tf.dispose(grads);
    trained.dispose();
  });
});

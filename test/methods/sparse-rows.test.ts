import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { type OpenBackend, optimizerRules } from '../../harness/contract/backend.ts';
import { isInfeasible, type Plan } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import {
  keepLargest,
  planSparse,
  type SparseRows,
  sparseStage,
} from '../../methods/shared/pruning/sparse-rows.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { layerAt, zipfFields } from '../layers.ts';
import { contentsOf } from './trained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const layer = layerAt(zipfFields([3, 40, 200]), 4, 4);

/** A plan that trains and says nothing of its own, and the rows it was given. */
function planned(budget = layer.budget) {
  let given: SparseRows | undefined;
  const plan = planSparse({ ...layer, budget }, (rows) => {
    given = rows;
    return { tables: [rows.table], choices: {}, embed: (lookup) => rows.vectors(lookup, rows.table) };
  });
  return { plan, rows: given };
}

describe('rows that are served sparse', () => {
  test('have as many floats as fit, and are not pruned where all fit', () => {
    const { plan, rows } = planned();
    // 972 bytes for 972 floats: a bit each and two counts are 130, the rest is floats.
    expect(rows!.nonZeros).toBe(Math.floor((layer.budget - 130) / 4));
    expect(sizeOf(plan as Plan)).toEqual({
      parameters: rows!.nonZeros,
      servingBytes: 130 + 4 * rows!.nonZeros,
    });
    expect(planned(4 * 972)).toEqual({ plan: expect.objectContaining({ choices: { density: 1 } }) as Plan });
    expect(planned(4 * 972 - 1).rows!.nonZeros).toBe(Math.floor((4 * 972 - 1 - 130) / 4));
  });

  test('have at least one float', () => {
    const { plan } = planned(5);
    expect(isInfeasible(plan as Plan) && (plan as never)).toEqual({
      smallestBytes: 6, // four of the float, and ten bits of its position
      reason: 'one float takes 6 bytes, the budget is 5',
    });
    expect(isInfeasible(planned(6).plan)).toBe(false);
  });

  test('are those with the largest scores, magnitudes where there are no others', () => {
    const values = Float32Array.of(3, -5, 1, 2);
    expect([...keepLargest(values, 2)]).toEqual([3, -5, 0, 0]);
    expect([...keepLargest(values, 2, Float32Array.of(0, 1, 9, 8))]).toEqual([0, 0, 1, 2]);
    expect([...values]).toEqual([3, -5, 1, 2]);
  });

  test.each(optimizerRules)('keep their zeros and train all else, under %s', async (rule) => {
    const { rows } = planned();
    const values = Float32Array.from({ length: 972 }, (_, i) => (i % 3 === 0 ? 0.1 + i / 972 : 0));
    const stage = sparseStage(rows!, values, { name: 'fine-tuning', network: 'kept', share: 0.5 });
    const embedding = new Embedding(stage.plan, backend, rule, 1, stage.contents);
    const ids = Uint32Array.from({ length: 600 }, (_, i) => Math.floor(i / 3) % [3, 40, 200][i % 3]);
    for (let step = 0; step < 3; step++) {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(embedding.embed(ids, 200, 3)),
        [...embedding.variables],
      );
      embedding.update(0.01);
      tf.dispose([value, grads]);
    }
    const trained = await embedding.rowsOf(stage.plan.tables[0]).read(0, 243);
    expect(contentsOf(stage)).toBe(values);
    trained.forEach((x, i) => expect(x !== Math.fround(values[i]), `float ${i}`).toBe(i % 3 === 0));
    trained.forEach((x, i) => i % 3 === 0 || expect(x).toBe(0));
    embedding.dispose();
  });

  test('say how many floats a row of each field has left', () => {
    const { rows } = planned();
    const values = new Float32Array(972).fill(1, 0, 6).fill(1, 12, 28);
    const { plan } = sparseStage(rows!, values, { name: 'x', network: 'fresh', share: 1 });
    expect(plan.choices).toEqual({ density: 22 / 972, widths: [2, 0.4, 0] });
    expect(plan.training).toEqual({ name: 'x', share: 1 });
  });
});

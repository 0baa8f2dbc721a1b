import * as tf from '../../../tensors/index.ts';
import { cpu } from '../../../backends/cpu.ts';
import type { Table, Weight } from '../../../harness/contract/method.ts';
import { tableRows } from '../../../harness/contract/size.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { type Comparison, Differences } from './differences.ts';
import { stageOf, rowsFrom } from './question.ts';
import { askSteps, type StepQuestion } from './step-cases.ts';

export interface StepAnswer {
  readonly question: StepQuestion;
  /** Tables after every step; null for those that are not compared. */
  readonly after: readonly (readonly (readonly number[] | null)[])[];
}

/** Trains on the same gradients by SGD, and compares rows after every step. */
export async function compareSteps(
  { method }: { readonly method: string },
  answer: StepAnswer,
): Promise<Comparison> {
  const { question, after } = answer;
  const { rate, steps, dim, cardinalities } = question;
  const { plan } = await stageOf(question);
  const found = new Differences();
  found.same((await askSteps(question)).each, question.each, 'ids, gradients and random numbers of steps');
  const contents = new Map<Table | Weight, Float32Array>();
  plan.tables.forEach((table, t) => {
    const values = question.tables[t].values.map((value) => value * question.unit);
    contents.set(table, rowsFrom(table, Float32Array.from(values)));
  });
  const embedding = new Embedding(plan, await cpu.open({}), 'sgd', 1, contents);
  for (const [index, { ids, slopes }] of question.each.entries()) {
    const fields = cardinalities.length;
    const batch = ids.length / fields;
    const { value, grads } = tf.tidy(() => {
      const weights = tf.tensor3d(slopes.map((slope) => slope / 256), [batch, fields, dim]); // prettier-ignore
      return tf.variableGrads(
        () =>
          tf.sum(tf.mul(embedding.embed(Uint32Array.from(ids), batch, fields, { index, steps }), weights)),
        [...embedding.variables],
      );
    });
    tf.dispose([value, grads]);
    embedding.update(rate);
    await embedding.afterStep();
    for (const [t, table] of plan.tables.entries()) {
      const expected = after[index][t];
      if (expected !== null)
        found.differ(
          await embedding.rowsOf(table).read(0, tableRows(table)),
          expected,
          `table ${t}, step ${index}`,
        );
    }
  }
  embedding.dispose();
  return { name: `${method}, ${question.label}`, ...found };
}

import * as tf from '../../../tensors/index.ts';
import { cpu } from '../../../backends/cpu.ts';
import type { Table, Weight } from '../../../harness/contract/method.ts';
import { tableRows } from '../../../harness/contract/size.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { nextStage, vectorsOf } from '../untrained.ts';
import { type Comparison, Differences } from './differences.ts';
import { ask, floatsOf, stageOf, type Question, rowsFrom } from './question.ts';

export interface Answer {
  readonly question: Question;
  /** [batch, fields, dim] */
  readonly vectors: readonly number[];
  /** Vectors of the stage that follows, from the same weights. */
  readonly served?: readonly number[];
  /** The sum of vectors times their gradients, and of what is added to the loss. */
  readonly loss?: number;
  /** One for each table and weight; null where nothing is trained. */
  readonly tableGradients: readonly (readonly number[] | null)[];
  readonly weightGradients: readonly (readonly number[] | null)[];
  /** Floats of the reference that are trained. */
  readonly parameters?: number;
  /** Rows that the reference looks up by its own rule, by the table's position among those with a rule. */
  readonly rows?: Readonly<Record<string, readonly number[]>>;
  /** Sizes that the reference chose. */
  readonly choices?: Readonly<Record<string, unknown>>;
}

/** Compares what our plan makes of the same weights and ids, and of the same gradients of vectors. */
export async function compareVectors(
  { method }: { readonly method: string },
  answer: Answer,
): Promise<Comparison> {
  const { question } = answer;
  const { plan } = await stageOf(question);
  const found = new Differences();
  await compareChoices(answer, found);
  const scaled = (values: readonly number[]) => Float32Array.from(values, (value) => value * question.unit);
  const contents = new Map<Table | Weight, Float32Array>();
  plan.tables.forEach((table, t) => contents.set(table, rowsFrom(table, scaled(question.tables[t].values))));
  plan.weights?.forEach((weight, w) => contents.set(weight, scaled(question.weights[w].values)));

  const embedding = new Embedding(plan, await cpu.open({}), 'sgd', 1, contents);
  const fields = question.cardinalities.length;
  const batch = question.ids.length / fields;
  const slopes = tf.tensor3d(
    question.slopes.map((slope) => slope / 256),
    [batch, fields, question.dim],
  );
  const { value, grads } = tf.variableGrads(() => {
    const vectors = embedding.embed(Uint32Array.from(question.ids), batch, fields, question.training);
    found.differ(vectors.dataSync(), answer.vectors, 'vectors');
    const fit = tf.sum<tf.Scalar>(tf.mul(vectors, slopes));
    return embedding.takePenalties().reduce((sum, penalty) => tf.add(sum, penalty), fit);
  }, [...embedding.variables]);
  if (answer.loss !== undefined)
    found.differ(value.dataSync(), [answer.loss], 'vectors times their gradients, and penalties');
  const gradientRate = 1;
  embedding.update(gradientRate);
  for (const [t, table] of plan.tables.entries()) {
    const expected = answer.tableGradients[t];
    if (expected === null) continue;
    const before = scaled(question.tables[t].values);
    const after = floatsOf(table, await embedding.rowsOf(table).read(0, tableRows(table)));
    found.differ(
      before.map((x, i) => x - after[i]),
      expected,
      `gradient of table ${t}`,
    );
  }
  plan.weights?.forEach((weight, w) => {
    const expected = answer.weightGradients[w];
    if (expected !== null)
      found.differ(grads[embedding.variableOf(weight).name].dataSync(), expected, `gradient of weight ${w}`);
  });
  tf.dispose([value, grads, slopes]);
  embedding.dispose();
  if (answer.served !== undefined) {
    const backend = await cpu.open({});
    const stage = await nextStage(plan, backend, contents, { fields });
    const served = vectorsOf(stage, backend, { ids: Uint32Array.from(question.ids), batch });
    found.differ(served, answer.served, 'vectors that are served');
  }
  return { name: `${method}, ${question.label}`, ...found };
}

/** Index choices and sizes, which are the same to the last digit or are named. */
async function compareChoices(
  { question, parameters, rows = {}, choices = {} }: Answer,
  found: Differences,
): Promise<void> {
  const now = await ask(question);
  const shapes = ({ tables, weights }: Pick<Question, 'tables' | 'weights'>) => [
    ...tables.map(({ width, parts }) => [width, parts]),
    ...weights.map(({ shape }) => shape),
  ];
  found.same(shapes(now), shapes(question), 'tables and weights');
  found.same(now.lookups, question.lookups, 'rows that are looked up');
  for (const [lookup, expected] of Object.entries(rows))
    found.same(now.lookups[Number(lookup)].rows, expected, `rows of lookup ${lookup}`);
  if (parameters !== undefined) found.same(now.parameters, parameters, 'trained floats');
  for (const [name, expected] of Object.entries(choices)) found.same(now.choices[name], expected, name);
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../../../tensors/index.ts';
import { cpu } from '../../../backends/cpu.ts';
import type { Table, Weight } from '../../../harness/contract/method.ts';
import { tableRows } from '../../../harness/contract/size.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { ask, floatsOf, planOf, type Question, rowsFrom } from './question.ts';

/** A file of fixtures: what reference code, or its formula, answered to questions about one method. */
export interface Fixture {
  readonly method: string;
  /** Repository@commit:file. */
  readonly origin: string;
  /** `run`: the authors' code ran. `formula of`: their code could not run, its formula was written anew. */
  readonly how: string;
  /** Parts of the reference that were replaced, and by what. */
  readonly mapped?: string;
  readonly compared: string;
  readonly script: string;
  readonly cases: readonly Answer[];
}

export interface Answer {
  readonly question: Question;
  /** [batch, fields, dim] */
  readonly vectors: readonly number[];
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

export interface Comparison {
  readonly name: string;
  /** The largest difference, relative where the number is above 1. */
  readonly error: number;
  /** Sentences about what should be equal and is not. */
  readonly unlike: readonly string[];
}

const folder = join(import.meta.dirname, 'fixtures');

export const fixtures = (): Fixture[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture);

/** Compares what our plan makes of the same weights and ids, and of the same gradients of vectors. */
export async function compare({ method }: Pick<Fixture, 'method'>, answer: Answer): Promise<Comparison> {
  const { question } = answer;
  const plan = planOf(question);
  const unlike = differences(answer);
  const scaled = (values: readonly number[]) => Float32Array.from(values, (value) => value * question.unit);
  const contents = new Map<Table | Weight, Float32Array>();
  plan.tables.forEach((table, t) => contents.set(table, rowsFrom(table, scaled(question.tables[t].values))));
  plan.weights?.forEach((weight, w) => contents.set(weight, scaled(question.weights[w].values)));

  const embedding = new Embedding(plan, await cpu.open({}), 'sgd', 1, contents);
  const fields = question.cardinalities.length;
  const batch = question.ids.length / fields;
  let error = 0;
  const differ = (found: ArrayLike<number>, expected: readonly number[], what: string) => {
    if (found.length !== expected.length)
      unlike.push(`${what}: ${found.length} numbers, ${expected.length} of the reference`);
    expected.forEach((number, i) => {
      const off = Math.abs(found[i] - number) / Math.max(1, Math.abs(number));
      error = Math.max(error, Number.isNaN(off) ? Infinity : off);
    });
  };

  const slopes = tf.tensor3d(
    question.slopes.map((slope) => slope / 256),
    [batch, fields, question.dim],
  );
  const { value, grads } = tf.variableGrads(() => {
    const vectors = embedding.embed(Uint32Array.from(question.ids), batch, fields, question.training);
    differ(vectors.dataSync(), answer.vectors, 'vectors');
    const fit = tf.sum<tf.Scalar>(tf.mul(vectors, slopes));
    return embedding.takePenalties().reduce((sum, penalty) => tf.add(sum, penalty), fit);
  }, [...embedding.variables]);
  if (answer.loss !== undefined)
    differ(value.dataSync(), [answer.loss], 'vectors times their gradients, and penalties');
  const gradientRate = 1;
  embedding.update(gradientRate);
  for (const [t, table] of plan.tables.entries()) {
    const expected = answer.tableGradients[t];
    if (expected === null) continue;
    const before = scaled(question.tables[t].values);
    const after = floatsOf(table, await embedding.rowsOf(table).read(0, tableRows(table)));
    differ(
      before.map((x, i) => x - after[i]),
      expected,
      `gradient of table ${t}`,
    );
  }
  plan.weights?.forEach((weight, w) => {
    const expected = answer.weightGradients[w];
    if (expected !== null)
      differ(grads[embedding.variableOf(weight).name].dataSync(), expected, `gradient of weight ${w}`);
  });
  tf.dispose([value, grads, slopes]);
  embedding.dispose();
  return { name: `${method}, ${question.label}`, error, unlike };
}

/** Index choices and sizes, which are the same to the last digit or are named. */
function differences({ question, parameters, rows = {}, choices = {} }: Answer): string[] {
  const now = ask(question);
  const unlike: string[] = [];
  const same = (found: unknown, expected: unknown, what: string) => {
    if (JSON.stringify(found) !== JSON.stringify(expected))
      unlike.push(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
  };
  same(now.tables.map(({ width, parts }) => [width, parts]), question.tables.map(({ width, parts }) => [width, parts]), 'tables'); // prettier-ignore
  same(
    now.weights.map(({ shape }) => shape),
    question.weights.map(({ shape }) => shape),
    'weights',
  );
  same(now.lookups, question.lookups, 'rows that are looked up');
  for (const [lookup, expected] of Object.entries(rows))
    same(now.lookups[Number(lookup)].rows, expected, `rows of lookup ${lookup}`);
  if (parameters !== undefined) same(now.parameters, parameters, 'trained floats');
  for (const [name, expected] of Object.entries(choices)) same(now.choices[name], expected, name);
  return unlike;
}

import { random } from '../../../base/random.ts';
import { cpu } from '../../../backends/cpu.ts';
import type { Layer, Plan, Stage, Table, Weight } from '../../../harness/contract/method.ts';
import { budgetFor } from '../../../harness/contract/size.ts';
import { tableFloats, tableRows, weightFloats } from '../../../harness/contract/table-shape.ts';
import { methods } from '../../../methods/index.ts';
import { feasiblePlan, zipfFields } from '../../layers.ts';
import { lookupsOf } from '../lookups.ts';
import { nextStage, vectorsOf } from '../untrained.ts';
import { type Given, givenFor } from './given.ts';

/** A layer of a method that reference code is asked about. */
export interface Case {
  readonly method: string;
  /** Tells cases of a method apart. */
  readonly label: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly cardinalities: readonly number[];
  readonly dim: number;
  /** Times that the full tables are larger than the budget. */
  readonly compression: number;
  /** Vectors of this training step; as they are served if absent. */
  readonly training?: { readonly index: number; readonly steps: number };
  /** The stage that follows the first, made of drawn weights; the first if absent. */
  readonly stage?: 1;
  /** Values are multiplied by it: 1 if absent. */
  readonly scale?: number;
}

/** All that reference code needs to answer. Numbers are whole multiples of `unit`, so that they are the same everywhere. */
export interface Question extends Case {
  readonly unit: number;
  readonly tables: readonly {
    readonly width: number;
    /** Rows of each part. */
    readonly parts: readonly number[];
    readonly frozen?: true;
    /** Its floats, each once. */
    readonly values: readonly number[];
  }[];
  readonly weights: readonly {
    readonly shape: readonly number[];
    readonly frozen?: true;
    readonly values: readonly number[];
  }[];
  /** [batch, fields] */
  readonly ids: readonly number[];
  /** Gradients of the vectors: [batch, fields, dim]. */
  readonly slopes: readonly number[];
  /** Rows that our plan looks up, in order: [batch, columns]. */
  readonly lookups: readonly {
    readonly table: number;
    readonly columns: number;
    readonly rows: readonly number[];
  }[];
  /** Floats that are trained. */
  readonly parameters: number;
  /** Sizes that the plan chose. */
  readonly choices: Plan['choices'];
  readonly given: Given;
}

const unit = 1 / 256;
const batch = 7;

export function layerOf({ cardinalities, dim, compression }: Case): Layer {
  const fields = zipfFields(cardinalities);
  return { fields, dim, budget: budgetFor({ fields, dim }, compression), seed: 1 };
}

interface AskedStage extends Pick<Stage, 'plan' | 'contents'> {
  /** Vectors of ids, [batch, fields, dim], in the stage before; undefined if there is none. */
  readonly before?: (ids: readonly number[]) => number[];
}

/** The plan that is asked about, and what it begins with where a stage before has made it. */
export async function stageOf(one: Case): Promise<AskedStage> {
  const method = methods.find(({ name }) => name === one.method);
  if (method === undefined) throw new Error(`no method ${one.method}`);
  const plan = feasiblePlan(method, layerOf(one), one.options);
  if (one.stage === undefined) return { plan };
  const stream = random(4);
  const drawn = new Map(
    plan.tables.map((table) => [
      table,
      Float32Array.from(
        { length: tableRows(table) * table.width },
        () => ((stream.next() % 511) - 255) / 256,
      ),
    ]),
  );
  const backend = await cpu.open({});
  const fields = one.cardinalities.length;
  const stage = await nextStage(plan, backend, drawn, { fields });
  const before = (ids: readonly number[]) => [
    ...vectorsOf({ plan, contents: drawn }, backend, {
      ids: Uint32Array.from(ids),
      batch: ids.length / fields,
    }),
  ];
  return { ...stage, before };
}

/** Ids with the first and the last of each field, and one that comes twice. */
function someIds(cardinalities: readonly number[], next: () => number): number[] {
  return Array.from({ length: batch }, (_, row) =>
    cardinalities.map((n) =>
      row === 0 ? 0 : row === 1 ? n - 1 : row === 2 ? Math.min(1, n - 1) : next() % n,
    ),
  )
    .concat([cardinalities.map((n) => n - 1)])
    .flat();
}

export async function ask(one: Case): Promise<Question> {
  const { plan, contents, before } = await stageOf(one);
  const scale = unit * (one.scale ?? 1);
  // Rows that a stage before has left, in full.
  const left = (of: Table | Weight) =>
    contents?.has(of) ? Array.from(contents.get(of)!, (x) => Number((x / scale).toPrecision(9))) : undefined;
  const stream = random(3);
  const next = () => stream.next();
  /** Never 0: signs of zeros would be a matter of taste. */
  const draw = (count: number) =>
    Array.from({ length: count }, () => ((next() % 255) + 1) * (next() & 1024 ? 1 : -1));
  const ids = someIds(one.cardinalities, next);
  const lookups = lookupsOf(plan, Uint32Array.from(ids), one.cardinalities.length, one.training);
  return {
    ...one,
    unit: scale,
    tables: plan.tables.map((table) => ({
      width: table.width,
      parts: table.parts.map(({ rows }) => rows),
      ...(table.frozen && { frozen: true }),
      // Rows that nothing trains are what they start as.
      values: table.frozen
        ? Array<number>(tableFloats(table)).fill(table.parts[0].init.mean / scale)
        : (left(table) ?? draw(tableFloats(table))),
    })),
    weights: (plan.weights ?? []).map((weight) => ({
      shape: [...weight.shape],
      ...(weight.frozen && { frozen: true }),
      values:
        left(weight) ??
        (weight.frozen && weight.init.halfWidth === 0
          ? Array<number>(weightFloats(weight)).fill(weight.init.mean / scale)
          : draw(weightFloats(weight))),
    })),
    ids,
    slopes: draw(ids.length * one.dim),
    lookups: lookups.map(({ table, columns, indices }) => ({
      table: plan.tables.indexOf(table),
      columns,
      rows: [...indices],
    })),
    parameters:
      plan.tables.reduce((sum, table) => sum + (table.frozen ? 0 : tableFloats(table)), 0) +
      (plan.weights ?? []).reduce((sum, weight) => sum + (weight.frozen ? 0 : weightFloats(weight)), 0),
    choices: plan.choices,
    given: { ...givenFor(one, ids, plan.choices, plan), ...(before && { before: before(ids) }) },
  };
}

/** A table's floats, each once, from its rows one after the other; and the other way round. */
export function floatsOf({ width, stride = width }: Table, rows: Float32Array): Float32Array {
  const count = rows.length / width;
  const floats = new Float32Array((count - 1) * stride + width);
  for (let row = 0; row < count; row++)
    floats.set(rows.subarray(row * width, (row + 1) * width), row * stride);
  return floats;
}

export function rowsFrom({ width, stride = width, parts }: Table, floats: Float32Array): Float32Array {
  const count = parts.reduce((sum, { rows }) => sum + rows, 0);
  const rows = new Float32Array(count * width);
  for (let row = 0; row < count; row++)
    rows.set(floats.subarray(row * stride, row * stride + width), row * width);
  return rows;
}

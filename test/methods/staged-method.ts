import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import { idMap } from '../../harness/contract/indices.ts';
import type { Layer, Method, Plan, Step, Table } from '../../harness/contract/method.ts';
import { withinBudget } from '../../harness/contract/size.ts';
import { firstRows, rowPerId } from '../../methods/shared/rows/table-parts.ts';

/** Events in its hooks. */
export interface Log {
  readonly steps: { index: number; tables: readonly Table[]; gradients: readonly (readonly number[])[] }[];
  readonly aucs: number[];
}

/**
 * A method that uses everything a plan may: it searches, with a weight of its own batches, a penalty and a hook after each
 * step; then it trains rows beside frozen ones; then it converts to what is served, with option `narrow` in other tables than it
 * promised.
 */
export function stagedMethod(log: Log = { steps: [], aucs: [] }): Method {
  return {
    name: 'staged',
    aliases: [],
    title: 'Staged',
    idea: 'all that a plan may be',
    paper: { cite: 'none', url: 'https://example.org' },
    departures: [],
    options: z.strictObject({ narrow: z.boolean().default(false) }),
    plan(layer, options) {
      const { narrow } = options as { narrow: boolean };
      const table = { width: layer.dim, parts: layer.fields.map(rowPerId) };
      const gate = { shape: [1], init: { mean: 1, halfWidth: 0 }, architecture: true as const };
      const scale = {
        shape: [layer.dim],
        init: { mean: 1, halfWidth: 0.1 },
        optimizer: { rule: 'adam' as const, learningRate: 0.01 },
      };
      const offsets = firstRows(table.parts);
      return withinBudget(
        {
          tables: [table],
          weights: [gate, scale],
          choices: {},
          training: { name: 'search', holdOutEvery: 5 },
          serving: servedPlan(layer, false),
          embed({ ids, rows, weight, penalize }) {
            const gated = tf.mul(weight(scale), weight(gate));
            penalize(tf.mul<tf.Scalar>(tf.sum(tf.square(weight(gate))), 0.01));
            return tf.mul(rows(table, ids.plus(offsets)), gated);
          },
          async afterStep(step) {
            await note(log, step);
            const row = await step.read(table, Uint32Array.of(0));
            step.write(table, Uint32Array.of(0), row.fill(step.index), true);
            step.copy(table, Uint32Array.of(0), Uint32Array.of(1));
          },
          async next(trained) {
            const floats = await trained.rows(table);
            const factor = await trained.weight(scale);
            const scaled = floats.map((x, i) => x * factor[i % layer.dim]);
            log.aucs.push(await trained.auc((lookup) => lookup.rows(table, lookup.ids.plus(offsets)), 200));
            return { ...retraining(layer, narrow, trained.initialRows(table), scaled), network: 'fresh' };
          },
        },
        layer.budget,
        'a row per id, and two weights',
      );
    },
  };
}

async function note(log: Log, { index, gradients }: Step): Promise<void> {
  const values = await Promise.all(gradients.map(({ gradient }) => gradient.data<'float32'>()));
  log.steps.push({
    index,
    tables: gradients.map(({ table }) => table),
    gradients: values.map((v) => [...v]),
  });
}

/** Rows that start again beside what the search found, which stays as it is. */
function retraining(layer: Layer, narrow: boolean, initial: Float32Array, found: Float32Array) {
  const parts = layer.fields.map(rowPerId);
  const frozen: Table = { width: layer.dim, parts, frozen: true };
  const trainedRows: Table = { width: layer.dim, parts };
  const offsets = firstRows(parts);
  const plan: Plan = {
    tables: [frozen, trainedRows],
    choices: {},
    training: { name: 'retraining', share: 0.5 },
    serving: servedPlan(layer, false),
    embed({ ids, rows, compute }) {
      const same = compute((ids) => ids, layer.fields.length);
      return tf.add(rows(frozen, ids.plus(offsets)), rows(trainedRows, same.plus(offsets)));
    },
    async next(trained) {
      const [a, b] = await Promise.all([trained.rows(frozen), trained.rows(trainedRows)]);
      const served = servedPlan(layer, narrow);
      const sums = a.map((x, i) => x + b[i]);
      const [table, ...others] = served.tables;
      const whole = sums.subarray(0, sums.length - others.length * layer.dim);
      const contents = new Map([[table, whole]]);
      if (others.length > 0) contents.set(others[0], sums.subarray(whole.length));
      return { plan: { ...served, training: { share: 0 } }, contents, network: 'kept' };
    },
  };
  return { plan, contents: new Map([[frozen, found], [trainedRows, initial]]) }; // prettier-ignore
}

/** Served: rows through a map; `narrow` cuts the last row into floats of their own. */
function servedPlan({ fields, dim }: Layer, narrow: boolean): Plan {
  const ids = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);
  const init = { mean: 0, halfWidth: 0 };
  const table: Table = { width: dim, parts: [{ rows: narrow ? ids - 1 : ids, init }] };
  const floats: Table = { width: 1, parts: [{ rows: dim, init }] };
  const map = idMap(ids, 16, () => Uint32Array.from({ length: ids }, (_, id) => id));
  const offsets = firstRows(fields.map(rowPerId));
  return {
    tables: narrow ? [table, floats] : [table],
    maps: [map],
    choices: { served: true },
    embed({ ids: asked, rows }) {
      const row = asked.plus(offsets).through(map);
      const whole = rows(table, narrow ? row.within(0, ids - 1) : row);
      if (!narrow) return whole;
      const last = row.within(ids - 1, ids);
      const pieces = Array.from({ length: dim }, (_, k) => rows(floats, last.plus(k)));
      return tf.add(whole, tf.concat(pieces, 2));
    },
  };
}

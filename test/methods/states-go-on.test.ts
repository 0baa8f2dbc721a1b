import { describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { none } from '../../harness/contract/backend.ts';
import type { Plan, Stage, Table, Trained, Weight } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { tableRows, weightFloats } from '../../harness/contract/table-shape.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { runStages } from '../../harness/training/stages/run-stages.ts';
import { methods } from '../../methods/index.ts';
import { firstRows, rowPerId } from '../../methods/shared/rows/table-parts.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { smallRun } from '../small-run.ts';
import { trainedTo } from './trained.ts';

/** Methods that train on after a change of form: rows that are the same as before continue with what is known of them. */

const data = smallData();
const dim = 4;

interface Case {
  readonly name: string;
  readonly options: Record<string, unknown>;
  readonly ratio?: number;
  /** Rows of the second stage that are the same; all others are new. */
  readonly same: number;
}

// Fields of 3, 40 and 200 ids: the first is asked to be whole, and codes have bytes for the second.
const cases: readonly Case[] = [
  { name: 'cce', options: { keep: 10 }, same: 3 + 40 },
  { name: 'mec', options: { keep: 10 }, same: 3 + 40 },
  { name: 'product-quantization', options: { keep: 10, fineTune: 0.5 }, same: 3 + 40 },
  { name: 'svd', options: { keep: 10, fineTune: 0.5 }, ratio: 2, same: 3 },
  { name: 'deduplication', options: { keep: 10, block: 1, fineTune: 0.5 }, same: 3 + 105 },
  { name: 'deduplication', options: { keep: 10, block: 4, fineTune: 0.5 }, same: 3 + 116 },
  { name: 'magnitude-pruning', options: { fineTune: 0.5 }, same: 243 },
  { name: 'magnitude-pruning', options: { fineTune: 0.5, rounds: 2 }, same: 243 },
  { name: 'magnitude-pruning', options: { fineTune: 0.5, granularity: 'row' }, same: 119 },
  { name: 'leverage', options: { fineTune: 0.5 }, same: 116 },
  { name: 'auto-srh', options: { finish: 'fine-tune' }, same: 243 },
];

async function secondStage({ name, options, ratio = 2 }: Case) {
  const method = methods.find((one) => one.name === name)!;
  const plan = feasiblePlan(method, layerAt(data.fields, dim, ratio), options);
  const stream = random(7);
  const values = new Map<Table, Float32Array>(
    plan.tables.map((table) => [
      table,
      Float32Array.from({ length: tableRows(table) * table.width }, () => stream.normal()),
    ]),
  );
  const contents: [Table | Weight, Float32Array][] = [
    ...values,
    ...(plan.weights ?? []).map((weight): [Weight, Float32Array] => [
      weight,
      new Float32Array(weightFloats(weight)).fill(1),
    ]),
  ];
  const trained: Trained = {
    ...trainedTo(contents),
    vectors: (ids) => Promise.resolve(new Float32Array(ids.length * dim).map(() => stream.normal())),
  };
  return { plan, values, stage: await plan.next!(trained) };
}

const originsOf = ({ states }: Stage, table: Table, first: Plan) =>
  states?.get(table) ?? (first.tables.includes(table) ? { of: table } : undefined);

/** Means that are subtracted from rows of `leverage`: [fields, dim]. */
function meansOf({ plan, contents }: Stage): Float32Array {
  const means = plan.weights!.find(({ shape }) => shape.length === 2 && shape[0] === data.fields.length)!;
  return contents!.get(means)!;
}

const firsts = firstRows(data.fields.map(rowPerId));
const fieldOf = (row: number) => firsts.findLastIndex((first) => first <= row);

describe.each(cases)('$name $options', (what) => {
  test('rows that go on have the values of those that they go on from', async () => {
    const { plan, values, stage } = await secondStage(what);
    let same = 0;
    const means = what.name === 'leverage' ? meansOf(stage) : undefined;
    for (const table of stage.plan.tables) {
      const origin = originsOf(stage, table, plan);
      if (origin === undefined) continue;
      const before = values.get(origin.of as Table)!;
      const after = stage.contents!.get(table)!;
      const { width } = table;
      const rows = origin.rows ?? Uint32Array.from({ length: tableRows(table) }, (_, row) => row);
      expect(rows.length).toBe(tableRows(table));
      rows.forEach((row, i) => {
        if (row === none) return;
        same++;
        for (let k = 0; k < width; k++) {
          const value = after[i * width + k];
          if (means !== undefined) {
            expect(value).toBe(Math.fround(before[row * width + k] - means[fieldOf(row) * width + k]));
            continue;
          }
          if (value !== 0 || !origin.exceptZeros) expect(value).toBe(before[row * width + k]);
        }
      });
    }
    expect(same).toBe(what.same);
  });

  test('trains by rules with momentum', async () => {
    const { name, options, ratio = 2 } = what;
    const method = methods.find((one) => one.name === name)!;
    const plan = feasiblePlan(method, layerAt(data.fields, dim, ratio), options);
    const settings = { ...smallRun, optimizer: 'adam' as const };
    const { trainer } = await runStages(data, plan, dlrm, await cpu.open({}), settings);
    for (const table of trainer.embedding.plan.tables) {
      if (table.stored?.kind !== 'sparse') continue;
      const rows = await trainer.embedding.rowsOf(table).read(0, tableRows(table));
      expect(rows.filter((x) => x !== 0).length).toBeLessThanOrEqual(table.stored.nonZeros);
    }
    trainer.dispose();
  });
});

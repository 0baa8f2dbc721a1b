import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run } from '../../harness/run.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { deduplication } from '../../methods/deduplication/index.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { smallRun } from '../small-run.ts';
import { allIds, dim, fields } from './small-layer.ts';
import { nextStage, vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const planned = (
  budget: number,
  cardinalities: readonly number[],
  options: Record<string, unknown>,
  dim = 8,
) =>
  deduplication.plan(
    { fields: uncountedFields(cardinalities), dim, budget, seed: 1 },
    deduplication.options.parse(options),
  );

describe('bytes', () => {
  test('are those of rows that are left, and of a map: by hand', () => {
    // 1000 ids at dim 8: rows of 32 bytes, 6 bits per id are 750 bytes for up to 64 rows.
    const plan = feasiblePlan(
      deduplication,
      { ...layerAt(uncountedFields([1000]), 8, 1), budget: 64 * 32 + 750 + 31 },
      { block: 1, keep: 0 },
    );
    expect(plan.choices).toMatchObject({ stored: 64, blocks: 1000 });
    expect(sizeOf(plan)).toEqual({ parameters: 64 * 8, servingBytes: 64 * 32 + 750 });
  });

  test('of blocks that do not divide a field are those of whole ones', () => {
    // 1000 ids in blocks of 16: 63, of which 10 are stored, 4 bits each.
    const plan = planned(10 * 16 * 32 + 32, [1000], { block: 16, keep: 0 });
    if (isInfeasible(plan)) throw new Error(plan.reason);
    expect(sizeOf(plan)).toEqual({ parameters: 10 * 16 * 8, servingBytes: 10 * 16 * 32 + 32 });
  });

  test('are at least those of a block per field, of which small ones have their rows alone', () => {
    const least = planned(100, [1000, 5, 16], { block: 16 });
    expect(isInfeasible(least) && least.smallestBytes).toBe(32 * (16 + 5 + 16));
    const single = planned(32 * 3 - 1, [1000, 5, 16], {});
    expect(isInfeasible(single) && single.smallestBytes).toBe(32 * 3);
    const plan = planned(32 * 3, [1000, 5, 16], {});
    expect(!isInfeasible(plan) && sizeOf(plan).servingBytes).toBe(32 * 3); // one block each: no map
  });

  test.each([4, 15, 64, 1000])('on Kaggle use up the budget at %i x, the map at most half of it', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const plan = feasiblePlan(deduplication, layer);
    const { servingBytes } = sizeOf(plan);
    expect(servingBytes).toBeGreaterThan(0.99 * layer.budget);
    const [map] = plan.serving!.maps!;
    const { block } = plan.choices as { block: number };
    const shared = kaggleCardinalities.filter((n) => n > 200);
    expect(map.length).toBe(shared.reduce((sum, n) => sum + Math.ceil(n / block), 0));
    expect((map.length * map.bits) / 8).toBeLessThanOrEqual(servingBytes / 2);
    expect(block).toBe({ 4: 1, 15: 2, 64: 8, 1000: 64 }[ratio]);
  });
});

/** Rows of which those of every tenth id were moved by training, others are where they began: near zero. */
function lightlyTrained(): Float32Array {
  const stream = random(4);
  const rows: number[] = [];
  for (const { cardinality } of fields)
    for (let id = 0; id < cardinality; id++)
      for (let k = 0; k < dim; k++)
        rows.push(id % 10 === 0 ? stream.normal() : (2 * stream.uniform() - 1) / Math.sqrt(cardinality) / 10);
  return Float32Array.from(rows);
}

test('merges rows near zero first, as truncation does; those that training moved are served as they are', async () => {
  const plan = feasiblePlan(deduplication, layerAt(fields, dim, 6), { keep: 0, block: 1, weighted: false });
  expect(plan.choices.stored).toBeGreaterThan(fields.reduce((sum, field) => sum + Math.ceil(field.cardinality / 10), 0) + 5); // prettier-ignore
  const given = new Map([[plan.tables[0], lightlyTrained()]]);
  const stage = await nextStage(plan, backend, given);
  expect(stage.network).toBe('kept');
  expect(stage.plan.training).toEqual({ share: 0 });
  expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
  const trained = vectorsOf({ plan, contents: given }, backend, allIds);
  const served = vectorsOf(stage, backend, allIds);
  const lost: boolean[] = [];
  fields.forEach(({ cardinality }, f) => {
    for (let id = 0; id < cardinality; id++) {
      const at = (id * fields.length + f) * dim;
      const same = trained.subarray(at, at + dim).every((x, k) => x === served[at + k]);
      if (id % 10 === 0) expect(same, `id ${id} of field ${f}`).toBe(true);
      lost.push(!same);
    }
  });
  expect(lost.filter(Boolean).length).toBeGreaterThan(800);
});

test.each([1, 3, 16])(
  'finds every id its row of the block that stands for its own, blocks of %i',
  async (block) => {
    // Ids of a block have rows that say which they are; blocks repeat from the fifth on.
    const plan = feasiblePlan(deduplication, layerAt(fields, dim, 3), { keep: 0, block });
    const rows: number[] = [];
    fields.forEach(({ cardinality }, f) => {
      for (let id = 0; id < cardinality; id++)
        for (let k = 0; k < dim; k++)
          rows.push(1000 * f + 10 * (Math.floor(id / block) % 5) + (id % block) + k / 100);
    });
    const given = new Map([[plan.tables[0], Float32Array.from(rows)]]);
    const stage = await nextStage(plan, backend, given);
    expect(stage.plan.choices.tolerance).toBe(0);
    const trained = vectorsOf({ plan, contents: given }, backend, allIds);
    const served = vectorsOf(stage, backend, allIds);
    expect(served).toEqual(trained);
  },
);

test('a whole run trains once and merges, and trains on what is shared where asked to', async () => {
  const data = smallData();
  const outcome = (options: Record<string, unknown>) => {
    const plan = feasiblePlan(deduplication, layerAt(data.fields, 4, 4), { keep: 0, ...options });
    return run(data, plan, dlrm, backend, smallRun);
  };
  const plain = await outcome({});
  expect(plain.stages.map(({ name, samples }) => [name, samples])).toEqual([
    ['training', 900],
    ['conversion', 0],
  ]);
  const tuned = await outcome({ fineTune: 1 });
  expect(tuned.stages.map(({ name }) => name)).toEqual(['training', 'fine-tuning']);
  expect(tuned.size.servingBytes).toBe(plain.size.servingBytes);
  expect(tuned.quality.validation.logloss).not.toBe(plain.quality.validation.logloss);
});

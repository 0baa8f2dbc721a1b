import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Field } from '../../harness/contract/data.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { random } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run } from '../../harness/run.ts';
import { svd } from '../../methods/svd.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { smallRun } from '../small-run.ts';
import { allIds, dim, fields } from './small-layer.ts';
import { nextStage, vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const ids = fields.reduce((sum, { cardinality }) => sum + cardinality, 0);

/** Rows about a mean of their field, along two axes and a little beside them; frequent ids along another one. */
function trainedRows(noise: number): Float32Array {
  const stream = random(4);
  const rows = new Float32Array(ids * dim);
  let at = 0;
  fields.forEach(({ cardinality }, f) => {
    for (let id = 0; id < cardinality; id++, at += dim) {
      for (let k = 0; k < dim; k++) rows[at + k] = f / 2 + noise * stream.normal();
      rows[at + ((f + 1) % dim)] += stream.normal();
      rows[at + ((f + 3) % dim)] += stream.normal();
      if (id < 5) rows[at + ((f + 5) % dim)] += 2 * stream.normal();
    }
  });
  return rows;
}

/** Mean square of what is served less what was trained, over ids of fields that are not whole; by count where weighted. */
async function lossOf(options: Record<string, unknown>, ratio = 3, noise = 0.1): Promise<number[]> {
  const plan = feasiblePlan(svd, layerAt(fields, dim, ratio), { keep: 0, ...options });
  const given = new Map([[plan.tables[0], trainedRows(noise)]]);
  const stage = await nextStage(plan, backend, given);
  expect(stage.network).toBe('kept');
  expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
  const trained = vectorsOf({ plan, contents: given }, backend, allIds);
  const served = vectorsOf(stage, backend, allIds);
  let [plain, weighted, all, counts] = [0, 0, 0, 0];
  for (const f of [2, 3])
    for (let id = 0; id < fields[f].cardinality; id++) {
      const at = (id * fields.length + f) * dim;
      let square = 0;
      for (let k = 0; k < dim; k++) square += (trained[at + k] - served[at + k]) ** 2;
      plain += square;
      all++;
      weighted += square * fields[f].counts[id];
      counts += fields[f].counts[id];
    }
  return [plain / all, weighted / counts];
}

test('serves what lies in few axes as it was trained', async () => {
  const options = { weighted: false };
  const [loss] = await lossOf(options, 2.5, 0);
  expect(loss).toBeLessThan(0.05);
  const [noisy] = await lossOf(options, 6);
  expect(noisy).toBeGreaterThan(0.2);
});

test('weights make lookups nearer to what was trained, at the cost of rare ids', async () => {
  const [plain, byCount] = await lossOf({ weighted: false });
  const [plainWeighted, byCountWeighted] = await lossOf({ weighted: true });
  expect(byCountWeighted).toBeLessThan(byCount); // each is the best there is, by its own measure
  expect(plainWeighted).toBeGreaterThan(plain);
});

test('a mean apart spares an axis', async () => {
  const [, centred] = await lossOf({});
  const [, about0] = await lossOf({ centred: false });
  expect(centred).toBeLessThan(about0);
});

test('axes of a field are no worse than one basis for all', async () => {
  const [, own] = await lossOf({}, 3);
  const [, shared] = await lossOf({ scope: 'all' }, 3);
  expect(own).toBeLessThan(shared);
});

describe('by a sketch', () => {
  const large: Field = { name: 'C1', cardinality: 30_000, counts: new Uint32Array(30_000).map((_, id) => 1 + (id % 7)) }; // prettier-ignore
  const layer = layerAt([large], dim, 3);
  const stream = random(2);
  const rows = Float32Array.from({ length: 30_000 * dim }, (_, at) => 1 + 2 ** -(at % dim) * stream.normal());

  test.each(['field', 'all'])('axes of scope %s lose little more than the best', async (scope) => {
    const lossOf = async (decomposition: string) => {
      const plan = feasiblePlan(svd, layer, { decomposition, scope });
      const { plan: served, contents } = await nextStage(plan, backend, new Map([[plan.tables[0], rows]]));
      // All axes are at right angles: what coordinates hold is not lost.
      let lost = 0;
      const coordinates = contents!.get(served.tables[0])!;
      const rank = served.tables[0].width;
      const mean = contents!.get(served.weights![1])!;
      for (let id = 0; id < 30_000; id++) {
        let square = 0;
        for (let k = 0; k < dim; k++) square += (rows[id * dim + k] - mean[k]) ** 2;
        for (let r = 0; r < rank; r++) square -= coordinates[id * rank + r] ** 2;
        lost += large.counts[id] * square;
      }
      return lost;
    };
    const [exact, sketched] = [await lossOf('exact'), await lossOf('sketch')];
    expect(sketched / exact).toBeGreaterThan(1 + 1e-9); // it is another one
    expect(sketched / exact).toBeLessThan(1.02);
  });
});

test('whole fields are served as they were trained', async () => {
  const plan = feasiblePlan(svd, layerAt(fields, dim, 3), { keep: 50 });
  const stage = await nextStage(plan, backend);
  const [trained, served] = [vectorsOf({ plan }, backend, allIds), vectorsOf(stage, backend, allIds)];
  expect((plan.choices.ranks as number[])[1]).toBe(dim);
  for (let row = 0; row < allIds.batch; row++) {
    const at = (row * fields.length + 1) * dim;
    expect(served.subarray(at, at + dim)).toEqual(trained.subarray(at, at + dim));
  }
});

describe('on Kaggle', () => {
  test.each([
    ['field', 4],
    ['all', 4],
    ['field', 15],
  ])('scope %s fits %i x, means and axes counted', (scope, ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const { servingBytes } = sizeOf(feasiblePlan(svd, layer, { scope }));
    expect(servingBytes).toBeLessThanOrEqual(layer.budget);
    expect(servingBytes).toBeGreaterThan(0.7 * layer.budget);
  });

  test('one basis for all at rank 1 is a float per id, one axis, and a mean per field', () => {
    const layer = { ...layerAt(kaggleFields, 16, 100) };
    const plan = svd.plan(layer, svd.options.parse({ scope: 'all' }));
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(4 * (33_762_577 + 16 + 26 * 16));
  });
});

test('a whole run trains once and converts, and trains on where asked to', async () => {
  const data = smallData();
  const outcome = (options: Record<string, unknown>) =>
    run(
      data,
      feasiblePlan(svd, layerAt(data.fields, 4, 2), { keep: 0, ...options }),
      dlrm,
      backend,
      smallRun,
    );
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

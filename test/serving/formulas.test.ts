import { expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { random } from '../../base/random.ts';
import type { Field } from '../../harness/contract/data.ts';
import { isInfeasible, type Plan, type Stage } from '../../harness/contract/method.ts';
import { everyIdOf, layerAt } from '../layers.ts';
import { nextStage } from '../methods/untrained.ts';
import { type Variant, variants } from '../methods/variants.ts';
import { computedLookups } from './formulas.ts';

/** Formulas of lookups say what their functions compute: for every id of every field, at budgets where all ids have rows and where none has. */

/** Cardinalities: ids in the order of their counts, in another one, and fields of one id. */
const logs: readonly (readonly number[])[] = [[1, 40, 3, 700], [600], [1], [33, 1, 513]];
const ratios = [1, 4, 40];

function fieldsOf(cardinalities: readonly number[], seed: number): Field[] {
  const stream = random(seed);
  return cardinalities.map((cardinality, f) => ({
    name: `C${f + 1}`,
    cardinality,
    counts: Uint32Array.from({ length: cardinality }, (_, id) =>
      seed % 2 === 0 ? Math.ceil(1000 / (id + 1)) : Math.floor(1000 * stream.uniform() ** 6),
    ),
  }));
}

/** The last stage of a plan, trained by nobody: tables are as they were drawn. */
async function servedBy(plan: Plan, fields: number): Promise<Plan> {
  const backend = await cpu.open({});
  let stage: Pick<Stage, 'plan' | 'contents'> = { plan };
  while (stage.plan.next) stage = await nextStage(stage.plan, backend, stage.contents, { fields });
  return stage.plan;
}

/** Methods whose formulas were compared. */
const compared = new Set<string>();

async function differences({ method, options }: Variant, cardinalities: readonly number[], seed: number, ratio: number) {
  const fields = fieldsOf(cardinalities, seed);
  const stream = random(seed + 1);
  const sample = (rows: number) =>
    Uint32Array.from({ length: rows * fields.length }, (_, i) =>
      Math.floor(cardinalities[i % fields.length] * stream.uniform() ** 3),
    );
  const plan = method.plan({ ...layerAt(fields, 8, ratio, seed), sample }, method.options.parse(options));
  if (isInfeasible(plan)) return [];
  const ids = everyIdOf(cardinalities);
  const found: string[] = [];
  const served = await servedBy(plan, fields.length);
  for (const { columns, wanted, found: said } of computedLookups(served, ids, fields.length)) {
    if (said?.columns !== columns) found.push(said ? `${said.columns} columns of ${columns}` : 'no formula');
    const at = wanted.findIndex((value, i) => said !== undefined && value !== said.data[i]);
    if (at >= 0)
      found.push(`${cardinalities.join()} ${ratio}x: ${wanted[at]} at ${at}, and ${said!.data[at]} by the formula`);
    if (said) compared.add(method.name);
  }
  return found;
} // prettier-ignore

/** Served forms that no formula can say: what they look rows up in goes on changing. */
const without = (name: string) => /^cafe .*"stored":"sketch"/.test(name);

test.each(variants.map((variant) => [variant.name, variant] as const))(
  '%s',
  async (name, variant) => {
    const found: string[] = [];
    const some = variant.plain ? logs : logs.slice(0, 1);
    for (const [i, cardinalities] of some.entries())
      for (const ratio of i === 0 && variant.plain ? ratios : [4])
        found.push(...(await differences(variant, cardinalities, 2 * ratio + ((i + 1) % 2), ratio)));
    expect([...new Set(found)]).toEqual(without(name) ? ['no formula'] : []);
  },
  60_000,
);

test('formulas were compared', () => {
  expect([...compared].sort()).toEqual([
    ...[
      'ada-embed',
      'cafe',
      'cce',
      'deduplication',
      'double-hashing',
      'dpq',
      'fiited',
      'frequency-truncation',
    ],
    ...[
      'leverage',
      'lma',
      'magnitude-pruning',
      'mec',
      'mgqe',
      'mixed-precision-embeddings',
      'multi-probe-hashing',
    ],
    ...['opt-embed', 'product-quantization', 'robe', 'shark', 'tensor-train'],
  ]);
});

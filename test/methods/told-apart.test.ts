import { beforeAll, describe, expect, test, vi } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Field } from '../../harness/contract/data.ts';
import { keysOf, toldApartBy } from '../../harness/contract/keys.ts';
import {
  isInfeasible,
  type Plan,
  type Serving,
  type Stage,
  type Table,
  type Weight,
} from '../../harness/contract/method.ts';
import type * as Hash from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import { tableFloats } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { layerAt, zipfFields } from '../layers.ts';
import { hashed } from './hashed-tokens.ts';
import { toldApartIn } from './told-apart.ts';
import { trainAlone } from './train-alone.ts';
import { nextStage as stageAfter } from './train-steps.ts';
import { nextStage } from './untrained.ts';
import { variants } from './variants.ts';

/** Every method says of how many ids it needs keys: no fewer than it tells apart, and none if it tells none apart. */

vi.mock('../../base/hash.ts', async (original) => {
  const real = await original<typeof Hash>();
  return { ...real, hash32: (x: number, seed: number) => real.hash32(hashed.tokenOf?.(x) ?? x, seed) };
});

const dim = 8;
const [small, sorted, unsorted] = zipfFields([3, 260, 210]);
const fields: Field[] = [small, sorted, { ...unsorted, counts: unsorted.counts.slice().reverse() }];
const cardinalities = fields.map(({ cardinality }) => cardinality);

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

/** The last stage, of tables that have just been drawn, or after some steps where those give rows to ids. */
async function served(plan: Plan, steps: boolean): Promise<Embedding> {
  let stage: Stage = { plan, network: 'fresh' };
  if (steps) {
    const asked = { backend, cardinalities, rule: 'sgd', rate: 0.1, steps: 12, batch: 60 } as const;
    const trained = await trainAlone(plan, { ...asked, slope: (at, step) => Math.sin(at * (step + 1)) });
    if (plan.next === undefined) return trained;
    stage = await stageAfter(trained);
    trained.dispose();
  }
  while (stage.plan.next !== undefined)
    stage = await nextStage(stage.plan, backend, stage.contents, { fields: fields.length });
  return new Embedding(stage.plan, backend, 'sgd', 1, drawn(stage));
}

/** Rows that would start alike are told apart once they are trained. */
function drawn({ plan, contents = new Map<Table | Weight, Float32Array>() }: Stage): Stage['contents'] {
  const stream = random(6);
  const alike = plan.tables.filter((table) => table.parts.every(({ init }) => init.halfWidth === 0));
  const floats = (table: Table) =>
    Float32Array.from({ length: tableFloats(table) }, () => 1 + stream.uniform());
  return new Map([...alike.map((table) => [table, floats(table)] as const), ...contents]);
}

describe.each(variants)('$name', ({ method, options, traits, plain }) => {
  test.each(plain ? [4, 32] : [12])('has a key for every id that it tells apart (%i x)', async (ratio) => {
    const plan = method.plan(layerAt(fields, dim, ratio), method.options.parse(options));
    if (isInfeasible(plan)) return;
    const embedding = await served(plan, traits.rowsGivenLater === true);
    const promised = keysOf(plan, fields);
    expect(keysOf(embedding.plan, fields)).toBeLessThanOrEqual(promised);
    // All ids count if nothing is said: a promise that says nothing would leave no bytes for a plan that needs few keys.
    const saysSo = ({ toldApart }: Serving) => toldApart !== undefined;
    expect(saysSo(plan.serving ?? plan), 'the promise says which ids').toBe(saysSo(embedding.plan));
    const { byField, anyField = 0 } = toldApartBy(embedding.plan, fields);
    let others = 0;
    fields.forEach((field, f) => {
      if (byField[f] === field.cardinality && f === 0) return; // nothing is easier told apart
      const { told, alike } = toldApartIn(embedding, fields, f, byField[f]);
      others += Math.max(0, told - byField[f]);
      if (told === 0 && !alike) expect(byField[f], `keys of ${field.name}, of which none is needed`).toBe(0);
    });
    embedding.dispose();
    expect(others, 'ids told apart without a key').toBeLessThanOrEqual(anyField);
  });
});

import * as tf from '../../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { type OpenBackend, optimizerRules } from '../../../harness/contract/backend.ts';
import type { Plan, Stage, Table, Trained, Weight } from '../../../harness/contract/method.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { firstRows, rowPerId } from '../../../methods/shared/rows/table-parts.ts';
import { withStoredTables } from '../../../methods/post-training-quantization/stored-tables.ts';
import { describeBackends, openOnce } from '../../backends/compared.ts';
import { isLong } from '../../long.ts';
import { smallData } from '../../small-data.ts';
import { runStages, type RunSettings } from '../../../harness/training/stages/run-stages.ts';

/** A boundary of stages that changes nothing is not to be seen in the course of training, to the bit. */

const data = smallData();
const settings: RunSettings = {
  ...{ dim: 4, modelOptions: { bottom: [8], top: [8] }, optimizer: 'adagrad', learningRate: 0.05 },
  ...{ batchSize: 70, epochs: 1, order: 'log', seed: 3 },
};

/** How the second half gets the tables and weights of the first. `idle`: through a stage between them that trains nothing. */
type Boundary = 'none' | 'same' | 'idle' | 'copies' | 'turned';

/** Rows of width 4, and spans of one memory that overlap, times a weight of the run's rule and one of a rule of its own. */
function twoHalves(boundary: Boundary): Plan {
  const parts = data.fields.map(rowPerId);
  const all = parts.reduce((sum, { rows }) => sum + rows, 0);
  const zero = { mean: 1, halfWidth: 0.1 };
  interface Parts {
    readonly table: Table;
    readonly spans: Table;
    readonly scale: Weight;
    readonly shift: Weight;
  }
  const first: Parts = {
    table: { width: 4, parts },
    spans: { width: 4, stride: 1, parts: [{ rows: 50, init: { mean: 0, halfWidth: 0.1 } }] },
    scale: { shape: [3, 4], init: zero },
    shift: { shape: [4], init: zero, optimizer: { rule: 'adam', learningRate: 0.01 } },
  };
  const planOf = ({ table, spans, scale, shift }: Parts, turned: boolean): Plan => ({
    tables: [table, spans],
    weights: [scale, shift],
    choices: {},
    embed({ ids, rows, weight }) {
      const places = turned
        ? ids.plus(firstRows(parts)).through({
            ...{ bits: 32, length: all },
            values: Uint32Array.from({ length: all }, (_, i) => all - 1 - i),
          })
        : ids.plus(firstRows(parts));
      const own = tf.add(rows(table, places), rows(spans, ids.mod(50)));
      return tf.add<tf.Tensor3D>(tf.mul(own, weight(scale)), weight(shift));
    },
  });
  if (boundary === 'none') return planOf(first, false);
  const turned = boundary === 'turned';
  const next = async (trained: Trained): Promise<Stage> => {
    const { table, spans, scale, shift } = first;
    const second =
      boundary === 'same' || boundary === 'idle'
        ? first
        : { table: { ...table }, spans: { ...spans }, scale: { ...scale }, shift: { ...shift } };
    const order = Uint32Array.from({ length: all }, (_, i) => (turned ? all - 1 - i : i));
    const rows = await trained.rows(table);
    const values = Float32Array.from(rows, (_, at) => rows[4 * order[Math.floor(at / 4)] + (at % 4)]);
    const contents = new Map<Table | Weight, Float32Array>([
      [second.table, values],
      [second.spans, await trained.rows(spans)],
      [second.scale, await trained.weight(scale)],
      [second.shift, await trained.weight(shift)],
    ]);
    const states: Stage['states'] = new Map<Table | Weight, { of: Table | Weight; rows?: Uint32Array }>([
      [second.table, turned ? { of: table, rows: order } : { of: table }],
      [second.spans, { of: spans }],
      [second.scale, { of: scale }],
      [second.shift, { of: shift }],
    ]);
    return {
      ...{ plan: { ...planOf(second, turned), training: { share: 0.5, continues: true } }, contents },
      ...{ network: 'kept', ...(second !== first && { states }) },
    };
  };
  const idle = async (trained: Trained): Promise<Stage> => {
    const { plan, ...stage } = await next(trained);
    return { ...stage, plan: { ...plan, training: { share: 0, continues: true }, next } };
  };
  return { ...planOf(first, false), training: { share: 0.5 }, next: boundary === 'idle' ? idle : next };
}

/** One loss for each step, and the scores of each half. */
async function courseOf(backend: OpenBackend, plan: Plan, change: Partial<RunSettings>) {
  const { trainer, results } = await runStages(data, plan, dlrm, backend, { ...settings, ...change });
  trainer.dispose();
  return {
    losses: results.flatMap(({ curve }) => curve.map(({ loss }) => loss)),
    auc: results.at(-1)!.validation!.auc,
    steps: results.map(({ steps }) => steps),
  };
}

async function expectNoSeam(
  backend: OpenBackend,
  boundaries: readonly Boundary[],
  change: Partial<RunSettings> = {},
) {
  const whole = await courseOf(backend, twoHalves('none'), change);
  for (const boundary of boundaries) {
    const halves = await courseOf(backend, twoHalves(boundary), change);
    expect(halves.steps.filter((steps) => steps > 0)).toEqual([7, 6]);
    expect(halves.losses, boundary).toEqual(whole.losses);
    expect(halves.auc).toBe(whole.auc);
  }
}

const ways = [
  {},
  { gradients: 'sbpca:2' },
  { activations: 4 },
] as const satisfies readonly Partial<RunSettings>[];

describe('a boundary of stages that changes nothing, on cpu', () => {
  describe.each(optimizerRules)('%s', (optimizer) => {
    // Neither estimates nor stored inputs know of rules: in the short form one rule has all ways.
    const some = isLong || optimizer === 'adagrad' ? ways : ways.slice(0, 1);
    test.each(some)('is not seen: %j', async (way) => {
      const backend = await cpu.open({});
      await expectNoSeam(backend, ['same', 'copies', 'turned'], { optimizer, ...way });
    });
  });

  test('is not seen where a stage between trains nothing', async () => {
    await expectNoSeam(await cpu.open({}), ['idle'], { optimizer: 'adam' });
  });

  test('is not seen in tables that something is wrapped around', async () => {
    const backend = await cpu.open({});
    const stored = (plan: Plan) => withStoredTables(plan, () => () => ({ kind: 'fp16' }));
    const whole = await courseOf(backend, stored(twoHalves('none')), {});
    for (const boundary of ['same', 'turned'] as const)
      expect((await courseOf(backend, stored(twoHalves(boundary)), {})).losses).toEqual(whole.losses);
  });

  test('leaves no tensors behind', async () => {
    const backend = await cpu.open({});
    const once = () => courseOf(backend, twoHalves('same'), { optimizer: 'adam', gradients: 'sbpca:2' });
    await once();
    const before = tf.memory().numTensors;
    await once();
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** A driver for graphics that computes on the CPU takes its time to compile. */
const timeout = 180_000;

describeBackends('a boundary of stages that changes nothing, on', (backend) => {
  // A software driver compiles for seconds, rule by rule: one of them shows that state comes back from a card.
  const rules = backend.name === 'webgpu' ? (['adam'] as const) : optimizerRules;
  test.each(rules)('is not seen: %s', { timeout }, async (optimizer) => {
    // Rows in another order may be summed in another order, too: on a card that is another last bit.
    await expectNoSeam(await openOnce(backend), ['same', 'copies'], { optimizer });
  });

  // Kernels of estimates take a software driver ten seconds to compile, and hand on tensors like any others.
  test.runIf(backend.name !== 'webgpu')('is not seen where gradients are estimates', async () => {
    await expectNoSeam(await openOnce(backend), ['same'], { optimizer: 'adam', gradients: 'sbpca:2' });
  });
});

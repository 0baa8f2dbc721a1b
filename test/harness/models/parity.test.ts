import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import { tableRows } from '../../../harness/contract/size.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { Trainer } from '../../../harness/training/trainer.ts';
import { full } from '../../../methods/full.ts';
import { referencePrograms } from '../../../suites/throughput/programs.ts';
import { addon } from '../../backends/native/addon.ts';
import { describeNative } from '../../backends/native/describe-native.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { pythonForTests } from '../../python-for-tests.ts';
import { smallData } from '../../small-data.ts';
import { furthest } from '../training/training-course.ts';
import { smallVariants, type Variant } from './small-variants.ts';

/**
 * The same model in PyTorch, written as its users write it, with the same weights and batches, takes the same course of losses for
 * 50 steps. Skipped, and seen to be, where the Python of these tests has no torch.
 */

// With a variable that makes OpenBLAS believe in another processor, both would be slow, and PyTorch might be wrong.
const env = { OPENBLAS_CORETYPE: undefined, OMP_NUM_THREADS: '1' };
const hasTorch = !execaSync(pythonForTests, ['-c', 'import torch'], { reject: false, env }).failed;

const folder = mkdtempSync(join(tmpdir(), 'embed-bench-parity-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = smallData();
const steps = 50;
const rates = { sgd: 0.1, adagrad: 0.02 };

/** Our losses, and the file of all that they come from. */
async function oursAndFile({ title, model, options }: Variant, rule: 'sgd' | 'adagrad') {
  const dim = model.width ?? 5;
  const plan = feasiblePlan(full, layerAt(data.fields, dim, 1));
  const shape = { denseFields: data.denseFields.length, fields: data.fields.length, dim };
  const parsed = model.options.parse(options);
  const embedding = new Embedding(plan, await openWith(addon, 1), rule, 5);
  const network = model.build(shape, parsed, 6);
  const trainer = new Trainer(embedding, network, optimizers[rule]);
  const [table] = plan.tables;
  const given = {
    ...{ model: model.name, options: parsed, optimizer: rule, learningRate: rates[rule] },
    ...{ dim, denseFields: shape.denseFields },
    cardinalities: data.fields.map(({ cardinality }) => cardinality),
    rows: [...(await embedding.rowsOf(table).read(0, tableRows(table)))],
    variables: network.variables.map((variable) => [...variable.dataSync()]),
    batches: [] as unknown[],
  };
  const losses: number[] = [];
  for (let epoch = 0; losses.length < steps; epoch++)
    for (const batch of data.batches('train', { batchSize: 50, shuffle: epoch })) {
      if (losses.length === steps) break;
      given.batches.push([[...batch.dense], [...batch.ids], [...batch.labels]]);
      const loss = trainer.step(batch, rates[rule]);
      losses.push((await loss.data())[0]);
      loss.dispose();
    }
  trainer.dispose();
  const file = join(folder, `${title.replaceAll(/\W+/g, '-')}-${rule}.json`);
  writeFileSync(file, JSON.stringify(given));
  return { losses, file };
}

describeNative('parity with PyTorch', () => {
  describe.each(['sgd', 'adagrad'] as const)('%s', (rule) => {
    test.skipIf(!hasTorch).each(smallVariants)('$title', { timeout: 120_000 }, async (variant) => {
      const { losses, file } = await oursAndFile(variant, rule);
      const script = join(import.meta.dirname, 'parity.py');
      const { stdout } = execaSync(pythonForTests, [script, referencePrograms[variant.model.name], file], {
        env,
      });
      const found = JSON.parse(stdout) as { losses: number[] };
      expect(found.losses).toHaveLength(steps);
      expect(furthest(found.losses, losses)).toBeLessThan(1e-4);
      expect(Math.min(...losses.slice(-5))).toBeLessThan(losses[0]);
    });
  });
});

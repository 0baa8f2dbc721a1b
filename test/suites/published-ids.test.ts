import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ActivationBits } from '../../harness/contract/activations.ts';
import { optimizerRules } from '../../harness/contract/backend.ts';
import { practiceOf, type TrainingPractice } from '../../harness/contract/training-practice.ts';
import { parseGradients } from '../../harness/contract/gradients.ts';
import type { RunRecord } from '../../results/record.ts';
import { readRecording } from '../../results/store.ts';
import { expand } from '../../suites/job.ts';
import { someSettings } from './settings.ts';

/** The same command resumes a published recording only if its runs still have the ids that they were recorded with. */

const folder = join(import.meta.dirname, '../../recordings');

/** The id that a record's settings give today. */
function idNow(run: RunRecord): string {
  const [bottom, top] = run.network.split('/').map((side) => side.split('-').map(Number));
  const gradients = run.gradients === undefined ? undefined : parseGradients(run.gradients);
  const way = {
    ...(run.activations !== undefined && { activations: run.activations as ActivationBits }),
    ...(gradients !== undefined && gradients !== 'exact' && { gradients }),
  };
  const { model, dim, batchSize, batchOrder, epochs, backend, threads, seed, learningRate } = run;
  const settings = {
    ...someSettings,
    ...{ model, dim, batchSize, batchOrder, epochs, backend, threads },
    optimizer: optimizerRules.find((rule) => rule === run.optimizer)!,
    ...practiceOf(run as unknown as TrainingPractice),
    ...(run.reference !== undefined && { reference: run.reference }),
    ...(run.count !== undefined && { count: run.count }),
    // Published runs of other models have their default options.
    modelOptions: model === 'dlrm' ? { bottom, top } : {},
    methods: [{ name: run.method, options: run.options }],
    compressions: [run.compression.requested],
    seeds: [seed],
    learningRates: [learningRate],
    baseline: false,
    ways: [way],
  };
  return expand(settings, run.dataset.fingerprint)[0].id;
}

const published = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ name, runs: readRecording(join(folder, name)).runs }))
  .filter(({ runs }) => runs.length > 0);

test.each(published)('runs of $name keep their ids', ({ runs }) => {
  // The options of svd have changed since: its runs are others.
  const others = runs.filter((run) => run.method !== 'svd').filter((run) => idNow(run) !== run.id);
  expect(others.map(({ method, id }) => `${method} ${id}`)).toEqual([]);
});

test('there are recordings to look at', () => {
  expect(published.length).toBeGreaterThan(3);
});

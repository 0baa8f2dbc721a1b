import { describe, expect, test } from 'vitest';
import { comparisonSettings } from '../../scripts/bench/comparison-settings.ts';
import { benchCommand } from '../../scripts/options/bench-options.ts';
import { paperSuites, suitesOf } from '../../scripts/options/paper-suites.ts';
import { paperClaims } from '../../reports/claims/papers.ts';
import { settlementOf } from '../../analysis/claims/settle.ts';

const settingsOf = (...args: string[]) =>
  comparisonSettings(benchCommand().parse(args, { from: 'user' }), 'wasm');

describe('suites of papers', () => {
  test('have every claim that a run of this project can settle, once', () => {
    const there = paperSuites.flatMap(({ claims }) => claims.map(({ id }) => id));
    expect(new Set(there).size).toBe(there.length);
    const left = paperClaims.filter(({ id }) => !there.includes(id));
    for (const { metric, untestable, data, model } of left)
      expect(
        metric === 'other' ||
          untestable !== undefined ||
          data.datasets.length === 0 ||
          model.models.length === 0,
      ).toBe(true);
    expect(there.length).toBeGreaterThan(20);
  });

  test.each(paperSuites.map((suite) => [suite.name, suite] as const))(
    '%s compares what its claims compare, at their ratios, with the seeds of the planner',
    (_, { claims, methods, compressions, seeds, neededSeeds, dataset }) => {
      for (const claim of claims) {
        expect([...methods, 'full']).toEqual(expect.arrayContaining([claim.method, claim.against]));
        const { from, to } = claim.ratios;
        expect(compressions.some((ratio) => ratio >= from && ratio <= to)).toBe(true);
        if (claim.data.datasets !== 'any') expect(claim.data.datasets).toContain(dataset);
        expect(seeds).toBeGreaterThanOrEqual(settlementOf(claim).seeds ?? 5);
      }
      expect(neededSeeds === undefined || neededSeeds <= seeds).toBe(true);
    },
  );

  test('are a paper each; a paper on two logs has a suite for each', () => {
    const names = paperSuites.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['paper-md', 'paper-cafe', 'paper-cafe-criteo-terabyte']));
    expect(suitesOf(paperClaims.filter(({ metric }) => metric === 'other'))).toEqual([]);
  });

  test('set the log, the model, the split, epochs and rates; the command wins', async () => {
    const data = ['--data', 'somewhere.tsv'];
    expect(await settingsOf('--suite', 'paper-cce', ...data)).toMatchObject({
      ...{ suite: 'paper-cce', dataset: 'criteo', model: 'dlrm', epochs: 10, patience: 1 },
      learningRates: [0.005, 0.01, 0.02],
      references: false,
      request: { protocol: 'temporal', options: { data: 'somewhere.tsv' } },
    });
    // A log that comes split stays as it is.
    expect((await settingsOf('--suite', 'paper-svd', ...data)).request.protocol).toBe('given');
    const other = await settingsOf(...['--suite', 'paper-md', '--dataset', 'planted', '--seeds', '2', '--learning-rate', '0.03', '--protocol', 'random']); // prettier-ignore
    expect(other).toMatchObject({ dataset: 'planted', seeds: [1, 2], learningRates: [0.03] });
    expect(other.request.protocol).toBe('random');
    expect(other.methods.map(({ name }) => name)).toEqual(['mixed-dimension']);
  });
});

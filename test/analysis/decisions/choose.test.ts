import { describe, expect, it } from 'vitest';
import { choose, frontOfBounds } from '../../../analysis/decisions/choose.ts';
import { gapToReference, linearThere } from '../../../analysis/decisions/linear-would-do.ts';
import { showsLess } from '../../../analysis/decisions/shows-less.ts';
import { findableIn } from '../../../analysis/power/found.ts';
import { analyze } from '../../../analysis/recording.ts';
import { baselineRow } from '../../../analysis/summary/rows.ts';
import type { CompletedRun } from '../../../results/record.ts';
import { decisionLine, decisionText } from '../../../reports/decision-text.ts';
import { rulesFor } from '../../../reports/decision-words.ts';
import { completedRun, environment } from '../../reports/recordings.ts';

interface Costs {
  readonly seconds: number;
  readonly bytes?: number;
  readonly options?: CompletedRun['options'];
}

/** Three seeds, which all methods answer alike but for a little: what the little is, the pool sees. */
function runsOf(
  method: string,
  auc: number,
  { seconds, bytes = 2e6, options = {} }: Costs,
  change: Partial<CompletedRun> = {},
): CompletedRun[] {
  const little = [[0, 1e-5, -1e-5], [1e-5, 0, -1e-5], [-1e-5, 1e-5, 0]][method.length % 3]; // prettier-ignore
  return [1, 2, 3].map((seed) => {
    const run = completedRun({ method, ratio: method === 'full' ? 1 : 16, seed, auc: auc + 0.002 * (seed % 2) + little[seed - 1], options }); // prettier-ignore
    return {
      ...run,
      stages: [{ name: 'training', seconds: seconds + 0.01 * seed, steps: 10, samples: 1000 }],
      size: { ...run.size, trainingBytes: bytes },
      ...change,
      id: `${change.reference ?? ''} ${run.id}`,
    };
  });
}

// Rows of a test part without known clicks have no noise: the bounds are of seeds alone.
const quiet = { ...environment, data: { ...environment.data, facts: {} } } as typeof environment;
const clicked = { ...quiet, data: { ...quiet.data, facts: { clickRate: { test: 0.25 } } } } as typeof environment; // prettier-ignore
const runs = [
  ...runsOf('full', 0.763, { seconds: 10 }),
  ...runsOf('robe', 0.7621, { seconds: 20, options: { block: 8, signs: true } }),
  ...runsOf('uniform', 0.762, { seconds: 9, bytes: 4e6 }),
  ...runsOf('qr', 0.7618, { seconds: 9.01, bytes: 3e6 }),
  ...runsOf('memcom', 0.75, { seconds: 1, bytes: 1e6 }),
];
const analyzedOf = (some: readonly CompletedRun[], of = quiet) => {
  const [comparison] = analyze({ environment: of, runs: some }).comparisons;
  return { comparison, ranking: comparison.rankings[0] };
};
const { comparison, ranking } = analyzedOf(runs);
const within = (tolerance: number) => ({ kind: 'within', tolerance }) as const;
const labels = (rows: readonly { readonly series: { readonly label: string } }[]) => rows.map(({ series }) => series.label); // prettier-ignore
const told = { full: baselineRow(comparison.rows), linear: undefined, showsLess: () => undefined };

describe('a choice at a budget', () => {
  it('is the cheapest of those shown to be within the tolerance, not the one ahead, nor the cheapest of all', () => {
    const decision = choose(ranking, within(0.001), 'trainSeconds');
    expect(labels(decision.admitted)).toEqual(['robe', 'uniform', 'qr']);
    // qr is faster by less than seconds vary: the higher AUC decides.
    expect(decision.chosen!.series.label).toBe('uniform');
    expect(labels(decision.asCheap)).toEqual(['qr']);
    expect(choose(ranking, within(0.001), 'trainingMemory').chosen!.series.label).toBe('robe');
    expect(choose(ranking, within(0.001), 'options').asCheap).toHaveLength(1);
    expect(choose(ranking, within(0.05), 'trainSeconds').chosen!.series.label).toBe('memcom');
  });

  it('admits no method on its lead alone', () => {
    const noisy = runs.map((run, i) => {
      const quality = { ...run.quality, auc: run.quality.auc + 0.004 * [0, 1, -1, -1, 0, 1, 0.5][i % 7] };
      return { ...run, quality };
    });
    const { comparison: loud, ranking: unsure } = analyzedOf(noisy, clicked);
    const decision = choose(unsure, within(0.001), 'trainSeconds');
    expect(decision.chosen).toBeUndefined();
    expect(decision.smallest!.bound).toBeGreaterThan(0.001);
    expect(choose(unsure, { kind: 'notRefuted' }, 'trainSeconds').admitted.length).toBeGreaterThan(0);
    const found = findableIn(loud.rows, loud.noise, 100_000);
    const text = decisionLine(
      decisionText(unsure, decision, { ...told, showsLess: (tolerance) => showsLess(found, 16, tolerance) }),
    );
    expect(text).toMatch(/^No method is shown to be at most 0\.001 below the best\. The smallest bound is that of \w+: at most 0\.0\d+ below it\./); // prettier-ignore
    expect(text).toMatch(/\d+ seeds on/);
    expect(text).not.toContain('Choose');
  });

  it('needs three seeds', () => {
    const decision = choose(
      analyzedOf(runs.filter(({ seed }) => seed < 3)).ranking,
      within(1),
      'trainSeconds',
    );
    expect([decision.chosen, decision.smallest]).toEqual([undefined, undefined]);
  });

  it('is none where the method ahead has too few seeds to be compared, and says of others that they were not', () => {
    const ahead = analyzedOf([...runs, ...runsOf('lma', 0.78, { seconds: 5 }).slice(0, 1)]);
    expect(choose(ahead.ranking, within(0.001), 'trainSeconds').admitted).toEqual([]);
    expect(frontOfBounds(ahead.ranking, 'trainSeconds')).toEqual([]);
    const text = (of: typeof ahead) => decisionLine(decisionText(of.ranking, { rule: within(0.001), cost: 'trainSeconds' }, told)); // prettier-ignore
    expect(text(ahead)).toBe(
      'Nothing to choose by: lma is ahead, but fewer than three common seeds give no verdict.',
    );
    const behind = analyzedOf([...runs, ...runsOf('lma', 0.755, { seconds: 5 }).slice(0, 1)]);
    expect(text(behind)).toMatch(
      /^Choose uniform: .*\. lma is not compared: fewer than three common seeds\.$/,
    );
    const none = analyzedOf([...runsOf('full', 0.763, { seconds: 10 }), ...runsOf('lma', 0.755, { seconds: 5 }).slice(0, 1), ...['robe', 'uniform'].flatMap((name) => [0.75, 0.77, 0.76].map((auc, i) => completedRun({ method: name, ratio: 16, seed: i + 1, auc: auc + (name === 'robe' ? 0.01 * i : 0) })))]); // prettier-ignore
    expect(text(none)).toMatch(
      /^No method is shown .* lma is not compared: fewer than three common seeds\.$/,
    );
  });

  it('has a front: for none of it is another as close to the best, and cheaper', () => {
    const front = frontOfBounds(ranking, 'trainSeconds');
    expect(labels(front.map(({ row }) => row))).toEqual(['robe', 'uniform', 'memcom']);
  });

  it('is said in a sentence, with its cost, and who serves another need', () => {
    const text = (rule: ReturnType<typeof within>, cost: 'trainSeconds' | 'servingBytes' | 'options') =>
      decisionLine(decisionText(ranking, { rule, cost }, told));
    expect(text(within(0.001), 'trainSeconds')).toBe(
      'Choose uniform: among the 3 methods shown to be at most 0.001 below the best, none trains faster by more than its noise, and of these 2 it has the highest AUC (training time: × 0.90 of full); robe if training memory is short.',
    );
    expect(text(within(0.05), 'trainSeconds')).toContain('it trains fastest (× 0.10 of full)');
    expect(rulesFor(0.001).map(({ rule }) => ('tolerance' in rule ? rule.tolerance : 0))).toEqual([0.001, 0.002, 0.005, 0.01, 0]); // prettier-ignore
    // No AUC is so far below another.
    expect(rulesFor(0.2).map(({ rule }) => ('tolerance' in rule ? rule.tolerance : 0))).toEqual([0.2, 0.4, 0]); // prettier-ignore
  });
});

describe('the linear model of a budget', () => {
  const linearRuns = (auc: number) => {
    const own = { reference: 'linear', model: 'linear', network: 'none', dim: 1, epochs: 15 };
    return runsOf('full', auc, { seconds: 1 }, own).map((run) => ({
      ...run,
      size: { ...run.size, fullBytes: 2e6, servingBytes: 2e6 },
    }));
  };
  const thereAt = (auc: number) => {
    const found = analyzedOf([...runs, ...linearRuns(auc)]);
    const linear = linearThere(found.ranking, found.comparison)!;
    const text = decisionLine(decisionText(found.ranking, { rule: within(0.001), cost: 'trainSeconds' }, { ...told, linear })); // prettier-ignore
    return { ...found, linear, text };
  };

  it('would do where it is within the margin', () => {
    const { linear, text, ranking: among } = thereAt(0.7619);
    expect(linear.bound).toBeLessThan(0.001);
    expect(text).toMatch(/; linear would do\.$/);
    expect(gapToReference(among, linear.linear, 1)!.value).toBeCloseTo(0.0002, 4);
  });

  it('is not beaten where no method is shown to be better', () => {
    expect(thereAt(0.764).text).toContain('linear would do');
    const { linear } = thereAt(0.755);
    expect(labels(linear.beatenBy!)).toEqual(['robe', 'uniform', 'qr']);
    const alone = { ...linear, bound: 0.002, beatenBy: [] };
    const text = decisionLine(decisionText(ranking, { rule: within(0.001), cost: 'trainSeconds' }, { ...told, linear: alone })); // prettier-ignore
    expect(text).toMatch(/No method is shown to beat linear\.$/);
    const above = { ...linear, bound: 0, beatenBy: [] };
    const noisy = analyzedOf(['robe', 'uniform'].flatMap((name, m) => [0.75, 0.77, 0.76].map((auc, i) => completedRun({ method: name, ratio: 16, seed: i + 1, auc: auc + m * 0.01 * i })))); // prettier-ignore
    const nothing = decisionLine(decisionText(noisy.ranking, { rule: within(0.001), cost: 'trainSeconds' }, { ...told, linear: above })); // prettier-ignore
    expect(nothing).toMatch(/^No method is shown .* linear would do: no method is better\.$/);
  });
});

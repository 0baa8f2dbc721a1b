import { describe, expect, it } from 'vitest';
import { analyze } from '../../analysis/recording.ts';
import { claimOf } from '../../reports/claim-text.ts';
import type { RunRecord } from '../../results/record.ts';
import { completedRun, environment, failedRun, infeasibleRun } from './recordings.ts';

const claim = (runs: readonly RunRecord[]) =>
  claimOf(analyze({ environment, runs }).comparisons[0].rankings[0]);
const runsOf = (method: string, ratio: number, aucs: readonly number[]) =>
  aucs.map((auc, i) => completedRun({ method, ratio, seed: i + 1, auc }));

const full = runsOf('full', 1, [0.7608, 0.7612, 0.7604]);

describe('claims', () => {
  it('name the best, its loss paired by seed, and the next', () => {
    const { budget, lead, details } = claim([
      ...full,
      ...runsOf('robe', 16, [0.7534, 0.7538, 0.753]),
      ...runsOf('uniform', 16, [0.7484, 0.7489, 0.7479]),
    ]);
    expect(budget).toBe('16x');
    expect(lead).toBe('robe loses least');
    // The gap is 0.005, s = 0.0001: ± 4.30265 · 0.0001 / √3. The losses are equal in every seed.
    expect(details).toBe(
      'Test AUC 0.7534 ± 0.0010, 0.0074 ± 0.0000 below full (paired over 3 seeds). ' +
        'uniform is next, worse by 0.0050 ± 0.0003, more than 0.001.',
    );
  });

  it('call equivalent what is shown to be inside the margin', () => {
    const { lead, details } = claim([
      ...full,
      ...runsOf('robe', 16, [0.7534, 0.7531, 0.7533]),
      ...runsOf('uniform', 16, [0.7531, 0.7535, 0.7531]),
      ...runsOf('hashing-trick', 16, [0.74, 0.7401, 0.7399]),
    ]);
    expect(lead).toBe('robe is as good as the best');
    expect(details).toMatch(/It is at most 0\.000\d below the best, whichever that is\./);
    expect(details).toContain('uniform is equivalent: at most 0.001 below the best.');
    expect(details).toMatch(
      /hashing-trick is the first that is worse, by 0\.0133 ± 0\.00\d\d, more than 0\.001\./,
    );
  });

  it('do not speak of a best of all where a method has too few seeds, even if it is ahead', () => {
    const judged = [
      ...runsOf('robe', 16, [0.7534, 0.7531, 0.7533]),
      ...runsOf('uniform', 16, [0.7531, 0.7535, 0.7531]),
      ...runsOf('hashing-trick', 16, [0.74, 0.7401, 0.7399]),
    ];
    const ahead = claim([...full, ...judged, ...runsOf('lma', 16, [0.77])]).details;
    expect(ahead).toContain('lma has fewer than three common seeds: the verdicts are on the others.');
    expect(ahead).toContain(
      'robe and uniform are equivalent: at most 0.001 below the best of those compared.',
    );
    const behind = claim([...full, ...judged, ...runsOf('lma', 16, [0.745])]).details;
    expect(behind).toMatch(/It is at most 0\.000\d below the best of those compared, whichever that is\./);
    expect(behind).toContain('uniform is equivalent: at most 0.001 below the best of those compared.');
    expect(behind).toContain('lma is next, lower by 0.0084; fewer than three seeds give no verdict.');
  });

  it('say which is higher in the seeds that two have, whichever is ahead by all of its own', () => {
    const { lead, details } = claim([
      ...runsOf('full', 1, [0.77, 0.771, 0.769, 0.76, 0.761]),
      ...runsOf('lma', 16, [0.76, 0.764, 0.7592]),
      ...runsOf('robe', 16, [0.7615, 0.762, 0.7608, 0.75, 0.7505]),
    ]);
    expect(lead).toBe('undecided: lma is ahead');
    expect(details).toMatch(/Undecided: robe \(higher by 0\.0004 ± 0\.\d{4} in 3 common seeds\)\./);
  });

  it('stand without a distance where the leader has no seed in common', () => {
    const leader = [7, 8].map((seed) => completedRun({ method: 'lma', ratio: 16, seed, auc: 0.77 }));
    const { details } = claim([
      ...full,
      ...leader,
      ...runsOf('robe', 16, [0.7534, 0.7531, 0.7533]),
      ...runsOf('uniform', 16, [0.753, 0.754, 0.751]),
      ...runsOf('hashing-trick', 16, [0.74, 0.7401, 0.7399]),
    ]);
    expect(details).toContain('hashing-trick is the first that is worse.');
    expect(details).toMatch(/Undecided: .*uniform/);
  });

  it('call undecided what is neither', () => {
    const { lead, details } = claim([
      ...full,
      ...runsOf('robe', 16, [0.7534, 0.7551, 0.7513]),
      ...runsOf('uniform', 16, [0.7531, 0.7515, 0.7531]),
    ]);
    expect(lead).toBe('undecided: robe is ahead');
    expect(details).toMatch(/undecided against full|below full/);
    expect(details).toMatch(/Undecided: uniform \(lower by 0\.0007 ± 0\.0\d{3}\)\.$/);
  });

  it('ask for more evidence the more methods there are', () => {
    // The gap of 0.0010 ± 0.0007 (95 %) stands against one rival.
    const leader = runsOf('robe', 16, [0.7513, 0.751, 0.7507]);
    const rivals = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        runsOf(`rival-${i}`, 16, [0.75, 0.7505 + 0.0005 * (i % 3), 0.7495]),
      ).flat();
    expect(claim([...full, ...leader, ...runsOf('rival', 16, [0.75, 0.75, 0.75])]).lead).toBe(
      'robe loses least',
    );
    expect(claim([...full, ...leader, ...rivals(10)]).lead).toBe('robe is as good as the best');
  });

  it('say that one seed has no error bar, and two give no verdict', () => {
    const { lead, details } = claim([
      ...runsOf('full', 1, [0.76]),
      ...runsOf('robe', 16, [0.7534]),
      ...runsOf('uniform', 16, [0.7533]),
    ]);
    expect(lead).toBe('robe is ahead');
    expect(details).toBe(
      'Test AUC 0.7534, 0.0066 below full (one seed: no error bar). ' +
        'uniform is next, lower by 0.0001; fewer than three seeds give no verdict.',
    );
    const two = claim([...runsOf('robe', 16, [0.75, 0.751]), ...runsOf('uniform', 16, [0.74, 0.741])]);
    expect(two.lead).toBe('robe is ahead');
    expect(two.details).toContain('fewer than three seeds give no verdict');
  });

  it('do without a baseline, and without rivals', () => {
    const { lead, details } = claim(runsOf('robe', 16, [0.7534, 0.7538]));
    expect(lead).toBe('robe is the only method with a number');
    expect(details).toMatch(/^Test AUC 0\.7536 ± 0\.0025 \(2 seeds\)\.$/);
  });

  it('say when a method is equivalent to the baseline, or beats it', () => {
    const same = claim([...full, ...runsOf('robe', 4, [0.7609, 0.7611, 0.7605])]);
    expect(same.details).toContain('equivalent to full (difference 0.0000 ± 0.0003, paired');
    const better = claim([
      ...full,
      ...runsOf('robe', 4, [0.7709, 0.7712, 0.7705]),
      ...runsOf('uniform', 4, [0.75, 0.75, 0.75]),
    ]);
    expect(better.lead).toBe('robe is best');
    expect(better.details).toContain('above full');
  });

  it('mention seeds of the leader that failed, and budgets nothing fits', () => {
    const lost = claim([
      ...full,
      ...runsOf('robe', 16, [0.7534, 0.7538]),
      failedRun({ method: 'robe', ratio: 16, seed: 3 }),
    ]);
    expect(lost.details).toContain('1 more seed of it failed');
    const none = claim([...full, infeasibleRun({ method: 'robe', ratio: 1000, seed: 1 })]);
    expect(none).toMatchObject({ budget: '1,000x', lead: 'no method gave a number' });
    expect(none.details).toBe('The smallest layer that any method can make takes 1.20 MB.');
  });
});

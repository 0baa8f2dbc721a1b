import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../analysis/leaderboards/findings.ts';
import { withResults } from '../../../analysis/leaderboards/results.ts';
import { byData } from '../../../analysis/leaderboards/same-data.ts';
import { findingsView } from '../../../reports/site/findings-view.ts';
import type { CompletedRun } from '../../../results/record.ts';
import { completedRun, environment } from '../../reports/recordings.ts';

const runs = (method: string, ratio: number, auc: number, change: Partial<CompletedRun> = {}) =>
  [1, 2, 3].map((seed): CompletedRun => {
    const run = { ...completedRun({ method, ratio, seed, auc: auc + 0.0003 * (seed % 2) }), ...change };
    return { ...run, id: `${change.model ?? ''} ${run.id}` };
  });

/** A linear model of full and of hashed weights, whose uncompressed bytes are a sixteenth. */
function linear(auc: number): CompletedRun[] {
  const { size } = completedRun({ method: 'full', ratio: 1, seed: 1, auc });
  const fullBytes = size.fullBytes / 16;
  const own = { reference: 'linear', model: 'linear', network: 'no layers', dim: 1, optimizer: 'ftrl' };
  return runs('full', 1, auc, { ...own, size: { ...size, fullBytes, servingBytes: fullBytes } });
}

const methods = [
  ...runs('full', 1, 0.763),
  ...runs('robe', 16, 0.762),
  ...runs('cafe', 16, 0.7617),
  ...runs('lma', 16, 0.75),
];
const findingsIn = (some: readonly CompletedRun[]) =>
  findingsOf(withResults(byData([{ folder: '2026-11-01-a', recording: { environment, runs: some } }])[0]))!;

describe('the choice at a budget', () => {
  it('names the highest mean, its bound, and all that are not shown to be worse by the margin', () => {
    const [{ leader, bound, open, behind, count, best }] = findingsIn(methods).decisions;
    expect(leader!.series.method).toBe('robe');
    expect(best).toBe(true); // all others are worse, one of them by less than the margin
    expect(bound).toBeGreaterThanOrEqual(0);
    expect(open.map(({ series }) => series.method)).toEqual(['robe', 'cafe']);
    expect([behind, count]).toEqual([1, 3]);
  });

  it('is that of the recording with most methods: variants of one count once', () => {
    const variants = [0.1, 0.2, 0.3, 0.4].flatMap((hot) => runs('robe', 16, 0.76, { options: { hot } }));
    const read = (folder: string, some: readonly CompletedRun[]) => ({ folder, recording: { environment, runs: some } }); // prettier-ignore
    const both = [read('2026-11-01-a', methods), read('2026-11-02-b', [...runs('full', 1, 0.763), ...variants])]; // prettier-ignore
    expect(findingsOf(withResults(byData(both)[0]))!.lead.published.folder).toBe('2026-11-01-a');
  });

  it('has the place of the linear model, where there is one', async () => {
    const [{ linear: there }] = findingsIn([...methods, ...linear(0.7605)]).decisions;
    expect(there!.beatenBy!.map(({ series }) => series.method)).toEqual(['robe', 'cafe']);
    expect(findingsIn(methods).decisions[0].linear).toBeUndefined();
    const paths = new Map(['robe', 'cafe', 'lma', 'full'].map((name) => [name, `methods/${name}.html`]));
    const viewOf = async (some: readonly CompletedRun[]) =>
      (await findingsView(findingsIn(some), { id: 'data-1', heading: 'planted' }, paths))!;
    const view = await viewOf([...methods, ...linear(0.7605)]);
    expect(view.linear).toBe(true);
    expect(view.rows[0].linear).toBe('0.7607, beaten by 2 of 3');
    const high = await viewOf([...methods, ...linear(0.79)]);
    expect(high.rows[0].linear).toBe('0.7902, beaten by 0 of 3');
  });

  it('is open without verdicts: one seed shows nothing', () => {
    const [{ open, count, bound }] = findingsIn(methods.filter(({ seed }) => seed === 1)).decisions;
    expect([open, count, bound]).toEqual([[], 3, undefined]);
  });
});

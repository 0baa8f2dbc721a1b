import { describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { isCompleted } from '../../../analysis/summary/rows.ts';
import {
  badgeOf,
  isLeader,
  notWorse,
  rivalsThatAre,
  rowVerdict,
  smallestPossible,
} from '../../../analysis/verdicts/ranking.ts';
import type { RunRecord } from '../../../results/record.ts';
import { markdownTable } from '../../../reports/markdown-table.ts';
import { renderReport } from '../../../reports/report.ts';
import { comparisonLines } from '../../../scripts/results/comparison-lines.ts';
import {
  completedRun,
  environment,
  failedRun,
  infeasibleRun,
  plausibleRecording,
} from '../../reports/recordings.ts';

const runsOf = (method: string, ratio: number, aucs: readonly number[]) =>
  aucs.map((auc, i) => completedRun({ method, ratio, seed: i + 1, auc }));
const full = runsOf('full', 1, [0.7608, 0.7612, 0.7604]);

describe('a ranking', () => {
  const runs: RunRecord[] = [
    ...full,
    ...runsOf('robe', 16, [0.7534, 0.7531, 0.7533]),
    ...runsOf('uniform', 16, [0.7531, 0.7535, 0.7531]),
    ...runsOf('hashing-trick', 16, [0.74, 0.7401, 0.7399]),
    failedRun({ method: 'md', ratio: 16, seed: 1 }),
    infeasibleRun({ method: 'qr', ratio: 16, seed: 1 }),
  ];
  const [{ rows, rankings: found }] = analyze({ environment, runs }).comparisons;
  const labels = (some: readonly { readonly series: { readonly label: string } }[]) =>
    some.map(({ series }) => series.label);

  it('has the leader, the equivalent, those worse and those without a number', () => {
    expect(found).toHaveLength(1);
    const [ranking] = found;
    expect(ranking.requested).toBe(16);
    expect(labels(notWorse(ranking))).toEqual(['robe', 'uniform']);
    expect(labels(rivalsThatAre('equivalent', ranking))).toEqual(['uniform']);
    const [worse] = rivalsThatAre('worse', ranking);
    expect(worse.series.label).toBe('hashing-trick');
    expect(labels(ranking.missing).sort()).toEqual(['md', 'qr']);
    const { gap, byMargin } = ranking.standings.get(worse)!;
    expect(gap!.value).toBeCloseTo(0.01327, 4);
    expect(byMargin).toBe(true);
    expect(ranking.bound(worse)).toBeGreaterThan(gap!.value);
    expect(ranking.places(worse)).toEqual({ from: 3, to: 3 });
    expect(ranking.bound(ranking.leader!)).toBeLessThan(0.001);
    expect(smallestPossible(ranking)).toBe(1_204_224);
  });

  it('is led by none that is shown to be worse: a mean over fewer seeds may be the highest by their luck', () => {
    const all = [
      ...runsOf('full', 1, [0.77, 0.771, 0.769, 0.76, 0.761]),
      ...runsOf('lma', 16, [0.76, 0.7605, 0.7592]),
      ...runsOf('robe', 16, [0.7615, 0.762, 0.7608, 0.75, 0.7505]),
      ...runsOf('uniform', 16, [0.7513, 0.752, 0.7501, 0.74, 0.7405]),
    ];
    const [{ rows, rankings: some }] = analyze({ environment, runs: all }).comparisons;
    const [ranking] = some;
    expect(labels(rows.filter(({ requested }) => requested === 16))[0]).toBe('lma');
    expect(labels([ranking.leader!, ...ranking.rivals])).toEqual(['robe', 'lma', 'uniform']);
    expect(ranking.standings.get(ranking.leader!)).toMatchObject({ verdict: 'best', gap: undefined });
    const lma = ranking.standings.get(ranking.rivals[0])!;
    expect([lma.verdict, lma.gap!.value]).toEqual(['worse', expect.closeTo(0.00153, 5)]);
    expect(badgeOf(ranking.rivals[0], some)).toBeUndefined();
  });

  it('judges against full as one that was named before', () => {
    const [{ toFull }] = found;
    const verdicts = rows.filter(isCompleted).map((row) => [row.series.label, toFull.get(row)?.verdict]);
    expect(Object.fromEntries(verdicts)).toEqual({
      full: undefined,
      robe: 'worse',
      uniform: 'worse',
      'hashing-trick': 'worse',
    });
  });

  it('says undecided where nothing is shown, and best where all others are worse', () => {
    const of = (...runs: readonly RunRecord[][]) => analyze({ environment, runs: runs.flat() }).comparisons[0]; // prettier-ignore
    const noisy = of(runsOf('robe', 4, [0.75, 0.754, 0.758]), runsOf('uniform', 4, [0.753, 0.75, 0.7575]));
    expect(noisy.rows.map((row) => rowVerdict(row, noisy.rankings))).toEqual(['undecided', 'undecided']);
    const clear = of(runsOf('robe', 4, [0.75, 0.751, 0.752]), runsOf('uniform', 4, [0.74, 0.7411, 0.742]));
    expect(clear.rows.map((row) => rowVerdict(row, clear.rankings))).toEqual(['best', 'worse']);
    const short = of(runsOf('robe', 4, [0.75, 0.751]), runsOf('uniform', 4, [0.74, 0.7411]));
    expect(short.rows.map((row) => rowVerdict(row, short.rankings))).toEqual(['unjudged', 'unjudged']);
    expect(short.rankings[0].standings.get(short.rows[1])!.gap).toMatchObject({ error: undefined, count: 2 });
  });

  it('gives every row a verdict, and the best ones a badge', () => {
    const verdicts = rows.map((row) => `${row.series.label} ${rowVerdict(row, found)}`);
    expect(verdicts.sort()).toEqual([
      'full ',
      'hashing-trick worse',
      'md failed',
      'qr infeasible',
      'robe equivalent',
      'uniform equivalent',
    ]);
    expect(rows.map((row) => badgeOf(row, found)).filter((badge) => badge !== undefined)).toEqual([
      'highest',
      'equivalent',
    ]);
    const single = [...runsOf('robe', 16, [0.75]), ...runsOf('uniform', 16, [0.74])];
    const [few] = analyze({ environment, runs: single }).comparisons;
    expect(badgeOf(few.rows[0], few.rankings)).toBe('highest');
    expect(badgeOf(few.rows[1], few.rankings)).toBeUndefined();
  });
});

/** One recording, four readers: the verdicts must be the same for all. */
describe('report, table and terminal read the same ranking', () => {
  const recording = plausibleRecording();
  const [{ rankings: found }] = analyze(recording).comparisons;

  it('in the Markdown table', () => {
    const bold = [...markdownTable(recording).matchAll(/\| `([^`]+)` \|([^\n]*)/g)].flatMap(
      ([, label, cells]) =>
        cells.split('|').flatMap((cell, i) => (cell.includes('**') ? [`${label} ${i}`] : [])),
    );
    const good = found.flatMap((ranking, i) =>
      [ranking.leader!, ...rivalsThatAre('equivalent', ranking)].map(({ series }) => `${series.label} ${i}`),
    );
    expect(bold.sort()).toEqual(good.sort());
  });

  it('in the lines of the terminal', () => {
    const lines = comparisonLines(recording).slice(1);
    found.forEach((ranking, i) => {
      const { leader } = ranking;
      expect(lines[i]).toMatch(new RegExp(`(best|highest) ${leader!.series.label} `));
      for (const verdict of ['equivalent', 'undecided', 'worse'] as const)
        expect(lines[i].includes(`; ${verdict}: `)).toBe(rivalsThatAre(verdict, ranking).length > 0);
    });
  });

  it('in the badges of the report', async () => {
    const page = await renderReport(recording);
    const badges = page.match(/<span class="badge \w+">(best|equivalent|undecided|highest)<\/span>/g) ?? [];
    const marked = found.filter(({ rivals }) => rivals.length > 0).flatMap((ranking) => notWorse(ranking));
    expect(badges).toHaveLength(marked.length);
    expect(found.filter(({ leader }) => isLeader(leader!, found))).toHaveLength(found.length);
  });
});

import { describe, expect, it, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { differenceNoise } from '../../../analysis/regressions/difference-noise.ts';
import { methodPairs } from '../../../analysis/regressions/method-pairs.ts';
import { recordingPairs } from '../../../analysis/regressions/recording-pairs.ts';
import { changesOf, isRegression } from '../../../analysis/regressions/change.ts';
import { noiseAmong } from '../../../analysis/recording.ts';
import { halfWidth } from '../../../analysis/statistics/difference-tail.ts';
import { noiseOf } from '../../../analysis/verdicts/noise.ts';
import { seriesOf } from '../../../analysis/summary/series.ts';
import { placements } from '../../../analysis/statistics/delong.ts';
import { difference } from '../../../analysis/statistics/seeds-and-rows.ts';
import { type TestRows, testRowsBetween, testRowsOf } from '../../../analysis/statistics/test-rows.ts';
import { isCompleted } from '../../../analysis/summary/rows.ts';
import { summarize } from '../../../analysis/summary/summary.ts';
import { type Estimate, meanInterval } from '../../../analysis/statistics/estimates.ts';
import { comparisons } from '../../../analysis/comparisons/comparable.ts';
import type { RunRecord } from '../../../results/record.ts';
import { seriesKey } from '../../../analysis/comparisons/series-key.ts';
import {
  catalogueRecording,
  completedRun,
  environment,
  failedRun,
  infeasibleRun,
} from '../../reports/recordings.ts';

const comparison = (runs: readonly RunRecord[]) => comparisons({ environment, runs })[0];
const runsOf = (method: string, ratio: number, aucs: readonly number[], first = 1) =>
  aucs.map((auc, i) => completedRun({ method, ratio, seed: first + i, auc }));
const between = (a: readonly RunRecord[], b: readonly RunRecord[]) =>
  changesOf(recordingPairs(comparison(a), comparison(b)), 0.001);
/** The changes between two series of a recording. */
const pairOf = (runs: readonly RunRecord[], keys: readonly [string, string], testRows?: TestRows) => {
  const series = seriesOf(runs);
  const [a, b] = keys.map((key) => series.get(key)!);
  const rows = summarize(comparison(runs).runs, series);
  return changesOf(methodPairs(rows, [a, b], noiseAmong(rows, { testRows })), 0.001);
};
it('two methods of a recording are judged by test rows too where the seeds share none of their noise', () => {
  const runs = [...runsOf('robe', 16, [0.75, 0.76, 0.77]), ...runsOf('lma', 16, [0.751, 0.759, 0.77])];
  const overRows = { value: 0, standardError: 0.001, degrees: 1e5, count: 3 };
  const none = { rows: 900, shared: 0, apart: 1e-6, overRows, overBoth: overRows };
  const keys = [...seriesOf(runs).keys()] as [string, string];
  const [change] = pairOf(runs, keys, { count: 900, source: 'scores', difference: () => none });
  expect(change.bySeeds!.difference.error).toBe(change.difference!.error);
  expect(pairOf(runs, keys)[0].bySeeds).toBeUndefined();
});

const verdicts = (a: readonly RunRecord[], b: readonly RunRecord[]) =>
  between(a, b).map(({ pair, verdict }) => `${pair.label} ${pair.requested}x ${verdict}`);

describe('two recordings', () => {
  const robe = runsOf('robe', 16, [0.75, 0.76, 0.77]);

  it('are compared by seed: what a seed does to both is no noise', () => {
    // Differences −0.0010, −0.0012, −0.0008: s = 0.0002, ± 4.30265 · 0.0002 / √3.
    const [change] = between(robe, runsOf('robe', 16, [0.749, 0.7588, 0.7692]));
    expect(change.verdict).toBe('worse');
    expect(change.difference!.value).toBeCloseTo(-0.001, 10);
    expect(change.difference!.error).toBeCloseTo((4.302653 * 0.0002) / Math.sqrt(3), 8);
    expect(isRegression(change)).toBe(true);
    expect(verdicts(robe, runsOf('robe', 16, [0.76, 0.7588, 0.7692]))).toEqual(['robe 16x undecided']);
    expect(verdicts(robe, runsOf('robe', 16, [0.751, 0.7612, 0.7708]))).toEqual(['robe 16x better']);
  });

  it('take only the seeds that both have', () => {
    const [change] = between(robe, runsOf('robe', 16, [0.76, 0.77, 0.1], 2));
    expect(change).toMatchObject({ verdict: 'equal', difference: { value: 0, count: 2 } });
    expect(change.aucOfA).toBeCloseTo(0.765, 10); // of seeds 2 and 3
  });

  it('that are equal say so; too few seeds judge nothing else', () => {
    expect(verdicts(robe, robe)).toEqual(['robe 16x equal']);
    expect(verdicts(robe, runsOf('robe', 16, [0.77], 3))).toEqual(['robe 16x equal']);
    expect(verdicts(robe, runsOf('robe', 16, [0.7], 3))).toEqual(['robe 16x unjudged']);
    expect(verdicts(robe, runsOf('robe', 16, [0.7, 0.7], 2))).toEqual(['robe 16x unjudged']);
    expect(verdicts(robe, runsOf('robe', 16, [0.7501, 0.7602, 0.7701]))).toEqual(['robe 16x equivalent']);
    expect(verdicts(robe, runsOf('robe', 16, [0.7, 0.7], 4))).toEqual(['robe 16x unjudged']);
  });

  it('differ in what they hold, and other options are another method', () => {
    const other = runsOf('robe', 16, [0.7, 0.71]).map((run) => ({ ...run, options: { rows: 2 } }));
    const changes = between(
      [...robe, ...runsOf('md', 4, [0.7, 0.71])],
      [...other, ...runsOf('qr', 4, [0.7])],
    );
    expect(changes.map(({ pair, verdict, reason }) => [pair.label, verdict, reason])).toEqual([
      ['md', 'only A', ''],
      ['qr', 'only B', ''],
      ['robe (rows=2)', 'only B', 'A has it with other options'],
      ['robe (rows=default)', 'only A', 'B has it with other options'],
    ]);
    expect(changes.some((one) => isRegression(one))).toBe(false);
  });

  it('lose a method that failed, did not fit any more, or failed with one seed', () => {
    const asked = { method: 'robe', ratio: 16, seed: 1 };
    const failed = [failedRun({ ...asked, seed: 2 }, 'killed'), ...robe.filter(({ seed }) => seed !== 2)];
    expect(between(robe, [failedRun(asked, 'killed')])[0]).toMatchObject({
      verdict: 'lost',
      reason: 'failed: killed',
    });
    expect(between(robe, failed)[0]).toMatchObject({
      verdict: 'lost',
      reason: 'failed with seed 2: killed',
    });
    expect(verdicts(robe, [infeasibleRun(asked)])).toEqual(['robe 16x lost']);
    expect(verdicts([infeasibleRun(asked)], robe)).toEqual(['robe 16x gained']);
    expect(verdicts([infeasibleRun(asked)], [infeasibleRun(asked)])).toEqual(['robe 16x neither']);
    // A seed that the older recording lost is no news.
    expect(verdicts(failed, failed)).toEqual(['robe 16x equal']);
  });

  it('share the 5 % among what changed at all', () => {
    const changed = runsOf('robe', 16, [0.749, 0.7586, 0.7694]); // −0.0010 ± 0.00099 alone
    const others = Array.from({ length: 5 }, (_, i) => `other-${i}`);
    const before = others.flatMap((name) => runsOf(name, 16, [0.75, 0.751, 0.752]));
    const after = others.flatMap((name) => runsOf(name, 16, [0.7501, 0.7508, 0.752]));
    expect(verdicts([...robe, ...before], [...changed, ...before])).toContain('robe 16x worse');
    expect(verdicts([...robe, ...before], [...changed, ...after])).toContain('robe 16x undecided');
  });
});

describe('two methods of a recording', () => {
  const full = runsOf('full', 1, [0.76, 0.761, 0.759]);
  const robe = [4, 16].flatMap((ratio) => runsOf('robe', ratio, [0.75, 0.751, 0.749]));
  const uniform = runsOf('uniform', 16, [0.74, 0.7412, 0.739]);
  const methods = (a: RunRecord, b: RunRecord, runs: readonly RunRecord[] = [...full, ...robe, ...uniform]) =>
    pairOf(runs, [seriesKey(a), seriesKey(b)]);

  it('are compared at every budget of either, the second minus the first', () => {
    const changes = methods(robe[0], uniform[0]);
    expect(changes.map(({ pair, verdict }) => [pair.label, pair.requested, verdict])).toEqual([
      ['uniform − robe', 4, 'only A'],
      ['uniform − robe', 16, 'worse'],
    ]);
  });

  it('may be the baseline, which stands beside every budget of the other', () => {
    const changes = methods(full[0], robe[0]);
    expect(changes.map(({ pair }) => pair.requested)).toEqual([4, 16]);
    expect(changes.map(({ aucOfA }) => aucOfA!.toFixed(3))).toEqual(['0.760', '0.760']);
    expect(methods(robe[0], full[0]).map(({ verdict }) => verdict)).toEqual(['better', 'better']);
  });

  it('are judged by the noise of all pairs of the recording', () => {
    const { runs } = catalogueRecording();
    const [a, b] = ['uniform', 'hashing-trick'].map((name) => runs.find(({ method }) => method === name)!);
    const [{ difference, pair }] = methods(a, b, runs);
    const rows = summarize(runs, seriesOf(runs)).filter(isCompleted);
    const [rowOfA, rowOfB] = ['uniform', 'hashing-trick'].map((name) =>
      rows.find(({ series, requested }) => series.label === name && requested === 4)!,
    );
    const budgets = [4, 16, 64, 256].map((one) => rows.filter(({ requested }) => requested === one));
    const found = noiseOf(budgets).between(rowOfB, rowOfA)!;
    expect(pair.requested).toBe(4);
    expect(difference!.value).toBeCloseTo(found.value, 12);
    expect(difference!.error).toBeCloseTo(halfWidth(0.05 / 2 / 4, found), 12);
  });
});

it('a strict comparison fails for what is undecided, too', () => {
  for (const [verdict, usual, strict] of [
    ['worse', true, true],
    ['lost', true, true],
    ['undecided', false, true],
    ['unjudged', false, true],
    ['equivalent', false, false],
    ['better', false, false],
    ['equal', false, false],
  ] as const)
    expect([isRegression({ verdict }), isRegression({ verdict }, true)], verdict).toEqual([usual, strict]);
});

const isOpen = (verdict: string) => verdict === 'undecided' || verdict === 'equivalent';
const isBeyond = ({ value, error }: Estimate) => Math.abs(value) > error!;

/** Differences of recordings that differ in nothing but luck. */
function luck(seed: number, methods: number, common: number) {
  const draw = random(seed);
  const effects = [1, 2, 3].map(() => common * draw.normal());
  return Array.from(
    { length: methods },
    () => new Map(effects.map((effect, i) => [i + 1, effect + 0.001 * draw.normal()])),
  );
}

describe('the noise of many differences', () => {
  test.each([0, 0.0005, 0.005])('calls none beyond it in 19 of 20 cases (common %d)', (common) => {
    let wrong = 0;
    for (let i = 0; i < 400; i++) {
      const all = luck(i + 1, 40, common);
      const interval = differenceNoise(all);
      if (all.some((own) => isBeyond(interval(own)))) wrong++;
    }
    expect(wrong / 400).toBeLessThanOrEqual(0.05);
  });

  it('finds a difference that each alone would not show', () => {
    let [found, alone] = [0, 0];
    for (let i = 0; i < 100; i++) {
      const all = luck(i + 1, 40, 0);
      const worse = new Map([...all[0]].map(([seed, value]) => [seed, value - 0.01]));
      const { value, error } = differenceNoise([worse, ...all.slice(1)])(worse);
      if (value < -error!) found++;
      if (value < -meanInterval([...worse.values()], 1 - 0.05 / 40).error!) alone++;
    }
    expect(found).toBeGreaterThan(95);
    expect(alone).toBeLessThan(50);
  });
});

describe('test rows', () => {
  const labels = Uint8Array.from({ length: 400 }, (_, i) => Number(i % 4 === 0));

  /**
   * Two recordings of the same methods on the same rows, equal over all rows there could be: each has rows that it happens
   * to be good at (`apart`), all have rows that are hard, and seeds differ by `seeds`.
   */
  function scored(luck: number, { methods = ['robe'], apart = 1, seeds = 0.05, count = 3 } = {}) {
    const noise = random(luck);
    const side = (own: readonly number[][]) => {
      const kept = new Map<string, Float32Array>();
      const runs = methods.flatMap((method, m) =>
        Array.from({ length: count }, (_, seed) => {
          const scores = Float32Array.from(own[m], (x) => x + seeds * noise.normal());
          const { auc } = placements(scores, labels);
          const run = completedRun({ method, ratio: 16, seed: seed + 1, auc });
          kept.set(run.id, scores);
          return run;
        }),
      );
      return { runs, scores: { labels, of: (id: string) => kept.get(id) } };
    };
    const hard = [...labels].map((label) => 1.5 * label + noise.normal());
    const drawn = () => methods.map(() => hard.map((x) => x + apart * noise.normal()));
    return { a: side(drawn()), b: side(drawn()) };
  }
  type Side = ReturnType<typeof scored>['a'];
  const compared = ({ a, b }: { a: Side; b: Side }, onRows = true) =>
    changesOf(
      recordingPairs(comparison(a.runs), comparison(b.runs), onRows ? testRowsBetween(b, a) : undefined),
      0.001,
    );

  it('make an interval of both noises, B minus A, with the scores of each recording', () => {
    const { a, b } = scored(1);
    const [change] = compared({ a, b });
    const of = ({ runs, scores }: Side) => runs.map(({ id }) => placements(scores.of(id)!, labels));
    const found = difference(of(b), of(a));
    const ofSeeds = found.overBoth.standardError! ** 2 - found.shared;
    const noise = { ofSeeds, ofRows: found.shared, degrees: 2 };
    const oracle = { value: found.overBoth.value, error: halfWidth(0.025, noise) };
    expect(a.runs.map(({ id }) => id)).toEqual(b.runs.map(({ id }) => id)); // ids are of what was asked
    expect(change.difference!.value).toBeCloseTo(oracle.value, 12);
    expect(change.difference!.error).toBeCloseTo(oracle.error, 12);
    expect(change.difference!.value).toBeCloseTo(b.runs[0].quality.auc - a.runs[0].quality.auc, 1);
    const [without] = compared({ a, b }, false);
    expect(change.bySeeds).toEqual({ difference: without.difference, verdict: without.verdict });
    expect(without.bySeeds).toBeUndefined();
  });

  it.each([
    ['one method', ['robe'], 0.08],
    ['sixteen, whose noise is known together', Array.from({ length: 16 }, (_, i) => `m${i}`), 0.08],
  ])('keep luck with rows from being called a change: %s', (_, methods, most) => {
    let [both, seeds] = [0, 0];
    const times = methods.length === 1 ? 150 : 40;
    for (let i = 0; i < times; i++) {
      const changes = compared(scored(i + 1, { methods }));
      if (changes.some(({ verdict }) => !isOpen(verdict))) both++;
      if (changes.some(({ bySeeds }) => !isOpen(bySeeds!.verdict))) seeds++;
    }
    expect(both / times).toBeLessThanOrEqual(most);
    expect(seeds / times).toBeGreaterThan(0.5);
  });

  it('do not hide a change that is larger', () => {
    let found = 0;
    for (let i = 0; i < 50; i++) {
      const { a, b } = scored(i + 1, { apart: 0.3 });
      const good = b.scores;
      const noise = random(i);
      const spoilt = new Map(b.runs.map(({ id }) => [id, good.of(id)!.map((x) => x + 2 * noise.normal())]));
      const runs = b.runs.map((run) => completedRun({ method: 'robe', ratio: 16, seed: run.seed, auc: placements(spoilt.get(run.id)!, labels).auc })); // prettier-ignore
      const [{ verdict }] = compared({ a, b: { runs, scores: { labels, of: (id) => spoilt.get(id) } } });
      if (verdict === 'worse') found++;
    }
    expect(found).toBeGreaterThan(45);
  });

  it('count where both recordings have scores, of the same rows, that belong to their records', () => {
    const { a, b } = scored(1);
    const bySeedsAlone = compared({ a, b }, false);
    expect(testRowsBetween({}, a)).toBeUndefined();
    expect(testRowsBetween({ scores: { ...b.scores, labels: labels.toReversed() } }, a)).toBeUndefined();
    const strange = { ...b, scores: { labels, of: (id: string) => b.scores.of(id)!.toReversed() } };
    expect(compared({ a, b: strange })).toEqual(bySeedsAlone);
  });

  it('do not stand in for seeds: one common seed judges nothing', () => {
    expect(compared(scored(1, { count: 1 }))).toMatchObject([{ verdict: 'unjudged', bySeeds: undefined }]);
  });

  it('are in the noise of two methods of a recording as well', () => {
    const { a } = scored(1, { methods: ['robe', 'uniform'] });
    const keys = ['robe', 'uniform'].map((name) => seriesKey(a.runs.find(({ method }) => method === name)!));
    const [change] = pairOf(a.runs, [keys[0], keys[1]], testRowsOf(a));
    const of = (name: string) =>
      a.runs.filter(({ method }) => method === name).map(({ id }) => placements(a.scores.of(id)!, labels));
    const found = difference(of('uniform'), of('robe'));
    const ofSeeds = found.overBoth.standardError! ** 2 - found.shared;
    const noise = { ofSeeds, ofRows: found.shared, degrees: 2 };
    const oracle = { value: found.overBoth.value, error: halfWidth(0.025, noise) };
    expect(change.difference!.value).toBeCloseTo(oracle.value, 12);
    expect(change.difference!.error).toBeCloseTo(oracle.error, 12);
    expect(change.difference!.error).toBeGreaterThan(2 * change.bySeeds!.difference.error!);
  });
});

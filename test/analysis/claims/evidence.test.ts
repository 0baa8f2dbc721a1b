import { describe, expect, it } from 'vitest';
import type { PaperClaim } from '../../../analysis/claims/claim.ts';
import { evidenceFor, stateOf } from '../../../analysis/claims/evidence.ts';
import { answerOf, stateOver } from '../../../analysis/claims/over-recordings.ts';
import { settlementOf } from '../../../analysis/claims/settle.ts';
import { analyze } from '../../../analysis/recording.ts';
import { intervalOf, pairedDifference } from '../../../analysis/statistics/estimates.ts';
import type { CompletedRun, RunRecord } from '../../../results/record.ts';
import { completedRun, environment, infeasibleRun } from '../../reports/recordings.ts';

const claim: PaperClaim = {
  id: 'robe-four',
  paper: {
    key: 'paper',
    authors: 'A, B',
    year: 2020,
    venue: 'V',
    title: 'T',
    place: 'abstract',
    url: 'https://a.org',
  },
  says: 'At 4x, AUC is that of full tables.',
  method: 'robe',
  against: 'full',
  ratios: { from: 4, to: 4 },
  metric: 'auc',
  direction: 'no-loss',
  size: 0.001,
  data: { name: 'Planted', datasets: ['planted'], rows: 2_000_000, protocol: 'random' },
  model: { name: 'DLRM', models: ['dlrm'] },
};
const hashing = { against: 'hashing-trick', direction: 'gain', size: 0.002 } as const;

/** Without the best possible scores, the log counts as a real one. */
const logged = ({ quality, ...run }: CompletedRun): RunRecord => ({ ...run, quality: { ...quality, bestPossible: undefined } }); // prettier-ignore

/** Runs of `full`, of robe that much better, and of hashing, with a scatter of 0.0001; no test row is assumed to be noisy. */
function recordingOf(gain: number, change: (run: CompletedRun) => RunRecord = logged) {
  const scatter = [0, 1e-4, -1e-4];
  const runs = scatter.flatMap((noise, i) => {
    const at = (method: string, ratio: number, auc: number) =>
      change(completedRun({ method, ratio, seed: i + 1, auc }));
    return [
      at('full', 1, 0.76 + noise),
      at('robe', 4, 0.76 + gain + 2 * noise),
      at('hashing-trick', 4, 0.755 + noise),
      at('robe', 16, 0.75 + gain),
      at('hashing-trick', 16, 0.748 + noise),
    ];
  });
  const facts = { ...environment.data.facts, clickRate: undefined };
  return { environment: { ...environment, data: { ...environment.data, facts } }, runs };
}

function evidence(gain: number, asked: Partial<PaperClaim> = {}, change?: (run: CompletedRun) => RunRecord) {
  const recording = recordingOf(gain, change);
  return evidenceFor({ ...claim, ...asked }, analyze(recording).comparisons[0], recording);
}

describe('a claim of no loss', () => {
  it('is held, refuted or undecided by its interval', () => {
    expect(evidence(0.0005).state).toBe('held');
    expect(evidence(-0.003).state).toBe('refuted');
    expect(evidence(-0.001).state).toBe('undecided');
  });
});

describe('a claim of a gain', () => {
  it('is held where the gain is shown and its size is not excluded', () => {
    expect(evidence(-0.0028, hashing).state).toBe('held'); // .0022 above hashing
    expect(evidence(-0.004, hashing).state).toBe('refuted'); // above it, by less than claimed
    expect(stateOf(hashing, 0.001, 0.003)).toBe('held'); // shown, and the size is not excluded
    expect(stateOf(hashing, -0.001, 0.003)).toBe('undecided');
    expect(stateOf({ ...hashing, size: 0 }, 0.0001, 0.003)).toBe('held');
    expect(stateOf({ ...hashing, size: 0 }, -0.004, -0.0001)).toBe('refuted');
  });
});

describe('the interval of a claim', () => {
  it('is that of two methods by their own paired t test where nothing else is known', () => {
    // One budget of two methods: no other pair has a say.
    const recording = recordingOf(0.0005);
    const runs = recording.runs.filter(({ method, compression }) => method !== 'hashing-trick' && compression.requested < 16); // prettier-ignore
    const { intervals } = evidenceFor(claim, analyze({ ...recording, runs }).comparisons[0], recording);
    const of = (method: string) =>
      new Map(runs.flatMap((run) => (run.method === method && run.status === 'completed' ? [[run.seed, run.quality.auc]] : []))); // prettier-ignore
    const alone = intervalOf(pairedDifference(of('robe'), of('full'))!);
    expect(intervals).toHaveLength(1);
    expect(intervals[0].value).toBeCloseTo(alone.value, 12);
    expect(intervals[0].error).toBeCloseTo(alone.error!, 10);
  });

  it('is wider where a claim has several budgets, of which one refutes it and a mean needs all', () => {
    const [one] = evidence(0.0005).intervals;
    const wide = evidence(0.0005, { ratios: { from: 2, to: 64 } });
    expect(wide.intervals.map(({ requested, state }) => [requested, state])).toEqual([
      [4, 'held'],
      [16, 'refuted'],
    ]);
    expect(wide.intervals[0].error).toBeGreaterThan(one.error * 1.1);
    expect(wide.state).toBe('refuted');
    expect(evidence(0.0005, { ratios: { from: 2, to: 64 }, over: 'mean' }).state).toBe('undecided');
  });

  it('is not held by the budgets that have numbers, where a layer is infeasible at another', () => {
    const infeasible = (run: CompletedRun) =>
      run.method === 'robe' && run.compression.requested === 16
        ? infeasibleRun({ method: 'robe', ratio: 16, seed: run.seed })
        : logged(run);
    const { state, intervals, departures } = evidence(0.0005, { ratios: { from: 2, to: 64 } }, infeasible);
    expect(intervals.map(({ requested, state }) => [requested, state])).toEqual([[4, 'held']]);
    expect(state).toBe('undecided');
    expect(departures.at(-1)).toEqual({ kind: 'without', ratios: [16] });
    expect(evidence(-0.003, { ratios: { from: 2, to: 64 } }, infeasible).state).toBe('refuted');
  });

  it('says nothing against a method whose layer is smaller than the claim, nor for one whose layer is larger', () => {
    const reaching = (method: string, achieved: number) => (run: CompletedRun) =>
      logged(run.method === method ? { ...run, compression: { ...run.compression, achieved } } : run);
    // A tenth from the range still meets it.
    expect(evidence(-0.003, {}, reaching('robe', 4.3)).state).toBe('refuted');
    const { state, intervals, departures } = evidence(-0.003, {}, reaching('robe', 6));
    expect([state, intervals[0].state]).toEqual(['undecided', 'undecided']);
    expect(departures.at(-1)).toEqual({ kind: 'ratio', method: 'robe', requested: 4, reached: 6 });
    expect(evidence(0.0005, {}, reaching('robe', 6)).state).toBe('held');
    expect(evidence(0.0005, {}, reaching('robe', 3)).state).toBe('undecided');
    expect(evidence(-0.003, {}, reaching('robe', 3)).state).toBe('refuted');
    // A smaller layer of the other method favours this one: it may refute the gain, and not hold it.
    expect(evidence(-0.0028, hashing, reaching('hashing-trick', 6)).state).toBe('undecided');
    expect(evidence(-0.004, hashing, reaching('hashing-trick', 6)).state).toBe('refuted');
    expect(evidence(-0.004, hashing, reaching('hashing-trick', 3)).state).toBe('undecided');
    expect(evidence(-0.0028, hashing, reaching('hashing-trick', 3)).state).toBe('held');
  });

  it('takes the layers of all seeds, and those of two methods beside one another', () => {
    const reaching = (of: (run: CompletedRun) => number | undefined) => (run: CompletedRun) =>
      logged({ ...run, compression: { ...run.compression, achieved: of(run) ?? run.compression.achieved } });
    const one = reaching(({ method, seed }) => (method === 'robe' && seed === 2 ? 6 : undefined));
    expect(evidence(-0.003, {}, one).state).toBe('undecided');
    // Both lie within 2x to 8x.
    const range = { ...hashing, ratios: { from: 2, to: 8 } };
    const unlike = (robe: number, other: number) =>
      reaching(({ method }) => ({ robe, 'hashing-trick': other })[method]);
    expect(evidence(-0.004, range, unlike(7, 4)).state).toBe('undecided');
    expect(evidence(-0.0028, range, unlike(7, 4)).state).toBe('held');
    expect(evidence(-0.0028, range, unlike(4, 7)).state).toBe('undecided');
    expect(evidence(-0.004, range, unlike(4, 7)).state).toBe('refuted');
    const reached = evidence(-0.004, range, unlike(4, 7)).departures.filter(({ kind }) => kind === 'ratio');
    expect(reached).toEqual([
      { kind: 'ratio', method: 'robe', requested: 4, reached: 4 },
      { kind: 'ratio', method: 'hashing-trick', requested: 4, reached: 7 },
    ]);
    // Both miss the claim on the same side.
    for (const gain of [-0.004, -0.0028])
      expect(evidence(gain, hashing, unlike(6, 6)).state).toBe('undecided');
  });

  it('turns the sign of logloss, and counts test rows for accuracy and logloss as well', () => {
    // A lower logloss goes with a higher AUC in these records.
    expect(evidence(-0.0028, { ...hashing, size: 0, metric: 'logloss' }).intervals[0].value).toBeCloseTo(0.9 * 0.0022, 8); // prettier-ignore
    const [accuracy] = evidence(0, { metric: 'accuracy' }).intervals;
    expect(accuracy.value).toBe(0);
    // All runs have the same accuracy: what is left is the assumed share of 0.77 (1 - 0.77) over 100,000 rows.
    expect(accuracy.error / 1.96).toBeCloseTo(Math.sqrt((0.06 * 0.77 * 0.23) / 100_000), 6);
  });
});

describe('a claim that is not tested', () => {
  const reasonOf = (asked: Partial<PaperClaim>, change?: (run: CompletedRun) => RunRecord) => {
    const { state, reason } = evidence(0, asked, change);
    expect(state).toBe('not tested');
    return reason;
  };

  it('says the reason', () => {
    expect(reasonOf({ metric: 'other' })).toMatch(/^metric/);
    expect(reasonOf({ untestable: 'codebooks train on here' })).toBe('method: codebooks train on here');
    expect(reasonOf({ data: { name: 'Criteo', datasets: ['criteo'] } })).toMatch(/^data: planted, the paper's is Criteo$/); // prettier-ignore
    expect(reasonOf({ model: { name: 'DCN', models: ['dcn'] } })).toMatch(
      /^model: dlrm, the paper's is DCN$/,
    );
    expect(reasonOf({ ratios: { from: 2, to: 2 } })).toMatch(/^ratio/);
    expect(reasonOf({ method: 'lma' })).toMatch(/^method: lma is not/);
    expect(reasonOf({}, (run) => run)).toMatch(/^data: planted is generated$/);
    expect(reasonOf({}, (run) => (run.method === 'robe' && run.seed === 2 ? infeasibleRun({ method: 'robe', ratio: run.compression.requested, seed: 2 }) : logged(run)))).toMatch(/^seeds/); // prettier-ignore
  });

  it('never picks a variant by its scores', () => {
    const variants = (run: CompletedRun) => logged({ ...run, options: run.method === 'robe' && run.compression.requested === 16 ? { z: 2 } : {} }); // prettier-ignore
    expect(reasonOf({}, variants)).toMatch(/^variant/);
  });
});

describe('what stands beside a claim', () => {
  it('is each departure from the paper', () => {
    expect(evidence(0).departures).toEqual([
      { kind: 'sample', rows: 1_000_000, of: 2_000_000 },
      { kind: 'split', here: 'temporal', paper: 'random' },
    ]);
    expect(evidence(0, { epochs: 10 }).departures.at(-1)).toEqual({ kind: 'epochs', here: 1, paper: 10 });
    expect(evidence(0, { epochs: 1 }).departures).toHaveLength(2);
    const any = {
      data: { name: 'logs', datasets: 'any' },
      model: { name: 'models', models: 'any' },
    } as const;
    expect(evidence(0, any).departures.map(({ kind }) => kind)).toEqual(['data', 'model']);
  });

  it('is what would settle it: fewer seeds for a larger difference', () => {
    const recording = recordingOf(0);
    const [comparison] = analyze(recording).comparisons;
    const seeds = (size: number) => settlementOf({ ...claim, size }, { comparison, recording }).seeds;
    expect(seeds(0.01)).toBe(3);
    expect(seeds(0.002)!).toBeGreaterThan(3);
    expect(seeds(0.0001)).toBeUndefined();
    // All budgets of a claim share its 5 %: four of them take more seeds than one.
    const ofRange = (from: number, to: number) => settlementOf({ ...claim, size: 0.002, ratios: { from, to } }, { comparison, recording }).seeds!; // prettier-ignore
    expect(ofRange(4, 256)).toBeGreaterThan(ofRange(16, 16));
    const alone = settlementOf({
      ...claim,
      data: { name: 'Criteo', datasets: ['criteo'], rows: 45_840_617 },
    });
    expect(alone).toMatchObject({ dataset: 'criteo', model: 'dlrm', ratios: [4], testRows: 3_274_329 });
    expect(alone.seeds).toBeGreaterThan(10);
    expect(settlementOf({ ...claim, data: { name: 'private', datasets: [] } }).dataset).toBeUndefined();
  });

  it('is the answer of other recordings, never pooled', () => {
    const recording = recordingOf(0.0005);
    expect(answerOf(claim, analyze(recording).comparisons, recording)!.state).toBe('held');
    expect(stateOver([{ state: 'held' }, { state: 'undecided' }])).toBe('held');
    expect(stateOver([{ state: 'held' }, { state: 'refuted' }])).toBe('disputed');
    expect(stateOver([{ state: 'not tested' }])).toBe('not tested');
  });
});

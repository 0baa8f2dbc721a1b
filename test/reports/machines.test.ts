import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { analyze } from '../../analysis/recording.ts';
import { planOf } from '../../analysis/power/plan.ts';
import { markdownTable } from '../../reports/markdown-table.ts';
import type { Download } from '../../reports/page/downloads.ts';
import { pageView } from '../../reports/page/page-view.ts';
import { renderReport } from '../../reports/report.ts';
import { summaryJson } from '../../reports/summary-json.ts';
import { checkOfRun } from '../../results/check-record.ts';
import type { Environment } from '../../results/environment.ts';
import { machineText } from '../../results/hardware.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { changeLines } from '../../scripts/results/change-lines.ts';
import { comparisonLines } from '../../scripts/results/comparison-lines.ts';
import { changesOfMethods } from '../../scripts/results/recorded-changes.ts';
import { environment as first, plausibleRecording } from './recordings.ts';

/** Recordings whose runs two kinds of machines made. */

const second: Environment = { ...first, cpu: 'Other 1', cpus: 4, memoryBytes: 8e9 };
const own = machineText(first);
const other = machineText(second);
const environment: Environment = { ...first, machines: [second] };

/** Every number that is of time, times `factor`. */
function atSpeed(run: RunRecord, factor: number): RunRecord {
  const seconds = run.seconds * factor;
  if (run.status !== 'completed') return { ...run, seconds };
  const times = ({ median, mad, count }: { median: number; mad: number; count: number }) => ({
    ...{ median: median * factor, mad: mad * factor, count },
  });
  const { trainSamplesPerSecond, inferenceSamplesPerSecond, lookupsPerSecond } = run.speed;
  return {
    ...{ ...run, seconds },
    speed: {
      trainSamplesPerSecond: times(trainSamplesPerSecond),
      inferenceSamplesPerSecond: times(inferenceSamplesPerSecond),
      lookupsPerSecond: times(lookupsPerSecond),
    },
    stages: [{ name: 'training', seconds: factor * (10 + run.seed), samples: 800_000, steps: 1 }],
  };
}

/** The methods of the recordings: pages of more take longer to draw. */
const few = ['full', 'robe', 'hashing-trick', 'mixed-dimension'];

/** Runs that `isOther` were made on the second machine, `factor` times as fast. */
function mixed(isOther: (run: RunRecord, place: number) => boolean, factor = 1, seeds = 3): Recording {
  const runs = plausibleRecording(seeds)
    .runs.filter(({ method }) => few.includes(method))
    .map((run, i) =>
      isOther(run, i) ? { ...atSpeed(run, factor), machine: other } : { ...atSpeed(run, 1), machine: own },
    );
  return { environment, runs };
}
const everyThird = (_: RunRecord, i: number) => i % 3 === 1;

/** All that is read of a recording beside its raw records, and the time that it took in all. */
async function shown(recording: Recording): Promise<string> {
  const { downloads, machine, ...view } = await pageView(recording);
  const [comparison] = analyze(recording).comparisons;
  return JSON.stringify([
    view,
    machine.filter(({ name }) => name !== 'time of all runs'),
    summaryJson(recording),
    markdownTable(recording, { costs: true }),
    comparisonLines(recording),
    changeLines(changesOfMethods({ name: 'x', recording }, ['robe', 'hash'])),
    planOf(recording, comparison, { difference: 0.001 }),
    downloads.length,
  ]).replaceAll(/-clip\d+/g, '-clip');
}

/** Both texts around the place where they begin to differ; empty if they are equal. */
function firstDifference(a: string, b: string): string {
  if (a === b) return '';
  const place = [...a].findIndex((letter, i) => letter !== b[i]);
  return [a, b].map((text) => text.slice(Math.max(0, place - 150), place + 80)).join('\n');
}

test('no number of a report, table, figure, JSON or line depends on speeds of the machine that is left out', async () => {
  for (const isOther of [everyThird, ({ method }: RunRecord) => method === 'robe']) {
    const fast = await shown(mixed(isOther, 1000));
    expect(firstDifference(fast, await shown(mixed(isOther, 0.001)))).toBe('');
    expect(fast).toContain(`on ${own} alone.`);
  }
}, 60_000);

test('speeds are those of the machine with most runs, whichever began the recording', () => {
  const { machines } = analyze(mixed((_, i) => i % 3 !== 1));
  expect([machines.timed, [...machines.runsOf.keys()]]).toEqual([other, [own, other]]);
  expect(analyze(mixed(() => false)).machines.runsOf.size).toBe(1);
});

test('a method without runs on that machine has quality and no speed', async () => {
  const recording = mixed(({ method }) => method === 'robe');
  const rows = analyze(recording).comparisons[0].rows.filter(({ series }) => series.method === 'robe');
  for (const row of rows)
    expect(row).toMatchObject({
      estimates: { auc: { count: 3 }, inferenceSpeed: undefined, trainSpeed: undefined },
      trainSeconds: undefined,
      timedRuns: [],
    });
  const html = await renderReport(recording);
  expect(html).toContain('2 kinds of machines made these runs.');
  // The figures of speeds do not name it; those of quality do.
  const { comparisons } = await pageView(recording);
  const drawn = (some: readonly unknown[]) => JSON.stringify(some);
  expect(drawn(comparisons[0].figures!.throughput)).not.toContain('robe');
  expect(drawn(comparisons[0].figures!.speed)).not.toContain('robe');
  expect(drawn(comparisons[0].figures!.quality)).toContain('robe');
});

test('all runs of a figure on the other machine: no figure of speeds', async () => {
  const { runs } = mixed(() => true);
  const { comparisons } = await pageView({ environment, runs });
  // One machine made all runs, so that its speeds are shown.
  expect(comparisons[0].figures!.throughput).toHaveLength(2);
  const stray = { ...runs[0], machine: 'Third 3' };
  expect(() => analyze({ environment, runs: [...runs.slice(1), stray] })).toThrow(
    /other hardware \(Third 3\)/,
  );
});

test('one kind of machine: the page says nothing of machines, and has the same bytes as before', async () => {
  const { runs } = plausibleRecording(3);
  const named = runs.map((run) => ({ ...run, machine: own }));
  const plain = await renderReport({ environment: first, runs });
  const known = await renderReport({ environment: first, runs: named });
  const withoutFiles = (html: string) => html.replace(/href="data:[^"]*"/g, '');
  expect(withoutFiles(known)).toBe(withoutFiles(plain));
  expect(plain).not.toMatch(/kinds of machines|<h3>Machines/);
  expect(comparisonLines({ environment: first, runs: named })).toEqual(
    comparisonLines({ environment: first, runs }),
  );
});

test('the check run says how much AUC moves between machines, beside the noise of seeds', async () => {
  const recording = mixed(everyThird, 1, 5);
  const full = recording.runs.find(({ method, seed }) => method === 'full' && seed === 1)!;
  if (full.status !== 'completed') throw new Error('it has no number');
  const moved = { ...full, quality: { ...full.quality, auc: full.quality.auc - 0.000021 } };
  const checked = { ...recording, checks: [checkOfRun(moved, other)] };
  const { moved: found } = analyze(checked);
  expect(found).toHaveLength(1);
  expect(found[0].difference).toBeCloseTo(0.000021, 12);
  const aucs = recording.runs.flatMap((run) =>
    run.method === 'full' && run.status === 'completed' ? [run.quality.auc] : [],
  );
  const mean = aucs.reduce((a, b) => a + b) / 5;
  const deviation = Math.sqrt(aucs.reduce((sum, auc) => sum + (auc - mean) ** 2, 0) / 4);
  expect(found[0].seeds).toEqual({ count: 5, deviation: expect.closeTo(deviation, 12) as number });
  const sentence = `Test AUC of full 1x seed 1 moved by 0.000021 between them; its 5 seeds have a standard deviation of ${deviation.toFixed(6)}.`;
  expect(await renderReport(checked)).toContain(sentence);
  expect(comparisonLines(checked).at(-1)).toContain(sentence);
  expect(comparisonLines(recording).at(-1)).toContain(
    'By how much is not known: no run was made on two of them.',
  );
  const same = { ...recording, checks: [checkOfRun(full, other)] };
  expect(comparisonLines(same).at(-1)).toContain(
    'full 1x seed 1 is the same on all of them to the last digit;',
  );
  const hardly = { ...full, quality: { ...full.quality, auc: full.quality.auc - 3e-9 } };
  const close = { ...recording, checks: [checkOfRun(hardly, other)] };
  expect(comparisonLines(close).at(-1)).toContain('full 1x seed 1 moved by 3.0e-9 between them;');
  expect(summaryJson(checked).machines?.moved).toMatchObject([{ run: full.id }]);
});

const csvOf = (downloads: readonly Download[]) =>
  gunzipSync(
    Buffer.from(downloads.find(({ file }) => file.startsWith('runs.csv'))!.href.split(',')[1], 'base64'),
  )
    .toString()
    .split('\n');

test('the table of runs has the machine of each where there are several', async () => {
  const recording = mixed(everyThird);
  const lines = csvOf((await pageView(recording)).downloads);
  expect(lines[0]).toMatch(/,machine$/);
  for (const machine of [own, other])
    expect(lines.filter((one) => one.includes(machine))).toHaveLength(
      recording.runs.filter((run) => run.machine === machine).length,
    );
  const one = csvOf((await pageView({ ...mixed(() => false), environment: first })).downloads);
  expect(one[0]).not.toContain('machine');
});

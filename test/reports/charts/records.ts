import type { TopLevelSpec } from 'vega-lite';
import { throughputBarsChart } from '../../../reports/charts/throughput-bars.ts';
import { frequencyChart } from '../../../reports/charts/frequency.ts';
import { learningChart, learningDomain } from '../../../reports/charts/learning.ts';
import { qualityChart } from '../../../reports/charts/quality.ts';
import { speedChart } from '../../../reports/charts/speed.ts';
import { gapDomain, gapLanes, gapsChart } from '../../../reports/charts/gaps.ts';
import { noiseAmong } from '../../../analysis/recording.ts';
import { rankings } from '../../../analysis/verdicts/ranking.ts';
import { throughputChart } from '../../../reports/charts/throughput.ts';
import { type Series, seriesOf } from '../../../analysis/summary/series.ts';
import { highlightedKeys } from '../../../analysis/summary/highlighted.ts';
import { type CompletedRow, isCompleted } from '../../../analysis/summary/rows.ts';
import { summarize } from '../../../analysis/summary/summary.ts';
import { throughputGroups } from '../../../analysis/throughput/groups.ts';
import type { RunRecord } from '../../../results/record.ts';
import { catalogueRecording, plausibleRecording } from '../recordings.ts';
import { plausibleThroughput } from '../throughput-recordings.ts';

export interface Drawable {
  readonly name: string;
  readonly title: string;
  readonly series: ReadonlyMap<string, Series>;
  readonly specOf: (width: number) => TopLevelSpec;
  readonly widths: readonly number[];
}

/** Adds invented scores by frequency: a method loses less on ids that training has seen more often. */
export function withFrequencies(runs: readonly RunRecord[]): RunRecord[] {
  return runs.map((run) => {
    if (run.status !== 'completed') return run;
    const ratio = Math.log2(run.compression.requested);
    const byFrequency = (['tail', 'torso', 'head'] as const).map((group, place) => ({
      group,
      rows: 33_333,
      clicks: 8_500 - 100 * place,
      seen: { least: place === 0 ? 0 : 10 ** place, most: 10 ** (place + 1) - 1 },
      auc:
        run.quality.auc - (0.02 + 0.0015 * ratio) * (1 - place / 2) + 0.0004 * ((run.seed * 7 + place) % 3),
      logloss: run.quality.logloss + 0.01 * (1 - place / 2),
    }));
    return { ...run, quality: { ...run.quality, byFrequency } };
  });
}

/** Every kind of chart, of few methods and of many. */
export function drawables(): Drawable[] {
  return [
    ...ofRuns('few', withFrequencies(plausibleRecording().runs)),
    ...ofRuns('many', withFrequencies(catalogueRecording().runs)),
    ...ofThroughput(),
  ];
}

export function ofRuns(name: string, runs: readonly RunRecord[]): Drawable[] {
  const series = seriesOf(runs, highlightedKeys(summarize(runs, seriesOf(runs))));
  const rows = summarize(runs, series).filter(isCompleted);
  const full = rows.find((row) => row.requested === 1)!;
  const budget = rows.find((row) => row.requested > 4)?.requested ?? rows.at(-1)!.requested;
  const atBudget = rows.filter((row) => row.requested === budget);
  const withFull = [full, ...atBudget];
  const named = (all: readonly CompletedRow[]) => all.filter((row) => !row.series.muted);
  const summarized = summarize(runs, series);
  const ranked = rankings(summarized, noiseAmong(summarized), 0.001);
  const domain = learningDomain(named(withFull));
  const chart = (kind: string, title: string, widths: number[], specOf: Drawable['specOf']): Drawable => ({
    ...{ name: `${name}-${kind}`, title: `${title}, ${name} methods` },
    ...{ series, widths, specOf },
  });
  return [
    chart('gaps', 'Differences to the leader', [350], (width) => {
      const lanes = gapLanes(ranked[1] ?? ranked[0], [
        { row: full, label: 'full', gap: { value: -0.002, error: 0.001, count: 3 } },
      ]);
      return gapsChart({ lanes, margin: 0.001, domain: gapDomain(lanes, 0.001) }, width);
    }),
    chart('auc', 'AUC against bytes', [540, 350], (width) =>
      qualityChart({ metric: 'auc', rows, bestPossible: 0.7702 }, width),
    ),
    chart('logloss', 'Logloss against bytes', [540], (width) =>
      qualityChart({ metric: 'logloss', rows, bestPossible: undefined }, width),
    ),
    chart('speed', 'AUC against training speed', [350], (width) =>
      speedChart({ metric: 'trainSpeed', rows: withFull }, width),
    ),
    chart('throughput', 'Training speed', [540], (width) =>
      throughputChart({ metric: 'trainSpeed', rows: named(withFull) }, width),
    ),
    chart('frequency', 'Change of AUC by frequency of ids', [350], (width) =>
      frequencyChart({ rows: atBudget, full }, width)!,
    ),
    chart('learning', 'Learning curves', [350], (width) => learningChart({ rows: withFull, domain }, width)),
  ];
}

function ofThroughput(): Drawable[] {
  const records = plausibleThroughput();
  const series = seriesOf(records.filter((record) => record.kind === 'method'));
  const [group] = throughputGroups(records);
  return (['train', 'inference'] as const).map((work) => ({
    ...{ name: `throughput-bars-${work}`, title: `Throughput suite, ${work}`, series, widths: [540] },
    specOf: (width) => throughputBarsChart({ work, group, series }, width),
  }));
}

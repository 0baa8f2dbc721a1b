import { from } from 'arquero';
import {
  isUnderspent,
  maxBytesWithKeys,
  maxServingBytes,
  shareSpent,
} from '../../analysis/summary/budget-spent.ts';
import { budgetSpent, bytesWithKeys } from '../../results/counted-bytes.ts';
import { machineOfRun, machinesOf } from '../../results/hardware.ts';
import { practiceOf } from '../../analysis/comparisons/practice.ts';
import { approximationOf } from '../../analysis/comparisons/exact-training.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import type { ThroughputRecord } from '../../results/throughput-record.ts';
import { metricNames } from '../../analysis/summary/metrics.ts';
import { type SummaryRow, isCompleted, rowIntervals } from '../../analysis/summary/rows.ts';
import { type PackedFile, packedFile } from './packed-file.ts';

/** A file inside the page, and its content in words. */
export interface Download extends PackedFile {
  readonly words: string;
}

/** Larger records would outweigh the report: they lie beside it. */
const embeddedBytes = 250_000;

/** The records as JSON lines: whole where they are small, else without the learning curves, else not at all. */
export function recordsDownload({ runs, throughput = [] }: Recording): Download | undefined {
  if (runs.length === 0 && throughput.length > 0) return undefined;
  const sorted = inOrder(runs);
  const whole = download('runs.jsonl', 'all run records (JSON lines)', jsonLines(sorted));
  if (whole.bytes <= embeddedBytes) return whole;
  const short = jsonLines(sorted.map((run) => (run.status === 'completed' ? { ...run, curve: [] } : run)));
  const words = 'all run records, without learning curves (JSON lines)';
  return unlessTooLarge(download('runs.jsonl', words, short));
}

/** A line for every run, numbers in full, without lists; undefined if that is too much. */
export function runsTableDownload({ runs, environment }: Recording): Download | undefined {
  if (runs.length === 0) return undefined;
  // Numbers of several machines stand beside the name of each.
  const several = machinesOf(environment).length > 1;
  const lines = inOrder(runs).map((run) => ({
    ...flatRun(run),
    ...(several && { machine: machineOfRun(environment, run) }),
  }));
  return unlessTooLarge(download('runs.csv', 'all runs as CSV', from(lines).toCSV()));
}

function unlessTooLarge(file: Download): Download | undefined {
  return file.bytes > embeddedBytes ? undefined : file;
}

function inOrder<R extends RunRecord | ThroughputRecord>(records: readonly R[]): R[] {
  return records.toSorted((a, b) => (a.startedAt + a.id < b.startedAt + b.id ? -1 : 1));
}

const trainingKinds = [
  ...(['tableBytes', 'networkBytes', 'stateBytes', 'gradientBytes', 'rowGradientBytes'] as const),
  ...(['layerBytes', 'otherBytes'] as const),
];

/** Every line has the same names in the same order: the first line decides the columns. */
function flatRun(run: RunRecord) {
  const done = run.status === 'completed' ? run : undefined;
  return {
    id: run.id,
    method: run.method,
    options: JSON.stringify(run.options),
    requestedCompression: run.compression.requested,
    counted: run.count ?? 'bytes',
    seed: run.seed,
    learningRate: run.learningRate,
    epochs: run.epochs,
    batchSize: run.batchSize,
    optimizer: run.optimizer,
    ...approximationOf(run),
    ...practiceOf(run),
    backend: run.backend,
    threads: run.threads,
    status: run.status,
    achievedCompression: done?.compression.achieved,
    parameters: done?.size.parameters,
    servingBytes: done?.size.servingBytes,
    keys: done?.size.keys,
    servingBytesWithKeys: done && bytesWithKeys(done),
    ...spent(done && budgetSpent(done)),
    trainingBytes: done?.size.trainingBytes,
    auc: done?.quality.auc,
    logloss: done?.quality.logloss,
    accuracy: done?.quality.accuracy,
    validationAuc: done?.quality.validation.auc,
    validationLogloss: done?.quality.validation.logloss,
    trainSamplesPerSecond: done?.speed.trainSamplesPerSecond.median,
    inferenceSamplesPerSecond: done?.speed.inferenceSamplesPerSecond.median,
    lookupsPerSecond: done?.speed.lookupsPerSecond.median,
    peakRssBytes: done?.memory.peakRssBytes,
    ...Object.fromEntries(
      trainingKinds.map((kind) => [`${kind}InTraining`, done?.memory.training?.measured[kind]]),
    ),
    seconds: run.seconds,
    error: run.status === 'completed' ? undefined : run.error,
  };
}

/** The records of a throughput measurement as JSON lines; they are small. */
export function throughputDownload(records: readonly ThroughputRecord[]): Download | undefined {
  if (records.length === 0) return undefined;
  return download('throughput.jsonl', 'all throughput records (JSON lines)', jsonLines(inOrder(records)));
}

/** The table of a comparison, numbers in full. */
export function tableDownload(rows: readonly SummaryRow[], id: string): Download {
  const lines = rows.map((row) => ({
    method: row.series.method,
    options: JSON.stringify(row.series.options),
    requestedCompression: row.requested,
    learningRate: isCompleted(row) ? row.runs[0].learningRate : undefined,
    status: row.status,
    achievedCompression: isCompleted(row) ? row.achieved : undefined,
    seeds: isCompleted(row) ? row.runs.length : 0,
    ...Object.fromEntries(
      metricNames.map((name) => [name, isCompleted(row) ? row.estimates[name]?.value : undefined]),
    ),
    servingBytes: isCompleted(row) ? maxServingBytes(row) : undefined,
    servingBytesWithKeys: isCompleted(row) ? maxBytesWithKeys(row) : undefined,
    ...spent(isCompleted(row) ? shareSpent(row) : undefined),
    aucInterval: isCompleted(row) ? row.estimates.auc.error : undefined,
    aucChange: isCompleted(row) ? row.change?.value : undefined,
    aucChangeInterval: isCompleted(row) ? row.change?.error : undefined,
    aucChangeRowsInterval: isCompleted(row) ? rowIntervals(row)?.rows.error : undefined,
    aucChangeSeedsAndRowsInterval: isCompleted(row) ? rowIntervals(row)?.both.error : undefined,
    trainingSeconds: isCompleted(row) ? row.trainSeconds?.value : undefined,
    error: isCompleted(row) ? undefined : row.error,
  }));
  return download(`${id}.csv`, 'this table as CSV', from(lines).toCSV());
}

/** A share of the budget, and true if much of the budget is unused. */
function spent(share: number | undefined) {
  return {
    budgetSpent: share,
    underspent: share === undefined ? undefined : isUnderspent(share),
  };
}

function jsonLines(runs: readonly (RunRecord | ThroughputRecord)[]): string {
  return runs.map((run) => `${JSON.stringify(run)}\n`).join('');
}

function download(file: string, words: string, text: string): Download {
  return { words, ...packedFile(file, text) };
}

import { UserError } from '../../base/user-error.ts';
import { sum } from '../../base/sum.ts';
import { machineOfRun } from '../../results/hardware.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { median } from '../../analysis/statistics/estimates.ts';

/** The costs of a method at one number of training rows. */
export interface Measured {
  readonly rows: number;
  /** Seconds of training a sample, all stages. */
  readonly seconds: number;
  /** Samples of all stages by training rows. */
  readonly passes: number;
  readonly peakBytes: number;
}

export interface Growth {
  readonly method: string;
  readonly compression: number;
  readonly dim: number;
  /** Measurements by rising rows. */
  readonly measured: readonly Measured[];
}

/**
 * The costs of methods at several numbers of rows, from recordings of one machine. Throws a UserError if runs are of several machines, threads
 * or backends: their speeds are never compared.
 */
export function growthOf(
  recordings: readonly { readonly name: string; readonly recording: Recording }[],
): Growth[] {
  const places = new Map<string, string>();
  const groups = new Map<string, CompletedRun[]>();
  for (const { name, recording } of recordings)
    for (const run of recording.runs) {
      if (run.status !== 'completed' || run.reference !== undefined || run.stages === undefined) continue;
      const { method, options, compression, dim, model, batchSize, optimizer, threads } = run;
      places.set(`${machineOfRun(recording.environment, run)}, ${threads} threads`, name);
      const key = JSON.stringify([
        ...[method, options, compression.requested, dim, model, batchSize, optimizer],
      ]);
      groups.set(key, [...(groups.get(key) ?? []), run]);
    }
  if (places.size > 1)
    throw new UserError(
      `${[...places.values()].join(', ')}: made on several machines (${[...places.keys()].join('; ')}); speeds are compared on one alone`,
    );
  return [...groups.values()]
    .map((runs) => ({
      ...{ method: runs[0].method, compression: runs[0].compression.requested, dim: runs[0].dim },
      measured: [...new Set(runs.map(({ dataset }) => dataset.rows.train))]
        .sort((a, b) => a - b)
        .map((rows) =>
          measuredAt(
            rows,
            runs.filter(({ dataset }) => dataset.rows.train === rows),
          ),
        ),
    }))
    .filter(({ measured }) => measured.length > 1);
}

function measuredAt(rows: number, runs: readonly CompletedRun[]): Measured {
  const samplesOf = (run: CompletedRun) => sum(run.stages!.map(({ samples }) => samples));
  const secondsOf = (run: CompletedRun) => sum(run.stages!.map(({ seconds }) => seconds));
  return {
    rows,
    seconds: median(runs.map((run) => secondsOf(run) / samplesOf(run))),
    passes: median(runs.map((run) => samplesOf(run) / rows)),
    peakBytes: Math.max(...runs.map(({ memory }) => memory.peakRssBytes)),
  };
}

/** Hours of training on more rows. */
export interface Hours {
  /** Hours if a sample costs what it does at the largest measurement. */
  readonly least: number;
  /** Hours if that grows on as it grew with the logarithm of rows (least squares over all measurements), and does not fall. */
  readonly grown: number;
}

export function hoursOn(rows: number, { measured }: Growth): Hours {
  const last = measured.at(-1)!;
  const x = measured.map((one) => Math.log10(one.rows));
  const y = measured.map(({ seconds }) => seconds);
  const [meanX, meanY] = [x, y].map((values) => sum(values) / values.length);
  const slope =
    sum(x.map((value, i) => (value - meanX) * (y[i] - meanY))) / sum(x.map((value) => (value - meanX) ** 2));
  const grown = last.seconds + Math.max(0, slope) * (Math.log10(rows) - Math.log10(last.rows));
  const hours = (seconds: number) => (seconds * rows * last.passes) / 3600;
  return { least: hours(last.seconds), grown: hours(grown) };
}

import { sum } from '../../base/sum.ts';
import { bytesWithKeys } from '../../results/counted-bytes.ts';
import type { CompletedRun } from '../../results/record.ts';
import { type Estimate, median, medianAbsoluteDeviation } from '../statistics/estimates.ts';
import type { Metric } from './metrics.ts';
import { passesOf } from './passes.ts';
import { trainingSeconds } from './training-time.ts';

/** A measured quantity that older records may lack: undefined if no run of a row has it. */
export interface Cost extends Pick<Metric, 'better' | 'slack'> {
  /** True if the machine decides it, as in `Metric`. */
  readonly timed?: true;
  readonly summarize: (runs: readonly CompletedRun[]) => Estimate | undefined;
}

export type CostName = keyof typeof costs;

/**
 * Costs of a method beside the metrics that every record has (inference speed, serving bytes). Whoever chooses by a cost takes it
 * from here or from `metrics`: both state which direction is better.
 */
export const costs = {
  /** Passes over the training part, all stages together. */
  passes: { better: 'lower', slack: 0.05, summarize: typical(passesOf) },
  /** Seconds of all stages and of the work between them. */
  trainSeconds: { better: 'lower', slack: 0, timed: true, summarize: trainingSeconds },
  /** Bytes that training holds in the stage that holds most: tables, network, optimizer, gradients, saved activations. */
  trainingMemory: { better: 'lower', slack: 0.05, summarize: largest(memoryOf) },
  /** Serving bytes and keys, whether the budget counts keys or not. */
  bytesWithKeys: { better: 'lower', slack: 0.05, summarize: largest(bytesWithKeys) },
} as const satisfies Record<string, Cost>;

export const costNames = Object.keys(costs) as CostName[];

/** `timedRuns`: as in `estimatesOf`. */
export function costsOf(
  runs: readonly CompletedRun[],
  timedRuns: readonly CompletedRun[] = runs,
): Record<CostName, Estimate | undefined> {
  const entries = costNames.map((name) => {
    const { timed, summarize }: Cost = costs[name];
    return [name, summarize(timed ? timedRuns : runs)];
  });
  return Object.fromEntries(entries) as Record<CostName, Estimate | undefined>;
}

function memoryOf({ memory }: CompletedRun): number | undefined {
  return memory.training && sum(Object.values(memory.training.measured));
}

function typical(of: (run: CompletedRun) => number | undefined): Cost['summarize'] {
  return (runs) => {
    const known = runs.flatMap((run) => of(run) ?? []);
    if (known.length === 0) return undefined;
    return { value: median(known), error: medianAbsoluteDeviation(known), count: known.length };
  };
}

/** The largest is what a machine must have. */
function largest(of: (run: CompletedRun) => number | undefined): Cost['summarize'] {
  return (runs) => {
    const known = runs.flatMap((run) => of(run) ?? []);
    if (known.length === 0) return undefined;
    return { value: Math.max(...known), error: undefined, count: known.length };
  };
}

import { type CostName, costs } from '../summary/costs.ts';
import { type MetricName, isBetter, metrics } from '../summary/metrics.ts';
import type { CompletedRow } from '../summary/rows.ts';

/** The costs by which a method may be chosen among those that are as good. */
export const decidingCosts = ['trainSeconds', 'trainingMemory', 'inferenceSpeed', 'servingBytes', 'bytesWithKeys', 'options'] as const; // prettier-ignore
export type DecidingCost = (typeof decidingCosts)[number];

/** One number of a row, and the deviation inside which another counts as equal. */
export interface CostValue {
  readonly value: number;
  readonly deviation: number;
}

export interface CostScale {
  readonly better: 'higher' | 'lower';
  /** Undefined if no record of the row has it, or a speed was not measured on the machine whose speeds count. */
  readonly of: (row: CompletedRow) => CostValue | undefined;
  /** The quantity: training memory is a count of bytes where a record lacks the measurement. */
  readonly source: CostName | MetricName | 'options';
}

/**
 * The scale of a cost for rows that compete. Training memory is what was measured, if all of them have it; otherwise the counted
 * bytes of the layer, its maps and its optimizer. Training time is the speed of its steps, where no record has the seconds. `options` is the measure of simplicity: how many options a method has, all of
 * which somebody must choose.
 */
export function costScale(name: DecidingCost, rows: readonly CompletedRow[]): CostScale {
  switch (name) {
    case 'options':
      return { better: 'lower', source: name, of: ({ series }) => ({ value: optionCount(series.options), deviation: 0 }) }; // prettier-ignore
    case 'inferenceSpeed':
    case 'servingBytes':
      return ofMetric(name);
    case 'trainingMemory':
      return rows.every((row) => row.costs.trainingMemory !== undefined)
        ? ofCost(name)
        : ofMetric('trainingBytes');
    case 'trainSeconds':
      return rows.some((row) => row.trainSeconds !== undefined) ? ofCost(name) : ofMetric('trainSpeed');
    case 'bytesWithKeys':
      return ofCost(name);
  }
}

/** True if `a` is cheaper than `b`, by more than their deviations. */
export function isCheaper({ better }: Pick<CostScale, 'better'>, a: CostValue, b: CostValue): boolean {
  return (
    isBetter({ better }, a.value, b.value) && Math.abs(a.value - b.value) > Math.max(a.deviation, b.deviation)
  );
}

function ofMetric(name: MetricName): CostScale {
  const { better, slack } = metrics[name];
  return {
    better,
    source: name,
    of: ({ estimates }) => {
      const estimate = estimates[name];
      if (estimate === undefined) return undefined;
      const { value, error = 0 } = estimate;
      return { value, deviation: Math.max(error, slack * value) };
    },
  };
}

function ofCost(name: CostName): CostScale {
  const { better, slack } = costs[name];
  return {
    better,
    source: name,
    of: ({ costs: known }) => {
      const cost = known[name];
      return cost && { value: cost.value, deviation: Math.max(cost.error ?? 0, slack * cost.value) };
    },
  };
}

/** Options of a method and of the one that it wraps. */
function optionCount(options: Readonly<Record<string, unknown>>): number {
  return Object.values(options).reduce<number>(
    (count, value) =>
      count +
      (typeof value === 'object' && value !== null && !Array.isArray(value)
        ? optionCount(value as Readonly<Record<string, unknown>>)
        : 1),
    0,
  );
}

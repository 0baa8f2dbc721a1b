import type { DatasetRequest } from '../datasets/index.ts';
import type { TrainingApproximation } from '../harness/contract/training-approximation.ts';
import type { OptimizerRule } from '../harness/contract/backend.ts';

/** A comparison as asked for: everything that decides a number, and nothing else. */
export interface ComparisonSettings {
  readonly suite: string;
  readonly dataset: string;
  readonly request: Omit<DatasetRequest, 'onProgress' | 'onMessage'>;
  readonly methods: readonly MethodSettings[];
  /** Full fp32 bytes / serving bytes; `full` itself is trained once, uncompressed. */
  readonly compressions: readonly number[];
  readonly seeds: readonly number[];
  /** Whether the uncompressed table is trained where it is not asked for. */
  readonly baseline: boolean;
  readonly model: string;
  /** Checked against the model's schema when the comparison is expanded. */
  readonly modelOptions: Readonly<Record<string, unknown>>;
  readonly dim: number;
  readonly batchSize: number;
  readonly batchOrder: 'log' | 'shuffled';
  readonly epochs: number;
  readonly optimizer: OptimizerRule;
  /** Rows may be in the worker's JavaScript where the backend lacks the optimizer: their time is measured then. */
  readonly hostRows?: true;
  /** Of several, rising, validation chooses one for every method and ratio, with the first seed. */
  readonly learningRates: readonly number[];
  /** Every run once in each way. Exact training alone where absent. */
  readonly ways?: readonly TrainingApproximation[];
  /** `keys`: the budget, and the full table's bytes that it is a share of, hold the keys of ids that are told apart. */
  readonly count?: 'keys';
  readonly backend: string;
  readonly threads?: number;
}

export interface MethodSettings {
  readonly name: string;
  /** Checked against the method's schema when the comparison is expanded. */
  readonly options: Readonly<Record<string, unknown>>;
}

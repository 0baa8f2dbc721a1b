import type { DatasetRequest } from '../datasets/index.ts';
import type { TrainingApproximation } from '../harness/contract/training-approximation.ts';
import type { TrainingPractice } from '../harness/contract/training-practice.ts';
import type { OptimizerRule } from '../harness/contract/backend.ts';
import type { PluginUse } from '../plugins/index.ts';

/** The settings of a comparison: everything that decides a number, and nothing else. */
export interface ComparisonSettings extends TrainingPractice {
  readonly suite: string;
  readonly dataset: string;
  readonly request: Omit<DatasetRequest, 'onProgress' | 'onMessage'>;
  readonly methods: readonly MethodSettings[];
  /** Full fp32 bytes / serving bytes; `full` itself is trained once, uncompressed. */
  readonly compressions: readonly number[];
  readonly seeds: readonly number[];
  /** True to train the uncompressed table even if no method asks for it. */
  readonly baseline: boolean;
  /** True to train references beside the methods (suites/references.ts). */
  readonly references?: boolean;
  /** True to train `full` with the epochs that the costliest method took. */
  readonly equalCompute?: boolean;
  /** The search for the largest compression that costs nothing (suites/target-search.ts); `compressions` are not tried then. */
  readonly target?: TargetSettings;
  /** The reference that these runs are of; undefined for those of methods. */
  readonly reference?: string;
  readonly model: string;
  /** Checked against the model's schema when the comparison is expanded. */
  readonly modelOptions: Readonly<Record<string, unknown>>;
  readonly dim: number;
  readonly batchSize: number;
  readonly batchOrder: 'log' | 'shuffled';
  readonly epochs: number;
  readonly optimizer: OptimizerRule;
  /** True to allow rows in the worker's JavaScript if the backend lacks the optimizer: their time is then measured. */
  readonly hostRows?: true;
  /** Learning rates in ascending order. Validation picks one for every method and ratio. */
  readonly learningRates: readonly number[];
  /** Training approximations: every run is repeated with each. Exact training only, if absent. */
  readonly ways?: readonly TrainingApproximation[];
  /** `keys`: budgets and full bytes include the keys of the ids that are told apart. */
  readonly count?: 'keys';
  readonly backend: string;
  readonly threads?: number;
  /** Plug-ins that methods, the model and the data set may come from; none if absent. */
  readonly plugins?: readonly PluginUse[];
}

export interface MethodSettings {
  readonly name: string;
  /** The method's schema checks them when the comparison is expanded. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Bounds of the search for the largest compression of a method that is at most a margin below the uncompressed tables. */
export interface TargetSettings {
  /** The least difference of AUC that matters. */
  readonly margin: number;
  /** The range of ratios of full to serving bytes. */
  readonly least: number;
  readonly most: number;
  /** The most ratios that are trained for a method. */
  readonly steps: number;
}

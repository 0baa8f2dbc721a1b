import type { OptimizerRule } from '../../harness/contract/backend.ts';
import type { MethodSettings } from '../settings.ts';

/** `graphs`: compiled, and captured in CUDA graphs (mode="reduce-overhead"). */
export type ReferenceMode = 'eager' | 'compiled' | 'graphs';

/** A throughput measurement as asked for. */
export interface ThroughputSettings {
  readonly methods: readonly MethodSettings[];
  /** True: the uncompressed table is timed where it is not asked for. */
  readonly baseline: boolean;
  /** Full fp32 bytes / serving bytes; `full` itself is measured once, uncompressed. */
  readonly compressions: readonly number[];
  /** Undefined: every one that works and need not be asked for, but `cpu`, which is an oracle and no configuration. */
  readonly backends?: readonly string[];
  /** Undefined: one, and as many as the machine runs at once, where a backend can take them. */
  readonly threads?: readonly number[];
  readonly batches: readonly number[];
  readonly optimizers: readonly OptimizerRule[];
  /** True: rows may be in the worker's JavaScript where a backend lacks the optimizer. */
  readonly hostRows?: boolean;
  readonly dims: readonly number[];
  readonly model: string;
  /** Checked against the model's schema when configurations are expanded. */
  readonly modelOptions: Readonly<Record<string, unknown>>;
  /** Times Criteo Kaggle's cardinalities. */
  readonly scales: readonly number[];
  readonly rounds: number;
  readonly profile: boolean;
  /** Undefined: `python3` where it has PyTorch. None: no reference. */
  readonly pythons?: readonly string[];
  /** Ways to run PyTorch; undefined: all that it can. */
  readonly referenceModes?: readonly ReferenceMode[];
  /** True: PyTorch on a GPU is also timed with TF32 matrix products. */
  readonly tf32: boolean;
}

/** Criteo's. */
export const denseFields = 13;

import type { OptimizerRule } from '../../harness/contract/backend.ts';
import type { Profile } from '../../harness/measuring/kernel-clock.ts';
import type { Work } from '../../harness/measuring/timed-work.ts';
import type { PluginUse } from '../../plugins/index.ts';
import type { Configuration } from './configurations.ts';
import type { ReferenceMode } from './settings.ts';

/**
 * A message to the process of a configuration, one JSON object per line on its standard input. Each is answered by one on its
 * standard output, or by `{ error }`. The process ends with its input.
 */

/** The first request to a configuration of ours. Answered with what was opened. */
export interface Open {
  readonly type: 'open';
  readonly backend: string;
  /** Undefined: the backend's own number. */
  readonly threads?: number;
  /** The plug-ins to load first; none if absent. */
  readonly plugins?: readonly PluginUse[];
}
export interface Opened {
  readonly version: string;
  readonly threads: number;
  readonly device: Device;
  /** See OpenBackend. */
  readonly software?: boolean;
}

/** The place where a backend computes: in its process while it is called, or on a device that computes while the process continues. */
export type Device = 'cpu' | 'gpu';

/** The second request to a configuration of ours. */
export interface Build {
  readonly type: 'build';
  readonly configuration: Configuration;
}

/** The first request to PyTorch's program for the model. */
export interface BuildReference {
  readonly type: 'build';
  readonly cardinalities: readonly number[];
  readonly denseFields: number;
  readonly dim: number;
  readonly model: string;
  readonly modelOptions: Readonly<Record<string, unknown>>;
  readonly optimizer: OptimizerRule;
  readonly learningRate: number;
  /** Threads of PyTorch's own operations; those of the matrix products are set by its environment. */
  readonly threads: number;
  readonly mode: ReferenceMode;
  readonly device: Device;
  readonly precision: Precision;
}

/** Precision of matrix products; TF32 rounds their operands to 10 bits of fraction. */
export type Precision = 'fp32' | 'tf32';

/**
 * `warmUp` untimed steps, then `samples` timed ones of `stepsPerSample` steps each: asked for back to back, and waited
 * for at the end of the sample. References know only train and inference.
 */
export interface Time {
  readonly type: 'time';
  readonly what: Work;
  readonly batch: number;
  readonly warmUp: number;
  readonly samples: number;
  readonly stepsPerSample: number;
}
export interface Timed {
  /** Per step, of every sample. */
  readonly milliseconds: number[];
}

/** Asks a configuration of ours where the time of a training step goes. */
export interface ProfileSteps {
  readonly type: 'profile';
  readonly batch: number;
  readonly steps: number;
}
export interface Profiled {
  readonly profile: Profile;
}

export type Request = Open | Build | BuildReference | Time | ProfileSteps;

import type { PreparedData } from './prepared/read.ts';
import type { PrepareSettings } from './prepared/settings.ts';

/** How far a preparation is; never reported when the cache has the data already. */
export interface Progress {
  /** 0 to 1 of the whole preparation. */
  readonly fraction: number;
  /** What is being done, for people. */
  readonly message: string;
}

export interface DatasetRequest extends PrepareSettings {
  /** The raw file, for data sets that need one. */
  readonly data?: string;
  /** Directory of prepared data, shared by all data sets. */
  readonly cache: string;
  readonly maxBadLines: number;
  /** Of generated data only: how many rows, from which seed, and the factor on the cardinalities. */
  readonly rows?: number;
  readonly seed?: number;
  readonly scale?: number;
  /** `PreparedData.seal` of a process that has verified the prepared files: they are not verified again. */
  readonly verifiedSeal?: string;
  /** Hosts that no longer run: their unfinished work in the cache is removed. */
  readonly goneHosts?: readonly string[];
  readonly onProgress?: (progress: Progress) => void;
  /** One line about what happens with the cache. */
  readonly onMessage?: (message: string) => void;
}

export interface DatasetSpec {
  readonly name: string;
  readonly title: string;
  /** Whether `data` must name a raw file. */
  readonly needsData: boolean;
  /** Prepares what the cache does not have. Throws a UserError for what the user can mend. */
  open(request: DatasetRequest): Promise<PreparedData>;
}

/** Share of the preparation that the first pass takes, measured on Criteo. */
const firstPass = 0.55;

export const firstPassProgress = (fraction: number): number => firstPass * Math.min(1, fraction);
export const fieldProgress = (done: number, of: number): Progress => ({
  fraction: firstPass + (1 - firstPass) * (done / of),
  message: `encoding field ${done} of ${of}`,
});

import type { ServingBytes } from '../../harness/contract/serving-bytes.ts';
import type { SampleRule, TableErrors } from './measure.ts';

/** The result in numbers: report.json. */
export interface CompressReport {
  readonly method: string;
  readonly options: unknown;
  readonly seed: number;
  readonly compression: { readonly requested: number; readonly achieved: number };
  readonly bytes: {
    /** All floats at 32 bits. */
    readonly full: number;
    /** The tables as they were in their file. */
    readonly source: number;
    /** Served, in all and by what they are. */
    readonly serving: number;
    readonly byKind: ServingBytes;
    readonly modelFile: number;
  };
  readonly sample: SampleRule;
  readonly tables: readonly TableErrors[];
  /** Passed by the clock; `processor`: of all threads, while others may have had the processors. */
  readonly seconds: { readonly compress: number; readonly compare: number; readonly processor: number };
  readonly peakRssBytes: number;
}

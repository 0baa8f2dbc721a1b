/** The contract of a data set: one file or folder, and one line in index.ts. */
import type { z, ZodObject } from 'zod';
import type { Part, Protocol } from '../harness/contract/data.ts';
import type { Published } from './published/published.ts';
import type { RawSource } from './raw-rows.ts';

export interface DatasetSpec<Schema extends ZodObject = ZodObject> {
  readonly name: string;
  readonly title: string;
  /** Its own options with their descriptions and defaults: `--set planted.scale=0.1`. */
  readonly options: Schema;
  /** Short forms on the command line, by option: `--scale <factor>`. Data sets may share one. */
  readonly flags: Readonly<Record<string, string>>;
  /** Present if its rows are made from its options alone: anybody can make them again. */
  readonly generated?: true;
  /** The protocol if the user names none; `temporal` if absent. */
  readonly protocol?: Protocol;
  /** Facts of its log that are published, by edition; what is read is compared with them. */
  readonly published?: readonly Published[];
  /** Shares of the parts under `protocol` if the user names none. */
  readonly shares?: Readonly<Record<Part, number>>;
  /** The raw log that the options name; no row is read yet. Throws a UserError for what the user can mend. */
  raw(options: z.infer<Schema>): RawLog;
}

/** A raw log before it is read. */
export interface RawLog {
  /** Identifies the rows without reading them: path, size and time of a file, the settings of a generator. */
  readonly key: Readonly<Record<string, string | number>>;
  /** Malformed lines that may be left out; a cached result with more of them is not used. 0 if absent. */
  readonly maxBadLines?: number;
  /** Days of a log that comes in days; 7 if absent: those of a rolling evaluation. */
  readonly days?: number;
  /** Rows, as far as they are known before they are read; a split that cannot have so many is refused. */
  readonly rows?: number;
  /** Lines for people about what was found before any row is read. */
  readonly notes?: readonly string[];
  /** The log has no parts though others of its data set come split: the reason why the protocol `given` is refused. */
  readonly lacksParts?: string;
  /** The rows. `onProgress` takes the fraction of the log that is read, 0 to 1, and a message for people. */
  source(onProgress: (fraction: number, message: string) => void): RawSource;
}

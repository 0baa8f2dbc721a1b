import { parseOptions } from '../base/parse-options.ts';
import { UserError } from '../base/user-error.ts';
import type { DatasetSpec, RawLog } from './dataset.ts';
import { openCached } from './prepared/cache.ts';
import type { PreparedData } from './prepared/read.ts';
import { requirePlaces } from './prepared/placed-rows.ts';
import { type AskedSettings, settingsOf } from './prepared/settings.ts';
import { readVocabulary, type Vocabulary } from './prepared/vocabulary.ts';

/** The progress of a preparation; never reported if the cache has the data. */
export interface Progress {
  /** 0 to 1 of the whole preparation. */
  readonly fraction: number;
  /** The work being done, for people. */
  readonly message: string;
}

export interface DatasetRequest extends AskedSettings {
  /** Values of the data set's own options, by name; its schema checks them and fills in the others. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Directory of prepared data, shared by all data sets. */
  readonly cache: string;
  /** `PreparedData.seal` of a process that has verified the prepared files: they are not verified again. */
  readonly verifiedSeal?: string;
  /** Hosts that no longer run: their unfinished work in the cache is removed. */
  readonly goneHosts?: readonly string[];
  readonly onProgress?: (progress: Progress) => void;
  /** Takes one line about the cache. */
  readonly onMessage?: (message: string) => void;
}

/** Share of the preparation that the first pass takes, measured on Criteo. */
const firstPass = 0.55;

/** Prepares what the cache does not have, and opens it. Throws a UserError for what the user can mend. */
export async function openDataset(dataset: DatasetSpec, request: DatasetRequest): Promise<PreparedData> {
  const log = rawLog(dataset, request.options);
  const { cache, verifiedSeal, goneHosts, onMessage, onProgress } = request;
  const settings = settingsOf(request, log.days);
  if (settings.protocol === 'given' && log.lacksParts !== undefined) throw new UserError(log.lacksParts);
  log.notes?.forEach((note) => onMessage?.(note));
  requirePlaces(log.rows ?? 0, settings, { inDays: log.days !== undefined, timed: false });
  return openCached({
    cache,
    dataset: dataset.name,
    key: log.key,
    settings,
    maxBadLines: log.maxBadLines ?? 0,
    verifiedSeal,
    goneHosts,
    source: () =>
      log.source((fraction, message) =>
        onProgress?.({ fraction: firstPass * Math.min(1, fraction), message }),
      ),
    progress: {
      fields: (done, of) =>
        onProgress?.({
          fraction: firstPass + (1 - firstPass) * (done / of),
          message: `encoding field ${done} of ${of}`,
        }),
    },
    onMessage,
  });
}

/** The vocabulary of data that `openDataset` prepares from the same request, and the first `rows` rows of the log. */
export function openVocabulary(
  dataset: DatasetSpec,
  { options, cache, onProgress, ...asked }: DatasetRequest,
  rows: number,
): Promise<Vocabulary> {
  const log = rawLog(dataset, options);
  const say = (fraction: number, message: string) => onProgress?.({ fraction, message });
  const source = log.source((fraction, message) => say(firstPass * Math.min(1, fraction), message));
  return readVocabulary(cache, dataset.name, source, settingsOf(asked, log.days), rows, {
    fields: (done, of) => say(firstPass + (1 - firstPass) * (done / of), `encoding field ${done} of ${of}`),
  });
}

/** The raw log of a data set under these options, checked by its schema. Throws a UserError that names a wrong one. */
export function rawLog(dataset: DatasetSpec, options: Readonly<Record<string, unknown>>): RawLog {
  return dataset.raw(parseOptions(dataset, options));
}

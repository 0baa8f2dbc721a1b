import { type Part, parts } from '../../harness/contract/data.ts';
import type { DenseTransform, Origin } from '../raw-rows.ts';
import type { IdOrder } from './settings.ts';
import { comparisonText } from '../published/published.ts';
import type { FieldRecord, Manifest } from './manifest.ts';

/** Facts of the data in an environment record, beside name, protocol, fingerprint and rows. */
export interface DataFacts {
  /** File name or generator, never a path. */
  readonly origin: string;
  readonly checksum?: string;
  readonly split: SplitFacts;
  readonly minCount: number;
  readonly order: IdOrder;
  /** Order `hashed`: ids of a field for each of its different training tokens. */
  readonly idsPerToken?: number;
  /** The transform of dense columns: one name, or the name of each. */
  readonly dense: DenseTransform | Readonly<Record<string, DenseTransform>>;
  readonly badLines: number;
  /** Tokens are taken modulo this number, if the user has asked for it. */
  readonly maxIdsPerField?: number;
  /** Rows by day, of a log that comes in days. */
  readonly days?: Readonly<Record<string, number>>;
  /** Rows have weights; absent if they do not. */
  readonly weights?: true;
  /** Lines with counts of clicks and impressions, which became up to two rows with weights each. */
  readonly counts?: Origin['counts'];
  readonly sides?: Origin['sides'];
  /** `as published (md5, rows, clicks)`, or what differs; absent if nothing is published of this log, or nothing was compared. */
  readonly published?: string;
  /** Share of rows with label 1. */
  readonly clickRate: Readonly<Record<Part, number>>;
  readonly fields: readonly FieldRecord[];
  /** Sum of the cardinalities: rows of the uncompressed embedding layer. */
  readonly ids: number;
}

/** The split beside the name of its protocol: what is not its default. */
export interface SplitFacts {
  /** The order that decided: of the log, of a time column, or of the days that the log comes in. */
  readonly order: 'log' | 'time' | 'days';
  /** Shares of the parts, if they were named. */
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  /** Days of a rolling evaluation, and the last one that was trained on. */
  readonly days?: number;
  readonly day?: number;
  /** A tenth of the training rows of the log validates, which came without validation rows. */
  readonly validationFromTrain?: true;
}

export function factsOf(manifest: Manifest): DataFacts {
  const rate = (part: Part) => manifest.parts[part].clicks / manifest.parts[part].rows;
  const { counts, sides } = manifest.origin;
  return {
    origin: manifest.origin.name,
    checksum: manifest.origin.checksum,
    split: splitFacts(manifest),
    minCount: manifest.settings.minCount,
    order: manifest.settings.order,
    ...(manifest.settings.idsPerToken && { idsPerToken: manifest.settings.idsPerToken }),
    dense: denseFacts(manifest),
    badLines: manifest.origin.badLines,
    ...(manifest.origin.maxIdsPerField && { maxIdsPerField: manifest.origin.maxIdsPerField }),
    ...(manifest.days && { days: Object.fromEntries(manifest.days.map(({ name, rows }) => [name, rows])) }),
    ...(manifest.weights && { weights: true as const }),
    ...(counts && { counts }),
    ...(sides && { sides }),
    ...(manifest.origin.published && { published: comparisonText(manifest.origin.published) }),
    clickRate: Object.fromEntries(parts.map((part) => [part, rate(part)])) as Record<Part, number>,
    fields: manifest.fields,
    ids: manifest.fields.reduce((sum, field) => sum + field.cardinality, 0),
  };
}

function splitFacts({
  settings: { shares, rolling },
  byTime,
  byDay,
  validationFromTrain,
}: Manifest): SplitFacts {
  return {
    order: byTime ? 'time' : byDay ? 'days' : 'log',
    ...shares,
    ...rolling,
    ...(validationFromTrain && { validationFromTrain }),
  };
}

function denseFacts({ transforms, settings }: Manifest): DataFacts['dense'] {
  const different = new Set(transforms.map(({ transform }) => transform));
  if (different.size > 1)
    return Object.fromEntries(transforms.map(({ name, transform }) => [name, transform]));
  return transforms[0]?.transform ?? settings.dense;
}

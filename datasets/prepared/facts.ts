import { type Part, parts } from '../../harness/contract/data.ts';
import type { IdOrder } from './settings.ts';
import type { FieldRecord, Manifest } from './manifest.ts';

/** Facts of the data in an environment record, beside name, protocol, fingerprint and rows. */
export interface DataFacts {
  /** File name or generator, never a path. */
  readonly origin: string;
  readonly checksum?: string;
  readonly minCount: number;
  readonly order: IdOrder;
  readonly logTransform: boolean;
  readonly badLines: number;
  /** Share of rows with label 1. */
  readonly clickRate: Readonly<Record<Part, number>>;
  readonly fields: readonly FieldRecord[];
  /** Sum of the cardinalities: rows of the uncompressed embedding layer. */
  readonly ids: number;
}

export function factsOf(manifest: Manifest): DataFacts {
  const rate = (part: Part) => manifest.parts[part].clicks / manifest.parts[part].rows;
  return {
    origin: manifest.origin.name,
    checksum: manifest.origin.checksum,
    minCount: manifest.settings.minCount,
    order: manifest.settings.order,
    logTransform: manifest.settings.logTransform,
    badLines: manifest.origin.badLines,
    clickRate: Object.fromEntries(parts.map((part) => [part, rate(part)])) as Record<Part, number>,
    fields: manifest.fields,
    ids: manifest.fields.reduce((sum, field) => sum + field.cardinality, 0),
  };
}

import { UserError } from '../../base/user-error.ts';
import type { Batch, BatchOptions, Data, Part } from '../../harness/contract/data.ts';
import { withFurther } from '../../harness/contract/further-values.ts';
import { permutation } from '../../base/random.ts';
import { type ColumnFile, columnReader } from './column-reader.ts';
import { type DataFacts, factsOf } from './facts.ts';
import {
  countsFile,
  denseFile,
  idArray,
  idsFile,
  labelsFile,
  probabilitiesFile,
  weightsFile,
} from './layout.ts';
import { listReader } from './list-reader.ts';
import { again, readManifest } from './manifest.ts';
import type { PartRange } from './split-parts.ts';
import { verify } from './verify.ts';

export interface PreparedData extends Data {
  /** The folder of the prepared files. */
  readonly directory: string;
  /** Facts of the data in an environment record. */
  readonly facts: DataFacts;
  /** Stands for the files as they were verified: see verify.ts. */
  readonly seal: string;
}

/**
 * A prepared directory as batches. Only the counts (4 bytes per id) are held in memory; a batch is read when it is
 * asked for, into arrays that the next one reuses. Throws a UserError when the directory is missing, damaged or of
 * another version, also while batches are read. `verifiedSeal` is of a process that has verified the files.
 */
export function openPrepared(directory: string, verifiedSeal?: string): PreparedData {
  const manifest = readManifest(directory);
  const seal = verify(directory, manifest, verifiedSeal);
  const { parts, denseFields } = manifest;
  const reader = columnReader(directory);
  const labels = reader.open(labelsFile);
  const dense = reader.open(denseFile);
  const probabilities = manifest.probabilities ? reader.open(probabilitiesFile) : undefined;
  const weights = manifest.weights ? reader.open(weightsFile) : undefined;
  const ids = manifest.fields.map(({ name, cardinality, pool }) =>
    pool ? undefined : reader.open(idsFile(name, cardinality)),
  );
  const lists = manifest.fields.flatMap((own, field) =>
    own.pool ? [{ field, pool: own.pool, reader: listReader(reader, own, manifest.rows) }] : [],
  );
  const isHashed = manifest.settings.order === 'hashed';
  const fields = manifest.fields.map(({ name, cardinality, pool }) => {
    const counts = new Uint32Array(cardinality);
    reader.open(countsFile(name)).read(counts, 0);
    return { name, cardinality, counts, ...(pool && { pool }), ...(isHashed && { hashed: true as const }) };
  });

  /** A column of floats over all rows of a part; undefined for a column that is not there. */
  function floatsOf(file: ColumnFile | undefined, part: Part): Float32Array | undefined {
    if (file === undefined) return undefined;
    const values = new Float32Array(parts[part].rows);
    readRows(file, values, parts[part], 0);
    return values;
  }

  function* batches(part: Part, { batchSize, shuffle, from = 0 }: BatchOptions): Generator<Batch> {
    const range = parts[part];
    const { rows } = range;
    const batchCount = Math.ceil(rows / batchSize);
    const capacity = Math.min(batchSize, rows);
    const columns = fields.map(({ cardinality }) => idArray(cardinality, capacity));
    const labelBytes = new Uint8Array(capacity);
    const whole = {
      dense: new Float32Array(capacity * denseFields.length),
      ids: new Uint32Array(capacity * fields.length),
      labels: new Float32Array(capacity),
      weights: weights && new Float32Array(capacity),
    };
    const order = shuffle === undefined ? undefined : permutation(batchCount, shuffle);
    for (let i = from; i < batchCount; i++) {
      const offset = (order ? order[i] : i) * batchSize;
      const size = Math.min(batchSize, rows - offset);
      const batch: Batch = {
        size,
        dense: whole.dense.subarray(0, size * denseFields.length),
        ids: whole.ids.subarray(0, size * fields.length),
        labels: whole.labels.subarray(0, size),
        ...(whole.weights && { weights: whole.weights.subarray(0, size) }),
      };
      readRows(dense, batch.dense, range, offset, denseFields.length);
      readRows(labels, labelBytes.subarray(0, size), range, offset);
      requireBelow(labelBytes.subarray(0, size), 2, labels.path);
      for (let row = 0; row < size; row++) batch.labels[row] = labelBytes[row];
      if (batch.weights) readRows(weights!, batch.weights, range, offset);
      columns.forEach((column, f) => {
        if (ids[f] === undefined) return;
        readRows(ids[f], column.subarray(0, size), range, offset);
        requireBelow(column.subarray(0, size), fields[f].cardinality, ids[f].path);
        for (let row = 0, at = f; row < size; row++, at += fields.length) batch.ids[at] = column[row];
      });
      yield lists.length > 0 ? { ...batch, ...withLists(batch, range, offset) } : batch;
    }
  }

  /** Ids of a batch with those of its pooled fields. */
  function withLists({ ids, size }: Batch, range: PartRange, offset: number): Pick<Batch, 'ids' | 'further'> {
    const read = lists.map(({ field, pool, reader }) => {
      const list = reader.read(range, offset, size);
      requireBelow(list.values, fields[field].cardinality, reader.path);
      return { field, pool, ...list };
    });
    return withFurther(ids, size, read);
  }

  return {
    directory,
    name: manifest.dataset,
    protocol: manifest.settings.protocol,
    fingerprint: manifest.fingerprint,
    rows: { train: parts.train.rows, validation: parts.validation.rows, test: parts.test.rows },
    denseFields,
    fields,
    facts: factsOf(manifest),
    seal,
    batches,
    labels(part) {
      const values = new Uint8Array(parts[part].rows);
      readRows(labels, values, parts[part], 0);
      requireBelow(values, 2, labels.path);
      return values;
    },
    weights: (part) => floatsOf(weights, part),
    trueProbabilities: (part) => floatsOf(probabilities, part),
    close: () => reader.close(),
  };
}

/** Throws a UserError if a value is `end` or more: the file has changed since it was verified. */
function requireBelow(values: Uint8Array | Uint16Array | Uint32Array, end: number, path: string): void {
  let largest = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > largest) largest = values[i];
  if (largest >= end) throw new UserError(`${path}: has ${largest} where values end at ${end - 1}; ${again}`);
}

/** Fills `values` with rows of a part, `width` elements each, from its row `offset` on. */
function readRows<T extends Uint8Array | Uint16Array | Uint32Array | Float32Array>(
  file: ColumnFile,
  values: T,
  { start, step }: PartRange,
  offset: number,
  width = 1,
): void {
  const first = (start + offset * step) * width;
  if (step === 1) return file.read(values, first);
  const rows = values.length / width;
  const all = new (values.constructor as new (length: number) => T)(((rows - 1) * step + 1) * width);
  file.read(all, first);
  for (let row = 0, to = 0; row < rows; row++)
    for (let k = 0; k < width; k++) values[to++] = all[row * step * width + k];
}

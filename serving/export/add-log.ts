import { join } from 'node:path';
import type { Vocabulary } from '../../datasets/index.ts';
import { writeWhole } from '../../files/whole-file.ts';
import {
  type Manifest,
  type ManifestData,
  manifestFile,
  type RawRow,
  vocabularyFile,
} from '../program/manifest.ts';
import { readManifest } from '../program/read-manifest.ts';
import { encodedSamples } from '../reader/check-samples.ts';
import { wordsOf } from '../reader/raw-cells.ts';
import { type EncodedRows, RowEncoder } from '../reader/raw-rows.ts';
import { writeSafetensors } from '../safetensors/write.ts';

/** Rows of the log among which the sample rows of a model are looked for. */
export const rowsLookedAt = 400;

/** An export with its log. */
export interface WithLog {
  readonly manifest: Manifest;
  readonly vocabularyBytes: number;
  /** True if the sample rows were found in the log, so that readers can be checked from raw cells on. */
  readonly hasRows: boolean;
}

/**
 * Adds the way from raw rows to ids and dense values to an exported model: vocabulary.safetensors, unless ids are hashes of tokens, and `data` and `samples.rows` in its manifest. The sample
 * rows are found in the log by what they become: they are the first training rows, in their order.
 */
export function addLog(folder: string, dataset: string, vocabulary: Vocabulary): WithLog {
  const path = join(folder, manifestFile);
  const before = readManifest(folder);
  const data: ManifestData = {
    ...{ name: dataset, fingerprint: vocabulary.fingerprint, dense: vocabulary.dense },
    fields: vocabulary.fields.map(({ name, token, written, missing, hashed, outOfVocabulary }, f) => ({
      ...{ name, token, ...(written && { written }), ...(missing !== undefined && { missing }) },
      ...(hashed ? { hashed } : { outOfVocabulary: outOfVocabulary!, tensor: tensorOf(f) }),
    })),
  };
  const tensors = vocabulary.fields.flatMap(({ token, hashed, tokens }, f) => {
    const words = wordsOf(token);
    const bytes = new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
    return hashed
      ? []
      : [
          {
            name: tensorOf(f),
            dtype: 'U32' as const,
            shape: [tokens.length / words, words],
            pieces: [bytes],
          },
        ];
  });
  if (tensors.length > 0) writeSafetensors(join(folder, vocabularyFile), tensors);
  const encoder = new RowEncoder(data, before.fields, (f) => vocabulary.fields[f].tokens);
  const rows = sampleRows(before, encoder, vocabulary.rows);
  const manifest: Manifest = { ...before, data, samples: { ...before.samples, ...(rows && { rows }) } };
  writeWhole(path, `${JSON.stringify(manifest)}\n`);
  const vocabularyBytes = vocabulary.fields.reduce((sum, { tokens }) => sum + tokens.byteLength, 0);
  return { manifest, vocabularyBytes, hasRows: rows !== undefined };
}

const tensorOf = (field: number) => `vocabulary.${field}`;

/** The raw rows of the samples; undefined if they are not all among those looked at, in this order. */
function sampleRows(
  { samples, fields }: Manifest,
  encoder: RowEncoder,
  raw: readonly RawRow[],
): RawRow[] | undefined {
  const wanted = textsOf(encodedSamples(samples), fields.length);
  const given = textsOf(encoder.encode(raw), fields.length);
  const found: RawRow[] = [];
  given.forEach((text, i) => {
    if (text === wanted[found.length]) found.push(raw[i]);
  });
  return found.length === samples.size ? found : undefined;
}

/** Every row as a text that has all of its numbers. */
function textsOf({ size, dense, ids, further }: EncodedRows, fields: number): string[] {
  const columns = dense.length / size;
  const lists = Array.from({ length: size }, (_, row) =>
    Array.from({ length: fields }, (_, field) => [ids[row * fields + field]]),
  );
  for (const { field, samples } of further?.fields ?? [])
    samples.forEach((sample, value) => lists[sample][field].push(ids[(size + value) * fields + field]));
  return lists.map((own, row) =>
    JSON.stringify([own, [...dense.subarray(row * columns, (row + 1) * columns)]]),
  );
}

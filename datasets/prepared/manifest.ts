import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { poolings, protocols } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { denseTransforms } from '../raw-rows.ts';
import { expectedFiles, manifestFile } from './layout.ts';
import { idOrders } from './settings.ts';

/** Advice for a prepared directory that cannot be used. */
export const again = 'remove the directory and prepare the data again';

/** Raised whenever the files or their meaning change; older directories are then prepared again. */
export const formatVersion = 4;

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const part = z.strictObject({ start: count, rows: count.min(1), step: count.min(1), clicks: count });

const fieldRecord = z.strictObject({
  name: z.string().min(1),
  /** Ids, the out-of-vocabulary id included: keptTokens + 1, or those that tokens are hashed to. */
  cardinality: count.min(1),
  /** Absent if ids are hashes of tokens. */
  outOfVocabulary: count.optional(),
  /** Different tokens in the training part, and those of them that occur at least minCount times. */
  distinctTokens: count,
  keptTokens: count,
  /** If ids are hashes: training tokens whose id another training token has, too. */
  sharingTokens: count.optional(),
  /** A field of several values: how their vectors become one, and the values of all rows. */
  pool: z.enum(poolings).optional(),
  values: count.optional(),
  /** Lookups of a part that hit the out-of-vocabulary id, of all its rows, or of all values of a pooled field. */
  outOfVocabularyShare: z.strictObject({ validation: share, test: share }),
  /** Columns of texts: tokens of the training part with the 64-bit hash of another one, which they are told apart from. */
  hashCollisions: count.optional(),
});
export type FieldRecord = z.infer<typeof fieldRecord>;

const columnFile = z.strictObject({ name: z.string().min(1), digest: z.string().regex(/^[0-9a-f]{32}$/) });
/** A column file with the checksum (datasets/checksum.ts) of its content. */
export type ColumnFileRecord = z.infer<typeof columnFile>;

const manifest = z.strictObject({
  format: z.literal('embed-bench prepared data'),
  version: z.literal(formatVersion),
  dataset: z.string().min(1),
  /** A hash of the numbers themselves: sha256 of parts, cardinalities and the checksums of all column files but the counts. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  origin: z.strictObject({
    name: z.string(),
    checksum: z.string().optional(),
    badLines: count,
    firstBadLines: z.array(z.string()),
    maxIdsPerField: count.min(1).optional(),
    counts: z.strictObject({ lines: count, impressions: count, clicks: count }).optional(),
    sides: z
      .array(
        z.strictObject({
          file: z.string(),
          column: z.string(),
          rows: count,
          bytes: count,
          lacking: count,
        }),
      )
      .readonly()
      .optional(),
    /** The log as read beside what is published of it; absent if nothing is, and in directories from before it was compared. */
    published: z.strictObject({ compared: z.array(z.string()), differences: z.array(z.string()) }).optional(),
  }),
  settings: z.strictObject({
    protocol: z.enum(protocols),
    shares: z.strictObject({ train: share, validation: share, test: share }).optional(),
    rolling: z.strictObject({ days: count, day: count }).optional(),
    minCount: count.min(1),
    order: z.enum(idOrders),
    idsPerToken: z.number().positive().optional(),
    dense: z.enum(denseTransforms),
    splitSeed: z.number(),
  }),
  rows: count,
  /** Days that were read, of a log that comes in days. */
  days: z.array(z.strictObject({ name: z.string(), rows: count })).optional(),
  /** A time of the rows decided who is in which part, and not their order. */
  byTime: z.literal(true).optional(),
  /** The days that the log comes in decided who is in which part. */
  byDay: z.literal(true).optional(),
  /** The log came without validation rows: a tenth of its training rows validates. */
  validationFromTrain: z.literal(true).optional(),
  parts: z.strictObject({ train: part, validation: part, test: part }),
  probabilities: z.boolean(),
  /** Rows have weights; absent if they do not, as in directories from before there were any. */
  weights: z.literal(true).optional(),
  denseFields: z.array(z.string()),
  /** The transform of every dense column of the log; buckets are categorical fields. Moments are the training part's. */
  transforms: z.array(
    z.strictObject({
      name: z.string(),
      transform: z.enum(denseTransforms),
      mean: z.number().optional(),
      deviation: z.number().optional(),
    }),
  ),
  fields: z.array(fieldRecord).min(1),
  files: z.array(columnFile),
});
export type Manifest = z.infer<typeof manifest>;

/** The manifest ends with the digest of all before it, so that it vouches for itself as for the columns. */
export function manifestText(value: Manifest): string {
  const body = manifest.parse(value);
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  return JSON.stringify({ ...body, digest }, null, 2) + '\n';
}

/**
 * Reads and checks the manifest of a prepared directory and the presence and size of every file it promises; what is in
 * them is for `verify.ts`. Throws a UserError when it is missing, of another version, damaged or incomplete.
 */
export function readManifest(directory: string): Manifest {
  const path = join(directory, manifestFile);
  let text: string;
  let content: unknown;
  try {
    text = fs.readFileSync(path, 'utf8');
    content = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${path}: not valid JSON; ${again}`);
    throw new UserError(
      `${directory}: no prepared data here (${(error as Error).message}); prepare the data first`,
    );
  }
  const version = (content as { version?: unknown } | null)?.version;
  if (version !== formatVersion) {
    throw new UserError(
      `${path}: format version ${JSON.stringify(version)}, expected ${formatVersion}; ${again}`,
    );
  }
  const body = { ...(content as Record<string, unknown>) };
  delete body.digest; // `manifestText` makes it anew
  const parsed = manifest.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`${path}: ${issue.path.join('.') || 'content'}: ${issue.message}; ${again}`);
  }
  if (manifestText(parsed.data) !== text)
    throw new UserError(`${path}: the content does not fit its digest; ${again}`);
  const expected = expectedFiles({ ...parsed.data, denseFields: parsed.data.denseFields.length });
  const named = new Set(parsed.data.files.map(({ name }) => name));
  for (const [name, bytes] of expected) {
    if (!named.has(name)) throw new UserError(`${path}: no digest of ${name}; ${again}`);
    const found = fs.statSync(join(directory, name), { throwIfNoEntry: false })?.size;
    if (found !== bytes) {
      throw new UserError(`${join(directory, name)}: ${found ?? 'no'} bytes, expected ${bytes}; ${again}`);
    }
  }
  return parsed.data;
}

import { z } from 'zod';
import type { FieldRecipe } from '../../harness/contract/conversion.ts';
import type { Storage } from '../../harness/contract/method.ts';

const whole = z.int().min(0);
const bits = z.union([z.literal(2), z.literal(4), z.literal(8)]);

const storage: z.ZodType<Storage> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fp16') }),
  z.object({
    kind: z.literal('row-wise'),
    bits,
    range: z.enum(['min-max', 'greedy']),
    block: whole.min(1).exactOptional(),
  }),
  z.object({ kind: z.literal('grid'), bits: whole, step: z.number() }),
  z.object({ kind: z.literal('fp8'), element: z.enum(['e4m3', 'e5m2']), scaled: z.boolean() }),
  z.object({
    kind: z.literal('mx'),
    element: z.enum(['e4m3', 'e5m2', 'e2m3', 'e3m2', 'e2m1', 'int8']),
    block: whole.min(1),
  }),
  z.object({ kind: z.literal('nf4'), block: whole.min(1), scales: z.enum(['fp32', 'fp16', 'double']) }),
  z.object({ kind: z.literal('sparse'), nonZeros: whole }),
]);

const set = z.object({ numbers: whole, form: z.enum(['list', 'bits']), map: whole });
const rowOfTerm = z.union([
  z.object({ first: whole, add: z.enum(['nothing', 'position']) }),
  z.object({ first: whole, add: z.literal('block'), block: whole.min(1) }),
  z.object({ first: whole, add: z.literal('map'), map: whole, start: whole, block: whole.min(1) }),
  z.object({ first: whole, add: z.literal('hash'), seed: whole, rows: whole.min(1) }),
]);
const place = z.object({ weight: whole, from: whole });
const recipe: z.ZodType<FieldRecipe> = z.array(
  z.object({
    ids: z.union([
      z.object({ kind: z.literal('below'), end: whole }),
      z.object({ kind: z.enum(['in', 'outside']), set, offset: whole, first: whole }),
    ]),
    terms: z.array(
      z.union([z.object({ table: whole, row: rowOfTerm, at: whole, matrix: place.exactOptional() }), place]),
    ),
  }),
);

const layer = z.object({
  dim: whole.min(1),
  tables: z.array(
    z.object({ tensor: z.string(), rows: whole, width: whole.min(1), stored: storage.nullable() }),
  ),
  weights: z.array(z.object({ tensor: z.string(), shape: z.array(whole) })),
  maps: z.array(z.object({ tensor: z.string(), length: whole, bits: whole.min(1).max(32) })),
  sources: z.array(z.object({ name: z.string(), rows: whole, recipe })),
  choices: z.record(z.string(), z.unknown()),
});

/** manifest.json: all that it takes to read model.safetensors, and where it came from (docs/compress.md). */
export const manifestSchema = z.object({
  format: z.literal('embed-bench-compressed-tables'),
  version: z.literal(1),
  method: z.string(),
  options: z.record(z.string(), z.unknown()),
  seed: whole,
  /** Layers of the model: the user's tables of each width are compressed together. */
  layers: z.array(layer),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestLayer = Manifest['layers'][number];

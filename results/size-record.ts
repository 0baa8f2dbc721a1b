import { z } from 'zod';
import { sum } from '../base/sum.ts';
import { count } from './quantities.ts';

/** Serving bytes by kind. */
export const bytes = z.object({
  /** Rows and codebooks at the bits that they are stored in. */
  tables: count,
  /** Scales of blocks of rows that are stored as integers. */
  scales: count,
  /** Positions of the floats of sparse tables. */
  positions: count,
  /** Dense weights: projections, decoders. */
  weights: count,
  /** Integers per id: ranks, sets of ids, signatures. */
  maps: count,
  /** Integers per id that name codewords or clusters. */
  codes: count,
});
export type Bytes = z.infer<typeof bytes>;

export const size = z
  .object({
    /** Trainable floats of the embedding layer: tables and its dense weights. */
    parameters: count,
    /** Bytes needed to answer lookups: payload, dense weights, codebooks, scales, id maps. Hash functions are free. */
    servingBytes: count,
    /** servingBytes by kind; absent from older records. */
    bytes: bytes.optional(),
    /** Ids that are told apart to serve the layer, and the bytes of their keys; not in servingBytes. Absent from older records. */
    keys: count.optional(),
    keyBytes: count.optional(),
    /** Bytes of the keys of all ids, which a full table needs. */
    fullKeyBytes: count.optional(),
    /** Bytes of floats, maps and the optimizer's state in the stage of training that holds most. */
    trainingBytes: count,
    fullParameters: count,
    fullBytes: count,
  })
  .refine(({ servingBytes, bytes }) => bytes === undefined || sum(Object.values(bytes)) === servingBytes, {
    path: ['bytes'],
    error: 'do not sum to servingBytes',
  });

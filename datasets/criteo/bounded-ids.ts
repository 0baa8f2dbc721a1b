import { z } from 'zod';
import type { RawBlock, RawSource } from '../raw-rows.ts';

/** The option that both data sets of Criteo's columns have. */
export const maxIdsPerField = z
  .int()
  .min(1)
  .optional()
  .describe(
    'tokens modulo n, as max_ind_range of facebookresearch/dlrm: at most n ids in a field, and less memory; different tokens then share ids',
  );

/**
 * The rows of a source with every token modulo `most`, as DLRM's code does with `max_ind_range`: a field then has at most so many ids, and
 * different tokens share one by chance. A missing token is 0, and shares it with the multiples of `most`. Blocks are changed in place.
 * The source itself without `most`.
 */
export function boundedIds(source: RawSource, most: number | undefined): RawSource {
  if (most === undefined) return source;
  return {
    ...source,
    async *blocks(): AsyncGenerator<RawBlock> {
      for await (const block of source.blocks()) {
        for (const tokens of block.tokens) for (let row = 0; row < block.size; row++) tokens[row] %= most;
        yield block;
      }
    },
    origin: () => ({ ...source.origin!(), maxIdsPerField: most }),
  };
}

import type { Field } from '../../../harness/contract/data.ts';
import { bitsFor } from '../../../harness/contract/indices.ts';
import type { CodeLayout } from './coded-layer.ts';
import { idSetMaps, mapBytes } from '../id-sets/id-set.ts';

/** Bits of a code among `codewords`; 0 if there is no choice. */
export const codeBits = (codewords: number) => (codewords > 1 ? bitsFor(codewords) : 0);

/**
 * Serving bytes of a coded layer, by arithmetic alone: solvers ask for those of thousands of layouts. `sorted`: see
 * sortedByCount. `tables`: as large as the codebooks, these among them.
 */
export function codeBytes(
  { fields, dim }: { readonly fields: readonly Field[]; readonly dim: number },
  { uncompressed, parts, levels = 1, width, codewords, hot, warm, warmCodewords }: CodeLayout,
  { sorted, tables }: { readonly sorted: readonly boolean[]; readonly tables: number },
): number {
  const pieces = parts * levels;
  const bitsOfHot = new Map<number, number>(); // by bits of a code, bits of a map
  const bitsOfWarm = new Map<number, number>();
  const add = (to: Map<number, number>, ids: number, bits: number) =>
    to.set(bits, (to.get(bits) ?? 0) + pieces * ids * bits);
  let bytes = 0;
  fields.forEach(({ cardinality }, f) => {
    if (uncompressed[f]) {
      bytes += 4 * dim * cardinality;
      return;
    }
    bytes += 4 * tables * pieces * width * codewords[f];
    add(bitsOfHot, hot[f], codeBits(codewords[f]));
    add(bitsOfWarm, warm[f], codeBits(warmCodewords[f]));
    const coded = hot[f] + warm[f];
    if (sorted[f]) return;
    if (coded > 0 && coded < cardinality) bytes += setBytes(cardinality, coded);
    if (hot[f] > 0 && hot[f] < coded) bytes += setBytes(coded, hot[f]);
  });
  for (const bits of [...bitsOfHot.values(), ...bitsOfWarm.values()]) bytes += Math.ceil(bits / 8);
  return bytes;
}

const setBytes = (ids: number, capacity: number) => mapBytes(idSetMaps({ ids, capacity }));

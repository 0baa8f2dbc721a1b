/** A block of ids that shares a width: a field, or a range of a field's ids by popularity. */
export interface Block {
  readonly ids: number;
  /** Probability that a lookup of the block's field hits one particular id of the block, on average. */
  readonly popularity: number;
}

export interface WidthRule {
  /** Width of the most popular block. */
  readonly dim: number;
  /** Width of any other block at least. */
  readonly narrowest: number;
  readonly rounding: 'nearest' | 'power-of-two';
}

/**
 * The power law of mixed-dimension embeddings (Ginart et al. 2021, section 4, in the form of dlrm's
 * tricks/md_embedding_bag.py): width = dim (p / p_max)^temperature, rounded half to even, between `narrowest` and dim. A
 * power of two is the one that is nearest to that whole number, by its logarithm.
 * Temperature 0 makes all blocks equally wide, 1 makes width proportional to popularity.
 */
export function mixedWidths(blocks: readonly Block[], temperature: number, rule: WidthRule): number[] {
  const top = Math.max(...blocks.filter(({ ids }) => ids > 0).map(({ popularity }) => popularity));
  return blocks.map(({ ids, popularity }) => {
    if (ids === 0) return 0;
    const exact = rule.dim * (popularity / top) ** temperature;
    const width = Math.max(rule.narrowest, roundHalfToEven(exact));
    const power = rule.rounding === 'power-of-two' && width > 0;
    return Math.min(rule.dim, power ? 2 ** roundHalfToEven(Math.log2(width)) : width);
  });
}

/** Rounds like torch.round and Python; Math.round goes up at every half, and would not reproduce published widths. */
export function roundHalfToEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

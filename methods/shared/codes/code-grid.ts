import { z } from 'zod';

/** Options of methods whose codes are chosen for the budget unless they are given. */
export const codebookOptions = (maxCodewords: number) => ({
  parts: z.int().min(1).optional().describe('codes per id; if not given, chosen for the budget'),
  codewords: z
    .int()
    .min(2)
    .max(maxCodewords)
    .optional()
    .describe('largest number of codewords of a codebook; if not given, chosen for the budget, up to 256'),
});

/** Numbers that a layout may be made of. One part of any number of codewords has to be among them. */
export interface CodeGrid {
  /** Numbers of parts and of codewords to choose among. */
  readonly parts: readonly number[];
  readonly codewords: readonly number[];
  /** Numbers of levels to choose among, 1 if absent. No more than 16 codes per id are tried where there is a choice. */
  readonly levels?: readonly number[];
  /** Says which of them go together; all do if absent. */
  readonly allowed?: (parts: number, codewords: number) => boolean;
  /** Fields with at most this many ids keep a row for each, see `chooseUncompressed`. */
  readonly keep: number;
  /**
   * Ids that have codes are in two tiers: which share of them chooses among all codewords, chosen for the budget where not
   * given, and how many times fewer codewords the others have.
   */
  readonly tiers?: { readonly hot: number | undefined; readonly fewer: number };
  /** Tables as large as the codebooks that are stored beside them: 0 if absent. */
  readonly beside?: number;
}

/** Numbers of codewords that take a byte per part at most. */
export const byteCodewords = [2, 4, 8, 16, 32, 64, 128, 256] as const;

/** The grid of the options above: what is asked for, or everything that takes a byte per part at most. */
export const gridOf = (
  dim: number,
  {
    parts,
    codewords,
    keep,
  }: Pick<CodeGrid, 'keep'> & { readonly parts?: number; readonly codewords?: number },
): CodeGrid => ({
  parts: partsOf(dim, parts),
  codewords: codewords === undefined ? byteCodewords : [codewords],
  keep,
});

/**
 * Numbers of parts for a width, one for every width of a part; or the one asked for, but no part may lie beyond the
 * vector's end.
 */
export function partsOf(dim: number, asked?: number): number[] {
  const widths =
    asked === undefined ? Array.from({ length: dim }, (_, i) => i + 1) : [Math.ceil(dim / asked)];
  return [...new Set(widths.map((width) => Math.ceil(dim / width)))];
}

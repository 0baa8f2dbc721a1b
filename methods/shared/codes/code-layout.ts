/**
 * The way in which the ids of a layer are stored as codes. A vector is cut into parts of `width` floats; every part of a field has a
 * codebook of its own, and every id a code per part. The most frequent ids of a field, the hot ones, choose among all of
 * its codewords, the warm ones, which come next, among the first `warmCodewords`. The rest of a field shares one vector,
 * the first codewords, and nothing is stored of it. Numbers are per field, and 0 if it is uncompressed.
 */
export interface CodeLayout {
  /** Fields with a row per id in place of codes. */
  readonly uncompressed: readonly boolean[];
  readonly parts: number;
  /**
   * Codebooks of a part, 1 if absent: a part is the sum of a codeword of each. An id has a code for each level of each part, level by
   * level.
   */
  readonly levels?: number;
  /** Width of a part. If parts * width is more than the model's width, the rest is cut off. */
  readonly width: number;
  readonly codewords: readonly number[];
  readonly hot: readonly number[];
  readonly warm: readonly number[];
  readonly warmCodewords: readonly number[];
}

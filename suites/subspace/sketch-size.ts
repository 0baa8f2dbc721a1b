/** The requirement on |B x|^2 / |A x|^2: within 1 +- error for all x, except with probability `failure`. */
export interface Accuracy {
  readonly width: number;
  readonly error: number;
  readonly failure: number;
}

/**
 * Rows of a Gaussian sketch that suffice: singular values of P U, U orthonormal, are within 1 +- (sqrt(width) + t) / sqrt(rows)
 * but with probability 2 exp(-t^2 / 2) (Davidson and Szarek 2001), and (1 + x)^2 <= 1 + error is the tighter side.
 */
export function gaussianRows({ width, error, failure }: Accuracy): number {
  const t = Math.sqrt(2 * Math.log(2 / failure));
  return Math.ceil(((Math.sqrt(width) + t) / (Math.sqrt(1 + error) - 1)) ** 2);
}

/**
 * Rows of a CountSketch that suffice: the mean of |(P U)'(P U) - I|_F^2 is at most (width^2 + width) / rows (entry k, l sums
 * products of pairs of rows that collide, a pair with probability 1/rows), and Markov's inequality does the rest (Nelson
 * and Nguyen, FOCS 2013). Real tables need far fewer, about those of a Gaussian one: only rows of high leverage that
 * collide do harm.
 */
export function countSketchRows({ width, error, failure }: Accuracy): number {
  return Math.ceil((width * width + width) / (failure * error * error));
}

/** Weights of the ids of every field: relative deviation of what an id adds, and of the entries of its vector (0: it has none). */
export interface Weights {
  readonly effect: number;
  readonly latent: number;
}

const weights = (effect: number, latent: number): Weights => ({ effect, latent });

// prettier-ignore
export const weightsOf: Readonly<Record<string, Weights>> = {
  C1:  weights(0.05, 0.00),
  C2:  weights(0.35, 0.30),
  C3:  weights(0.25, 0.00),
  C4:  weights(0.30, 0.00),
  C5:  weights(0.05, 0.00),
  C6:  weights(0.14, 0.00),
  C7:  weights(0.46, 0.35),
  C8:  weights(0.05, 0.00),
  C9:  weights(0.36, 0.00),
  C10: weights(0.35, 0.30),
  C11: weights(0.46, 0.35),
  C12: weights(0.20, 0.00),
  C13: weights(0.46, 0.35),
  C14: weights(0.36, 0.15),
  C15: weights(0.46, 0.35),
  C16: weights(0.20, 0.00),
  C17: weights(0.48, 0.15),
  C18: weights(0.46, 0.35),
  C19: weights(0.20, 0.00),
  C20: weights(0.14, 0.00),
  C21: weights(0.20, 0.00),
  C22: weights(0.21, 0.00),
  C23: weights(0.42, 0.15),
  C24: weights(0.46, 0.35),
  C25: weights(0.21, 0.00),
  C26: weights(0.35, 0.20),
};

/** Weights of a count's column: of its standardized log, and of its bump. */
export interface DenseWeights {
  readonly effect: number;
  readonly bump: number;
}

const dense = (effect: number, bump: number): DenseWeights => ({ effect, bump });

/** Columns of one factor mostly add to each other: what differs between correlated columns is slow to learn, and Criteo's is learned fast. */
// prettier-ignore
export const denseWeightsOf: Readonly<Record<string, DenseWeights>> = {
  I1:  dense( 0.20, 0.20),
  I2:  dense( 0.00, 0.00),
  I3:  dense(-0.15, 0.15),
  I4:  dense( 0.00, 0.15),
  I5:  dense(-0.20, 0.20),
  I6:  dense(-0.08, 0.20),
  I7:  dense( 0.20, 0.20),
  I8:  dense(-0.10, 0.10),
  I9:  dense(-0.05, 0.13),
  I10: dense( 0.15, 0.15),
  I11: dense( 0.30, 0.30),
  I12: dense( 0.00, 0.00),
  I13: dense(-0.30, 0.30),
};

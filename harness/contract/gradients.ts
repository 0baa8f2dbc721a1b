/**
 * How the gradients of the network's dense layers come about: whole, or as an estimate of rank K that is kept across batches
 * (streaming batch PCA).
 */
export type Gradients = 'exact' | `sbpca:${number}`;

/** The papers go to 10. Compositions make directions orthogonal one after the other, for every sub-batch. */
export const maxRank = 64;

/** Undefined if the text means none. */
export function parseGradients(text: string): Gradients | undefined {
  if (text === 'exact') return text;
  const [, rank] = /^sbpca:([1-9]\d?)$/.exec(text) ?? [];
  return Number(rank) <= maxRank ? `sbpca:${Number(rank)}` : undefined;
}

/** K. */
export function rankOf(gradients: Exclude<Gradients, 'exact'>): number {
  return Number(gradients.slice('sbpca:'.length));
}

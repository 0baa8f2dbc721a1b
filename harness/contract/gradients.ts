/**
 * How the gradients of the network's dense layers come about: whole, or as an estimate of rank K that is kept across batches
 * (streaming batch PCA).
 */
export type Gradients = 'exact' | `sbpca:${number}`;

/** Undefined where the text means none. */
export function parseGradients(text: string): Gradients | undefined {
  return /^(exact|sbpca:[1-9]\d{0,5})$/.test(text) ? (text as Gradients) : undefined;
}

/** K, or undefined where gradients are exact. */
export function rankOf(gradients: Gradients): number | undefined {
  return gradients === 'exact' ? undefined : Number(gradients.slice('sbpca:'.length));
}

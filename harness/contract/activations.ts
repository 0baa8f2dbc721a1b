/** Bits that what a layer was given may be kept in for the backward pass. Without any, it is kept as it is. */
export const activationBits = [2, 4, 8] as const;
export type ActivationBits = (typeof activationBits)[number];

/** The bits of floats that are kept as they are. */
export const exactBits = 32 as const;
export type KeptBits = ActivationBits | typeof exactBits;

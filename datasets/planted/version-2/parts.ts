/** Constants of the fit (README.md, "How version 2 was fitted"). */

/** Share of the score's variance that each part gets; they sum to 1. */
export const shares = {
  ids: 0.4,
  linear: 0.395,
  bumps: 0.03,
  wave: 0.06,
  pairs: 0.055,
  triples: 0.06,
};
export type PartName = keyof typeof shares;

/** Correlation of an id's own effect with the first entry of its latent vector, in fields that have vectors. */
export const firstOrderCorrelation = 0.7;

/** Share of the rows below which an id's effect and vector shrink, and the power of the share by which they do. */
export const typicalShare = 0.004;
export const shrinkPower = 0.2;

/** Length of the integers' latent vector, per unit of a factor as the integers show it. */
export const integerLatent = 0.3;

/** Ids of ranks below this neither change by day nor are born late. */
export const steadyRanks = 64;

/** Change over the week, at `drift` 1. */
export const change = {
  /** Share of the variance of an id's effect and vector that belongs to (id, day). */
  meaning: 0.1,
  /** Share of the ids of large fields that are born on a day after the first. */
  lateBirths: 0.15,
  /** Amplitude of the hour's bias, in deviations of the score. */
  hourBias: 0.15,
  /** Amplitude of the hour's relative change of the slope: how much can be told of a click at night and at noon. */
  hourSlope: 0.08,
};

/** Fields of more ids than this have late births. */
export const largeField = 50_000;

/** Triples of the part beyond pairs: two fields, by classes of their ids, and the sign of a factor. */
export const triples: readonly { readonly fields: readonly [string, string]; readonly factor: number }[] = [
  { fields: ['C2', 'C17'], factor: 0 },
  { fields: ['C14', 'C23'], factor: 1 },
  { fields: ['C9', 'C7'], factor: 2 },
];

/** Radians of the wave per standard deviation of the linear part. */
export const waveFrequency = 2;

/** Classes of the ids of a field in a triple. */
export const classCount = 8;

/** Groups of methods in lists and documents, in this order, by what makes methods small. */
export const families = [
  'baseline',
  'hashing and sharing',
  'structured',
  'adaptive',
  'codes',
  'pruning and search',
  'precision',
] as const;
export type Family = (typeof families)[number];

/** The cost of training beside that of a full table. */
export const trainingCosts = {
  step: 'one training, whose steps look up and update rows, as those of a full table do',
  'heavier step':
    'one training, whose steps compute more: decoders, products of cores, many lookups for an id',
  upkeep: 'one training, with work between its steps: sketches, rows that move, masks, rounding',
  stages:
    'more than one training, one after the other: a search or pretraining, and then the one that counts',
  conversion: 'a full table is trained first, in its full memory, and made small afterwards',
} as const;
export type TrainingCost = keyof typeof trainingCosts;

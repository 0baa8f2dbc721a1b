import type { Protocol } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';

/** How ids are numbered: by descending count in the training part, or in the order of their first occurrence there. */
export const idOrders = ['frequency', 'first-seen'] as const;
export type IdOrder = (typeof idOrders)[number];

export interface PrepareSettings {
  readonly protocol: Protocol;
  /** Tokens that occur less often in the training part share the out-of-vocabulary id. At least 1. */
  readonly minCount: number;
  readonly order: IdOrder;
  /** Dense features: log(x + 1), with negative and missing values 0, as in DLRM; otherwise x, missing 0. */
  readonly logTransform: boolean;
  /** Decides who is in which part under protocol `random`; 32 bits. */
  readonly splitSeed: number;
}

export const defaultSettings: PrepareSettings = {
  protocol: 'temporal',
  minCount: 1,
  order: 'frequency',
  logTransform: true,
  splitSeed: 1,
};

/** The settings among other members of a request. Throws a UserError for a minimum count below 1. */
export function settingsOf({
  protocol,
  minCount,
  order,
  logTransform,
  splitSeed,
}: PrepareSettings): PrepareSettings {
  if (!Number.isInteger(minCount) || minCount < 1) {
    throw new UserError(`--min-count ${minCount}: give an integer of at least 1 (1 keeps every token)`);
  }
  return { protocol, minCount, order, logTransform, splitSeed };
}

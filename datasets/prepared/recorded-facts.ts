import type { DataFacts } from './facts.ts';
import { headShares } from './head-shares.ts';
import type { PreparedData } from './read.ts';

/** Facts of the data as environment records have them. */
export interface RecordedFacts extends DataFacts {
  /** See `headShares`. Absent in records before December 2026. */
  readonly headShares: Readonly<Record<string, number>>;
}

/** Goes over every count a few times, which takes seconds for ids by the hundred million. A command asks once, a run never. */
export function recordedFacts({ facts, fields }: Pick<PreparedData, 'facts' | 'fields'>): RecordedFacts {
  return { ...facts, headShares: headShares(fields) };
}

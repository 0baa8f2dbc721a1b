import type { Recording } from '../../results/recording.ts';
import type { AnalyzedComparison } from '../recording.ts';
import type { ClaimState, PaperClaim } from './claim.ts';
import { type ClaimEvidence, evidenceFor } from './evidence.ts';
import { type Settlement, settlementOf } from './settle.ts';

/** A claim as one recording answers it. */
export interface ClaimAnswer extends ClaimEvidence {
  readonly settlement: Settlement;
}

/**
 * The answer of a recording: of its comparisons the first, in their fixed order, that tests the claim; of those that do not, the one that
 * comes closest to it.
 */
export function answerOf(
  claim: PaperClaim,
  comparisons: readonly AnalyzedComparison[],
  recording: Pick<Recording, 'environment'>,
): ClaimAnswer | undefined {
  const answers = comparisons.map((comparison) => ({
    ...evidenceFor(claim, comparison, recording),
    settlement: settlementOf(claim, { comparison, recording }),
  }));
  return answers.find(({ state }) => state !== 'not tested') ?? answers[0];
}

/** Claims about a method that a recording has, in their order. */
export function claimsAbout(claims: readonly PaperClaim[], methods: ReadonlySet<string>): PaperClaim[] {
  return claims.filter(({ method }) => methods.has(method));
}

/** One word for several recordings: `disputed` where some hold and some refute the claim. Recordings are never pooled. */
export function stateOver(answers: readonly Pick<ClaimEvidence, 'state'>[]): ClaimState | 'disputed' {
  const states = new Set(answers.map(({ state }) => state));
  if (states.has('held') && states.has('refuted')) return 'disputed';
  return (['refuted', 'held', 'undecided'] as const).find((one) => states.has(one)) ?? 'not tested';
}

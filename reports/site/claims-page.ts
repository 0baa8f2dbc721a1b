import type { ClaimState, PaperClaim } from '../../analysis/claims/claim.ts';
import { type ClaimAnswer, answerOf, stateOver } from '../../analysis/claims/over-recordings.ts';
import type { DataResults } from '../../analysis/leaderboards/results.ts';
import type { Published } from '../../analysis/leaderboards/same-data.ts';
import {
  aboutClaim,
  type ClaimView,
  claimView,
  countsOf,
  gradeOf,
  markOf,
  stateText,
} from '../claims/claims-view.ts';
import { paperClaims } from '../claims/papers.ts';
import { addressOf, reportPath } from './addresses.ts';

/** A claim over all recordings, as claims.hbs reads it. */
export interface SiteClaim extends Omit<ClaimView, 'id' | 'departures'> {
  readonly anchor: string;
  readonly method: string;
  /** Recordings that test it. */
  readonly answers: readonly {
    readonly name: string;
    readonly href: string;
    readonly state: string;
    readonly found: string;
    readonly departures: string;
  }[];
}

export interface ClaimsPageView {
  readonly counts: string;
  readonly claims: readonly SiteClaim[];
}

/** All claims, those that are tested first; each recording answers for itself. */
export function claimsPage(groups: readonly DataResults[], up = ''): ClaimsPageView {
  const all = paperClaims.map((claim) => {
    const answers = groups.flatMap(({ published, comparisons }) =>
      published.flatMap((one): { published: Published; answer: ClaimAnswer }[] => {
        const own = comparisons.filter((judged) => judged.published === one);
        if (!one.recording.runs.some(({ method }) => method === claim.method)) return [];
        const answer = answerOf(
          claim,
          own.map(({ comparison }) => comparison),
          one.recording,
        );
        return answer === undefined ? [] : [{ published: one, answer }];
      }),
    );
    // The recording that tests it at most budgets stands first, then the newest: they come in the order of time.
    const tested = answers
      .filter(({ answer }) => answer.state !== 'not tested')
      .reverse()
      .sort((a, b) => b.answer.intervals.length - a.answer.intervals.length);
    const state = stateOver(tested.map(({ answer }) => answer));
    return { state, view: siteClaim(claim, state, tested, answers[0]?.answer, up) };
  });
  const order: readonly (ClaimState | 'disputed')[] = [
    'held',
    'refuted',
    'disputed',
    'undecided',
    'not tested',
  ];
  return {
    counts: countsOf(all),
    claims: order.flatMap((one) => all.filter(({ state }) => state === one).map(({ view }) => view)),
  };
}

function siteClaim(
  claim: PaperClaim,
  state: ClaimState | 'disputed',
  tested: readonly { readonly published: Published; readonly answer: ClaimAnswer }[],
  nearest: ClaimAnswer | undefined,
  up: string,
): SiteClaim {
  const answers = tested.map(({ published, answer }) => {
    const { state, found, departures } = claimView(answer);
    return { name: published.folder, href: addressOf(reportPath(published), up), state, found, departures };
  });
  return {
    ...aboutClaim(claim, tested[0]?.answer.settlement ?? nearest?.settlement),
    anchor: `claim-${claim.id}`,
    method: claim.method,
    state: stateText(state),
    mark: markOf(state),
    grade: gradeOf(tested.flatMap(({ answer }) => answer.departures)),
    found: answers[0]?.found ?? nearest?.reason ?? `method: ${claim.method} is in no recording`,
    answers,
  };
}

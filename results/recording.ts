import type { CheckRecord } from './check-record.ts';
import type { Environment } from './environment.ts';
import type { RunRecord } from './record.ts';
import type { RowCovariances } from './row-noise.ts';
import type { TestScores } from './test-scores.ts';
import type { ThroughputRecord } from './throughput-record.ts';
import type { Contribution } from './contribution.ts';
import type { VerifiedRun } from './verified.ts';

/** A recording as it is read from its folder. */
export interface Recording {
  readonly environment: Environment;
  readonly runs: readonly RunRecord[];
  /** Absent if no throughput was measured. */
  readonly throughput?: readonly ThroughputRecord[];
  /** Runs made again on other machines; absent without any. */
  readonly checks?: readonly CheckRecord[];
  /** Present if it comes from outside of the project. */
  readonly contribution?: Contribution;
  /** Runs that maintainers have run again; absent without any. */
  readonly verified?: readonly VerifiedRun[];
  /** Absent if no scores were kept; published recordings have none. */
  readonly scores?: TestScores;
  /** The covariances that were made of scores, or why they are left out. */
  readonly rowNoise?: RowCovariances | { readonly problem: string };
}

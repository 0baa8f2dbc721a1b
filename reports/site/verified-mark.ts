import type { Published } from '../../analysis/leaderboards/same-data.ts';
import { plural } from '../../base/plural.ts';
import type { RunRecord } from '../../results/record.ts';
import { formatCount } from '../format.ts';

/** A badge beside a recording or some of its runs. */
export interface Mark {
  readonly text: 'verified' | 'not run again';
  readonly title: string;
}

/**
 * The mark of runs of a recording, all of them if none are named: whether maintainers have run one of them again. Runs that the project
 * made itself and nobody ran again have no mark.
 */
export function markOf(
  { recording: { verified = [], contribution, runs: all } }: Pick<Published, 'recording'>,
  runs: readonly Pick<RunRecord, 'id'>[] = all,
): Mark | undefined {
  const ids = new Set(runs.map(({ id }) => id));
  const again = verified.filter(({ id }) => ids.has(id));
  if (again.length > 0) {
    const same = again.filter((run) => run.same).length;
    const among = `${plural(again.length, 'run', formatCount(again.length))} of ${formatCount(ids.size)}`;
    const bits = same === 0 ? 'none' : same === again.length ? 'all' : formatCount(same);
    return {
      text: 'verified',
      title: `maintainers have run ${among} again; ${bits} of them to the last bit the same`,
    };
  }
  if (contribution === undefined) return undefined;
  return {
    text: 'not run again',
    title: 'contributed, and checked by its settings; maintainers have not run it again',
  };
}

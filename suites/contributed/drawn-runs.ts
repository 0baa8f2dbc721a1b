import { random } from '../../base/random.ts';
import { plural } from '../../base/plural.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';

/** Samples that a run may train on to be run again by a machine that checks pull requests: minutes at most. */
export const mostSamples = 2_000_000;

export interface Drawing {
  /** The number of runs to draw. */
  readonly count: number;
  readonly seed: number;
  /** Backends that work here. */
  readonly backends: readonly string[];
  readonly mostSamples: number;
}

/** Runs to be run again, drawn at random; `left` says in words which could not be drawn. Whoever knows the seed draws the same. */
export function drawnRuns(
  runs: readonly RunRecord[],
  { count, seed, backends, mostSamples }: Drawing,
): { drawn: CompletedRun[]; left: string[] } {
  const completed = runs.filter((run): run is CompletedRun => run.status === 'completed');
  const here = completed.filter(({ backend }) => backends.includes(backend));
  // A record may claim any time: rows and epochs are checked, and tell how long a run takes.
  const pool = here.filter(({ dataset, epochs }) => dataset.rows.train * epochs <= mostSamples);
  const left = [
    ...(here.length < completed.length ? [`${plural(completed.length - here.length, 'run')} of backends that do not work here`] : []), // prettier-ignore
    ...(pool.length < here.length ? [`${plural(here.length - pool.length, 'run')} of more than ${mostSamples} samples`] : []), // prettier-ignore
  ];
  const stream = random(seed);
  const rest = pool.sort((a, b) => (a.id < b.id ? -1 : 1));
  const drawn = Array.from({ length: Math.min(count, rest.length) }, () => {
    const [one] = rest.splice(Math.floor(stream.uniform() * rest.length), 1);
    return one;
  });
  return { drawn, left };
}

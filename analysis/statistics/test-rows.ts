import type { CompletedRun } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import type { TestScores } from '../../results/test-scores.ts';
import { type Placements, placements } from './delong.ts';
import { type Difference, difference } from './seeds-and-rows.ts';

/** Bytes of placements that stay in memory: a recording of hundreds of runs on a million rows has more than fits. */
const maxKeptBytes = 256e6;

/** The test rows that all runs have in common, for pairing. */
export interface TestRows {
  readonly count: number;
  /** Kept beside the records: the scores themselves, or what DeLong's covariances make of them. */
  readonly source: 'scores' | 'covariances';
  /** The difference over the seeds both have. Undefined if a run has no scores, or scores that do not give its recorded AUC. */
  difference(a: readonly CompletedRun[], b: readonly CompletedRun[]): Difference | undefined;
}

type Scored = Pick<Recording, 'scores'>;

/** The test rows of one recording by its scores. Undefined if there are none. A file is read when its run is first compared. */
export function testRowsOf({ scores }: Scored): TestRows | undefined {
  if (scores === undefined) return undefined;
  const of = placementsIn(scores);
  return pairedRows(scores.labels, of, of);
}

/**
 * The test rows of two recordings: `difference` takes runs of the first, then of the second, whose ids may be the same.
 * Undefined if one has no scores, or where they were not tested on the same rows.
 */
export function testRowsBetween(first: Scored, second: Scored): TestRows | undefined {
  const [a, b] = [first.scores, second.scores];
  if (a === undefined || b === undefined || Buffer.compare(a.labels, b.labels) !== 0) return undefined;
  return pairedRows(a.labels, placementsIn(a), placementsIn(b));
}

type PlacementsOf = (run: CompletedRun) => Placements | undefined;

function pairedRows(labels: Uint8Array, ofFirst: PlacementsOf, ofSecond: PlacementsOf): TestRows {
  return {
    count: labels.length,
    source: 'scores',
    difference: rememberedByPair((a, b) => {
      const pairs = a.flatMap((run) => {
        const other = b.find(({ seed }) => seed === run.seed);
        return other === undefined ? [] : [{ run, other }];
      });
      const ofA = pairs.flatMap(({ run }) => ofFirst(run) ?? []);
      const ofB = pairs.flatMap(({ other }) => ofSecond(other) ?? []);
      if (pairs.length === 0 || ofA.length + ofB.length < 2 * pairs.length) return undefined;
      return difference(ofA, ofB);
    }, ofFirst === ofSecond),
  };
}

type Runs = readonly CompletedRun[];

interface Remembered {
  readonly found: Difference | undefined;
}

/**
 * Verdicts, tables and plans ask for the same pairs, and each is O(seeds x rows). A list is told by its identity. `eitherWay`: both
 * lists are of one recording, and a pair that was asked for the other way round has the opposite values.
 */
function rememberedByPair(find: TestRows['difference'], eitherWay: boolean): TestRows['difference'] {
  const known = new WeakMap<Runs, WeakMap<Runs, Remembered>>();
  return (a, b) => {
    const ofA = known.get(a) ?? new WeakMap<Runs, Remembered>();
    known.set(a, ofA);
    const other = eitherWay ? known.get(b)?.get(a) : undefined;
    const { found } = ofA.get(b) ?? { found: other ? other.found && opposite(other.found) : find(a, b) };
    ofA.set(b, { found });
    return found;
  };
}

/** The same pair the other way round. */
function opposite(one: Difference): Difference {
  const { overRows, overBoth } = one;
  return {
    ...one,
    overRows: { ...overRows, value: 0 - overRows.value },
    overBoth: { ...overBoth, value: 0 - overBoth.value },
  };
}

export function placementsIn(scores: TestScores): PlacementsOf {
  const { labels } = scores;
  const made = new Map<string, Placements>();
  const maxKept = Math.max(16, Math.floor(maxKeptBytes / (4 * labels.length)));
  return (run) => {
    const known = made.get(run.id);
    const probabilities = known === undefined ? scores.of(run.id) : undefined;
    const found = known ?? (probabilities && placements(probabilities, labels));
    if (found === undefined || Math.abs(found.auc - run.quality.auc) > 1e-12) return undefined;
    // The one that was used last is the last to go.
    made.delete(run.id);
    made.set(run.id, found);
    if (made.size > maxKept) made.delete(made.keys().next().value!);
    return found;
  };
}

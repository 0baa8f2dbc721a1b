import { UserError } from '../../base/user-error.ts';
import { type NamedRecording, requireRuns } from '../../analysis/comparisons/counterparts.ts';
import { hasVerdict } from '../../analysis/regressions/change.ts';
import {
  type HardwareDifference,
  type RecordedChanges,
  changesBetween,
  changesWithin,
} from '../../analysis/regressions/recorded-changes.ts';
import { type Series, seriesOf } from '../../analysis/summary/series.ts';
import { alternatives } from '../../base/find-named.ts';
import { findMethod } from '../../suites/find-method.ts';

/** The changes between two recordings; `wanted` names the only methods that matter, where it is given. Throws a UserError. */
export function changesOfRecordings(
  a: NamedRecording,
  b: NamedRecording,
  wanted: readonly string[] = [],
  margin?: number,
): RecordedChanges {
  const all = [...seriesOf([...a.recording.runs, ...b.recording.runs]).values()];
  const methods = wanted.flatMap((name) => namedIn(all, name).map(({ method }) => method));
  return changesBetween(a, b, ({ method }) => methods.length === 0 || methods.includes(method), margin);
}

/** The changes from the first to the second of two methods of one recording. Throws a UserError. */
export function changesOfMethods(
  named: NamedRecording,
  wanted: readonly string[],
  margin?: number,
): RecordedChanges {
  requireRuns(named.name, named.recording);
  if (wanted.length !== 2)
    throw new UserError(
      `--methods ${wanted.join(',')}: of one recording two methods are compared, as in --methods hash,robe; ` +
        `or name a second recording`,
    );
  const [a, b] = wanted;
  return changesWithin(named, (series) => [onlyOneIn(series, a), onlyOneIn(series, b)], margin);
}

/** Throws a UserError if nothing could be judged, so that a check never passes vacuously. */
export function requireVerdicts({ settings }: RecordedChanges): void {
  const changes = settings.flatMap(({ changes }) => changes);
  if (changes.some(hasVerdict)) return;
  throw new UserError(
    changes.some(({ verdict }) => verdict === 'unjudged')
      ? 'nothing could be judged: a verdict takes three common seeds; record both with --seeds 3'
      : 'nothing could be judged: no method at a ratio has a number on both sides',
  );
}

/** A line for recordings that were made on different hardware; none if it is the same. */
export function hardwareNotes(differences: readonly HardwareDifference[]): string[] {
  if (differences.length === 0) return [];
  const parts = differences.map(({ part, a, b }) => `${part} ${a ?? 'none'} and ${b ?? 'none'}`);
  return [
    `other hardware (${parts.join('; ')}): test AUC is compared, which rounding alone moves there; speeds never are`,
  ];
}

/** Finds a series by label, name or alias, even if this version has no such method any more. */
function namedIn(series: readonly Series[], wanted: string): Series[] {
  const of = (name: string) => series.filter(({ label, method }) => label === name || method === name);
  const found = of(wanted);
  if (found.length > 0) return found;
  const known = of(canonical(wanted));
  if (known.length > 0) return known;
  const names = [...new Set(series.map(({ method }) => method))];
  throw new UserError(`--methods ${wanted}: not recorded; there are ${alternatives(names, wanted)}`);
}

function onlyOneIn(series: readonly Series[], wanted: string): Series {
  const found = namedIn(series, wanted);
  if (found.length === 1) return found[0];
  const labels = found.map(({ label }) => `'${label}'`).join(', ');
  throw new UserError(`--methods ${wanted}: recorded with several options; name one of ${labels}`);
}

function canonical(name: string): string {
  try {
    return findMethod(name).name;
  } catch (error) {
    if (error instanceof UserError) return name;
    throw error;
  }
}

import { UserError } from '../../base/user-error.ts';
import { pairsOfMethods } from '../../reports/changes/of-methods.ts';
import { pairsOfRecordings } from '../../reports/changes/of-recordings.ts';
import { type Change, type Verdict, changesOf } from '../../reports/changes/verdicts.ts';
import { type Series, seriesOf } from '../../reports/series.ts';
import { testRowsBetween, testRowsOf } from '../../reports/test-rows.ts';
import { type Setting, comparisons } from '../../results/comparable.ts';
import { type NamedRecording, counterparts, requireRuns } from '../../results/counterparts.ts';
import { hardwareOf } from '../../results/hardware.ts';
import type { Environment, TrainingEnvironment } from '../../results/record.ts';
import { alternatives } from '../../base/find-named.ts';
import { findMethod } from '../../suites/find-method.ts';

/** The two sides of a comparison, and its result. */
export interface RecordedChanges {
  readonly a: string;
  readonly b: string;
  readonly data: TrainingEnvironment['data'];
  /** The number of differences that are paired over test rows: both sides have scores. */
  readonly testRows: number | undefined;
  /** Other settings in which the two differ; they do not prevent the comparison. */
  readonly notes: readonly string[];
  readonly settings: readonly { readonly setting: Setting; readonly changes: readonly Change[] }[];
}

/** Compares two recordings; `wanted` names the methods that matter, all if absent. Throws a UserError. */
export function changesOfRecordings(
  a: NamedRecording,
  b: NamedRecording,
  wanted: readonly string[] = [],
): RecordedChanges {
  const shared = counterparts(a, b);
  const testRows = testRowsBetween(b.recording, a.recording);
  const all = [...seriesOf([...a.recording.runs, ...b.recording.runs]).values()];
  const methods = wanted.flatMap((name) => namedIn(all, name).map(({ method }) => method));
  const isWanted = ({ method }: { readonly method: string }) =>
    methods.length === 0 || methods.includes(method);
  return {
    a: a.name,
    b: b.name,
    data: a.recording.environment.data!,
    testRows: testRows?.count,
    notes: notesOn(a.recording.environment, b.recording.environment),
    settings: shared.map(({ a, b }) => {
      const [ofA, ofB] = [a, b].map((one) => ({ ...one, runs: one.runs.filter(isWanted) }));
      return { setting: a.setting, changes: changesOf(pairsOfRecordings(ofA, ofB, testRows)) };
    }),
  };
}

/** Compares two methods of one recording, the second minus the first. Throws a UserError. */
export function changesOfMethods(
  { name, recording }: NamedRecording,
  wanted: readonly string[],
): RecordedChanges {
  requireRuns(name, recording);
  if (wanted.length !== 2)
    throw new UserError(
      `--methods ${wanted.join(',')}: of one recording two methods are compared, as in --methods hash,robe; ` +
        `or name a second recording`,
    );
  const all = [...seriesOf(recording.runs).values()];
  const [a, b] = wanted.map((name) => onlyOneIn(all, name));
  const testRows = testRowsOf(recording);
  return {
    a: `${a.label} of ${name}`,
    b: `${b.label} of ${name}`,
    data: recording.environment.data!,
    testRows: testRows?.count,
    notes: [],
    settings: comparisons(recording)
      .map((one) => ({
        setting: one.setting,
        changes: changesOf(pairsOfMethods(one, [a.key, b.key], testRows)),
      }))
      .filter(({ changes }) => changes.length > 0),
  };
}

/** Throws a UserError if nothing could be compared, so that CI never passes vacuously. */
export function requireVerdicts({ settings }: RecordedChanges): void {
  const changes = settings.flatMap(({ changes }) => changes);
  const without: readonly Verdict[] = ['unjudged', 'only A', 'only B', 'neither'];
  if (changes.some(({ verdict }) => !without.includes(verdict))) return;
  throw new UserError(
    changes.some(({ verdict }) => verdict === 'unjudged')
      ? 'nothing could be judged: noise is known from two common seeds on; record both with --seeds 3'
      : 'nothing could be judged: no method at a ratio has a number on both sides',
  );
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

function notesOn(a: Environment, b: Environment): string[] {
  const [ofA, ofB] = [a, b].map(hardwareOf);
  const other = Object.keys({ ...ofA, ...ofB }).filter((what) => ofA[what] !== ofB[what]);
  if (other.length === 0) return [];
  const differing = other.map((what) => `${what} ${ofA[what] ?? 'none'} and ${ofB[what] ?? 'none'}`);
  return [
    `other hardware (${differing.join('; ')}): test AUC is compared, which rounding alone moves there; speeds never are`,
  ];
}

import type { TrainingEnvironment } from '../../results/environment.ts';
import { hardwareOf } from '../../results/hardware.ts';
import type { Recording } from '../../results/recording.ts';
import type { Setting } from '../comparisons/comparable.ts';
import { type NamedRecording, counterparts } from '../comparisons/counterparts.ts';
import { machinesIn } from '../machines/timed-on.ts';
import { analyze } from '../recording.ts';
import { testRowsBetween } from '../statistics/test-rows.ts';
import type { Series } from '../summary/series.ts';
import { defaultMargin } from '../verdicts/noise.ts';
import { type Change, changesOf } from './change.ts';
import { methodPairs } from './method-pairs.ts';
import { recordingPairs } from './recording-pairs.ts';

/** Two sides that were compared, and the changes from A to B. */
export interface RecordedChanges {
  readonly a: string;
  readonly b: string;
  readonly data: TrainingEnvironment['data'];
  /** The number of test rows that differences are paired over; undefined if a side has no scores. */
  readonly testRows: number | undefined;
  /** True if the noise of test rows is assumed, because nothing was kept of them. */
  readonly rowsAssumed: boolean;
  /** The least difference that matters. */
  readonly margin: number;
  /** Other hardware of the two, which is no reason to refuse them; empty if it is the same. */
  readonly hardware: readonly HardwareDifference[];
  readonly settings: readonly { readonly setting: Setting; readonly changes: readonly Change[] }[];
}

export interface HardwareDifference {
  /** "CPU", "processors", ... */
  readonly part: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/**
 * The changes between two recordings of the same data and settings. `isWanted` leaves out methods that do not matter. Throws
 * a UserError where the two may not be compared.
 */
export function changesBetween(
  a: NamedRecording,
  b: NamedRecording,
  isWanted: (run: { readonly method: string }) => boolean,
  margin = defaultMargin,
): RecordedChanges {
  const shared = counterparts(a, b);
  const testRows = testRowsBetween(b.recording, a.recording);
  return {
    a: a.name,
    b: b.name,
    data: a.recording.environment.data!,
    testRows: testRows?.count,
    rowsAssumed: false,
    margin,
    hardware: hardwareDifferences(a.recording, b.recording),
    settings: shared.map(({ a, b }) => {
      const [ofA, ofB] = [a, b].map((one) => ({ ...one, runs: one.runs.filter(isWanted) }));
      return { setting: a.setting, changes: changesOf(recordingPairs(ofA, ofB, testRows), margin) };
    }),
  };
}

/** The changes from one method of a recording to another. `choose` picks the two from the recording's series. */
export function changesWithin(
  { name, recording }: NamedRecording,
  choose: (series: readonly Series[]) => readonly [a: Series, b: Series],
  margin = defaultMargin,
): RecordedChanges {
  const { comparisons, testRows, series } = analyze(recording, margin);
  const [a, b] = choose([...series.values()]);
  return {
    a: `${a.label} of ${name}`,
    b: `${b.label} of ${name}`,
    data: recording.environment.data!,
    testRows: testRows?.count,
    rowsAssumed: comparisons.some(({ noise }) => noise.source === 'assumed'),
    margin,
    hardware: severalMachines(recording, recording),
    settings: comparisons
      .map(({ setting, rows, noise }) => ({
        setting,
        changes: changesOf(methodPairs(rows, [a, b], noise), margin),
      }))
      .filter(({ changes }) => changes.length > 0),
  };
}

function hardwareDifferences(a: Recording, b: Recording): HardwareDifference[] {
  const [ofA, ofB] = [a, b].map(({ environment }) => hardwareOf(environment));
  const parts = Object.keys({ ...ofA, ...ofB })
    .filter((part) => ofA[part] !== ofB[part])
    .map((part) => ({ part, a: ofA[part], b: ofB[part] }));
  return [...parts, ...severalMachines(a, b)];
}

/** Two runs of one seed may be of two machines if one of the recordings has several; empty if neither has. */
function severalMachines(a: Recording, b: Recording): HardwareDifference[] {
  const [ofA, ofB] = [a, b].map((recording) => machinesIn(recording).runsOf.size);
  return Math.max(ofA, ofB) < 2 ? [] : [{ part: 'kinds of machines', a: `${ofA}`, b: `${ofB}` }];
}

import { none } from '../../harness/contract/backend.ts';
import type { SplitSettings } from './settings.ts';
import type { RowFacts, Split } from './split-parts.ts';
import { spansOf, timeOrder } from './time-order.ts';

/** Days of a log that does not come in days and whose shares are not named: all but the last train. */
const days = 7;
/** Products of shares and rows that should be whole may be a little less. */
const rounding = 1e-9;

/**
 * The first rows in time train, the others are tested and validated in turn. Without shares: seven "days" of equal size (the
 * first ones have one row more if 7 does not divide the rows), six of them to train on, as facebookresearch/dlrm cuts the
 * Kaggle file. Every second row of the last day is a test row, the others validate. dlrm halves the day instead: its halves
 * differ by .02 AUC on Criteo, which is more than compression costs, so that validation would choose for other hours than those tested.
 * Rows of one time are not divided between training and the rest. The last day of a log that comes in days is its own.
 */
export function temporalSplit(rows: number, { shares }: SplitSettings, { times, dayRows }: RowFacts): Split {
  if (dayRows && !shares) return lastDay(rows, dayRows);
  const order = times && timeOrder(times);
  const last = shares ? rows * (shares.validation + shares.test) : rows / days;
  const train = rows - Math.floor(last + rounding);
  return {
    ...inTurn(rows, {
      ...(order && { order }),
      train: times ? betweenTimes(train, times, order) : train,
      end: rows,
      testShare: shares ? shares.test / (shares.validation + shares.test) : 1 / 2,
    }),
    ...(times && { byTime: true as const }),
  };
}

/**
 * One fold of a rolling evaluation: days 1 to `day` train, every second row of the next day is a test row, the others
 * validate, and later days are left out. Days are those that the log comes in, or equal spans of time, or equal numbers of rows.
 */
export function rollingSplit(rows: number, { rolling }: SplitSettings, { times, dayRows }: RowFacts): Split {
  const { days, day } = rolling!;
  if (dayRows) return lastDay(rows, dayRows); // rows of later days are not there: stage-rows.ts
  const order = times && timeOrder(times);
  const endOfDay = times
    ? spansOf(times, order, days)
    : (day: number) => day * Math.floor(rows / days) + Math.min(day, rows % days);
  return {
    ...inTurn(rows, {
      ...(order && { order }),
      train: endOfDay(day),
      end: endOfDay(day + 1),
      testShare: 1 / 2,
    }),
    ...(times && { byTime: true as const }),
  };
}

/** All days but the last train. */
function lastDay(rows: number, dayRows: readonly number[]): Split {
  const train = rows - (dayRows.at(-1) ?? 0);
  return { ...inTurn(rows, { train, end: rows, testShare: 1 / 2 }), byDay: true };
}

interface Cuts {
  /** Rows in the order of time; absent if the log has it. */
  readonly order?: Uint32Array;
  /** Past the last training row, in the order of time. */
  readonly train: number;
  /** Past the last row that has a part. */
  readonly end: number;
  /** Share of test rows among those after training. */
  readonly testShare: number;
}

/** Rows after training are tested and validated in turn, evenly mixed, so that both see the same hours. */
function inTurn(rows: number, { order, train, end, testShare }: Cuts): Split {
  const testsBefore = (i: number) => Math.ceil(i * testShare - rounding);
  const test = testsBefore(end - train);
  const validation = end - train - test;
  const halves = testShare === 1 / 2;
  const placeOf = (at: number) => {
    if (at >= end) return none;
    if (halves || at < train) return at;
    const [before, after] = [testsBefore(at - train), testsBefore(at - train + 1)];
    return after > before ? train + validation + before : at - before;
  };
  const inPlace = order === undefined && halves && end === rows;
  return {
    parts: {
      train: { start: 0, rows: train, step: 1 },
      ...(halves
        ? {
            test: { start: train, rows: test, step: 2 },
            validation: { start: train + 1, rows: validation, step: 2 },
          }
        : {
            validation: { start: train, rows: validation, step: 1 },
            test: { start: train + validation, rows: test, step: 1 },
          }),
    },
    ...(!inPlace && { placeOfRow: placesOf(rows, order, placeOf) }),
  };
}

function placesOf(
  rows: number,
  order: Uint32Array | undefined,
  placeOf: (at: number) => number,
): Uint32Array {
  const placeOfRow = new Uint32Array(rows);
  for (let at = 0; at < rows; at++) placeOfRow[order ? order[at] : at] = placeOf(at);
  return placeOfRow;
}

/** The place nearest to `cut` where the time changes; all rows if it never does. */
function betweenTimes(cut: number, times: Float64Array, order: Uint32Array | undefined): number {
  const at = (i: number) => times[order ? order[i] : i];
  let [below, above] = [cut, cut];
  while (below > 0 && at(below - 1) === at(below)) below--;
  while (above < times.length && at(above - 1) === at(above)) above++;
  if (below === 0) return above;
  return above === times.length || cut - below <= above - cut ? below : above;
}

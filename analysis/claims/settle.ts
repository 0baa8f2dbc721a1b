import type { Recording } from '../../results/recording.ts';
import { type Pilot, criteoSample, pilotOf } from '../power/pilot.ts';
import { rowsFor, seedsFor } from '../power/smallest-difference.ts';
import { compressedBudgets, isCompleted } from '../summary/rows.ts';
import { defaultMargin } from '../verdicts/noise.ts';
import type { PaperClaim } from './claim.ts';
import type { TestedComparison } from './evidence.ts';
import { metricNoise } from './metric-noise.ts';

/** The part of a log that is its test part under this project's temporal split: half of the last of seven days. */
const testShare = 1 / 14;

/** Budgets to run where a claim is about a range. */
const usual = [4, 16, 64, 256];

/** Data set, model and ratios of the runs that would settle a claim. */
export interface Place {
  /** Undefined if no data set, or no model, of this project is the paper's. */
  readonly dataset: string | undefined;
  readonly model: string | undefined;
  readonly ratios: readonly number[];
}

/** The runs that would settle a claim, and their seeds by the noise that is known. */
export interface Settlement extends Place {
  /** The difference that the runs have to show, in units of the metric. */
  readonly difference: number;
  /** Test rows of the paper's log, or of the recording where those are not known. */
  readonly testRows: number;
  /** Seeds that show the difference on so many rows; undefined if no number of seeds does. */
  readonly seeds: number | undefined;
  /** Test rows with which five seeds show it; undefined if no number of rows does. */
  readonly rowsWithFive: number | undefined;
}

/** Data set, model and ratios of the runs; those of a recording where the claim takes them. */
export function placeOf(
  { data, model, ratios }: PaperClaim,
  here: { readonly dataset?: string | undefined; readonly model?: string | undefined } = {},
): Place {
  const within = usual.filter((one) => one >= ratios.from && one <= ratios.to);
  return {
    dataset: chosen(data.datasets, here.dataset),
    model: chosen(model.models, here.model),
    ratios: within.length > 0 ? within : [...new Set([ratios.from, ratios.to])],
  };
}

/** The noise of a recording where it is given, of the Criteo sample elsewhere. */
export function settlementOf(
  claim: PaperClaim,
  tested?: { readonly comparison: TestedComparison; readonly recording: Pick<Recording, 'environment'> },
): Settlement {
  const { data, size } = claim;
  const pilot = (tested && pilotFor(claim, tested)) ?? criteoSample;
  const difference = size === 0 ? defaultMargin : size;
  const testRows = data.rows === undefined ? pilot.rows : Math.floor(data.rows * testShare);
  const place = placeOf(claim, {
    dataset: tested?.recording.environment.data?.name,
    model: tested?.comparison.setting.model,
  });
  const plan = { methods: 2, budgets: 4, statements: place.ratios.length };
  return {
    ...place,
    difference,
    testRows,
    seeds: seedsFor(difference, 'worse', pilot, { ...plan, rows: testRows }),
    rowsWithFive: rowsFor(difference, 'worse', pilot, { ...plan, seeds: 5 }),
  };
}

/** The one of the recording if it is among the names, else the first; of `any`, that of the recording. */
function chosen(names: 'any' | readonly string[], here: string | undefined): string | undefined {
  if (names === 'any') return here;
  return here !== undefined && names.includes(here) ? here : names[0];
}

function pilotFor(
  { metric }: PaperClaim,
  { comparison: { rows, noise: auc }, recording }: NonNullable<Parameters<typeof settlementOf>[1]>,
): Pilot | undefined {
  const testRows = recording.environment.data?.rows.test;
  if (metric === 'other' || testRows === undefined) return undefined;
  const completed = rows.filter(isCompleted);
  const noise = metricNoise(completed, metric, { auc, testRows });
  const budgets = compressedBudgets(completed).map((one) => completed.filter(({ requested }) => requested === one)); // prettier-ignore
  return pilotOf(budgets, noise, testRows);
}

import { UserError } from '../../base/user-error.ts';
import { atChosenRates, type RateChoice } from './chosen-rate.ts';
import { isExact, type TrainingApproximation, approximationOf } from './exact-training.ts';
import { type Practice, practiceOf } from './practice.ts';
import { requireKnownMachine } from '../../results/hardware.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';

/** The method every other is compared with: tables of full size. */
export const baseline = 'full';

/** Everything that changes a number except method, options, budget and seed: equal within a comparison. */
export interface Setting extends TrainingApproximation, Practice {
  readonly model: string;
  readonly network: string;
  readonly dim: number;
  readonly optimizer: string;
  /** Undefined if validation chose it for every method and budget. */
  readonly learningRate: number | undefined;
  readonly batchSize: number;
  readonly batchOrder: string;
  readonly epochs: number;
  /** The content of budgets: serving bytes alone, or keys too. */
  readonly counted: 'bytes' | 'keys';
  /** `host`: table rows were in the run's JavaScript, because the backend lacks the optimizer. */
  readonly rowsOn: 'backend' | 'host';
  readonly backend: string;
  readonly threads: number;
}

export interface Comparison {
  readonly setting: Setting;
  /** Runs of every method, options and budget, each at one learning rate. */
  readonly runs: readonly RunRecord[];
  /** The choices of learning rates; empty if one rate was tried. */
  readonly rates: readonly RateChoice[];
  /** Runs of references under settings of their own, each at one learning rate: they were trained and tested on the same rows. */
  readonly references: Pick<Comparison, 'runs' | 'rates'>;
}

/**
 * Splits a recording into the sets of runs that may stand in one table or chart, in a fixed order. Learning rates make
 * sets of their own, unless a method was tried at several: then all of them belong together, each at the rate that
 * validation chose. Throws a UserError if runs saw different data or protocols, were made on hardware that the environment does not know, or
 * have budgets with keys and without: no report shows those together.
 */
export function comparisons({ environment, runs }: Recording): Comparison[] {
  const { data } = environment;
  for (const run of runs) {
    const { fingerprint, protocol } = run.dataset;
    if (fingerprint !== data?.fingerprint || protocol !== data.protocol) {
      throw new UserError(
        `run ${run.id} was made on data ${fingerprint} (${protocol}), the recording on ` +
          `${data?.fingerprint ?? 'none'} (${data?.protocol ?? 'no protocol'}); ` +
          `make one recording for each: they are never compared`,
      );
    }
    requireKnownMachine(environment, run);
    requireSameCount(runs[0], run);
  }
  const references = runs.filter(({ reference }) => reference !== undefined);
  const found = settingsOf(runs.filter(({ reference }) => reference === undefined));
  // A recording of references alone is shown as such.
  const shown = found.length > 0 ? found : settingsOf(references).map((one) => ({ ...one, runs: [] }));
  return shown
    .map((one) => {
      const beside = references.filter((run) => standsBeside(settingOf(run), one.setting));
      const { runs, choices } = atChosenRates(beside);
      return { ...one, references: { runs, rates: choices } };
    })
    .sort((a, b) => compareSettings(a.setting, b.setting));
}

function settingsOf(runs: readonly RunRecord[]): Omit<Comparison, 'references'>[] {
  return bySetting(runs, (run) => ({ ...settingOf(run), learningRate: undefined })).flatMap((group) => {
    const { runs, choices } = atChosenRates(group.runs);
    if (choices.length > 0) return [{ setting: group.setting, runs, rates: choices }];
    return bySetting(group.runs, settingOf).map((one) => ({ ...one, rates: [] }));
  });
}

/**
 * True for a reference that belongs to a comparison. Another model has settings of its own, whatever they are. References of the same
 * model differ in epochs at most, and may have chosen their learning rate where the methods had one.
 */
function standsBeside(reference: Setting, setting: Setting): boolean {
  const same = (name: keyof Setting) => reference[name] === setting[name];
  const ownsEpochs = (name: keyof Setting) => name === 'epochs';
  const ownsRate = (name: keyof Setting) => name === 'learningRate' && setting.learningRate === undefined;
  const names: readonly (keyof Setting)[] = same('model')
    ? (Object.keys(setting) as (keyof Setting)[]).filter((name) => !ownsEpochs(name) && !ownsRate(name))
    : ['backend', 'threads', 'counted'];
  return names.every(same);
}

function requireSameCount(first: RunRecord, run: RunRecord): void {
  if (first.count === run.count) return;
  const [with_, without] = first.count === 'keys' ? [first, run] : [run, first];
  throw new UserError(
    `the budget of run ${with_.id} holds keys, that of run ${without.id} does not; ` +
      `make one recording for each: they are never compared`,
  );
}

function bySetting(
  runs: readonly RunRecord[],
  of: (run: RunRecord) => Setting,
): { setting: Setting; runs: RunRecord[] }[] {
  const groups = new Map<string, { setting: Setting; runs: RunRecord[] }>();
  for (const run of runs) {
    const setting = of(run);
    const key = JSON.stringify(setting);
    const group = groups.get(key) ?? { setting, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The settings of a run, those of its comparison among them. */
export function settingOf(run: RunRecord): Setting {
  const { model, network, dim, optimizer, learningRate } = run;
  const { batchSize, batchOrder, epochs, backend, threads } = run;
  const counted = run.count ?? ('bytes' as const);
  const training = {
    optimizer,
    learningRate,
    ...approximationOf(run),
    batchSize,
    batchOrder,
    epochs,
    ...practiceOf(run),
    counted,
    rowsOn: run.hostRows ? ('host' as const) : ('backend' as const),
  };
  return { model, network, dim, ...training, backend, threads };
}

/** Exact training first; numbers by size, names by letter: locale-free, so that a report is the same bytes everywhere. */
function compareSettings(a: Setting, b: Setting): number {
  if (isExact(a) !== isExact(b)) return isExact(a) ? -1 : 1;
  for (const name of Object.keys(a) as (keyof Setting)[]) {
    const [x, y] = [a[name] ?? 0, b[name] ?? 0];
    if (x < y) return -1;
    if (x > y) return 1;
  }
  return 0;
}

import { Fault } from '../harness/contract/fault.ts';
import type { Recording, RunRecord } from './record.ts';

/** The method every other is compared with: tables of full size. */
export const baseline = 'full';

/** Everything besides method, options, budget and seed that moves a number: equal within a comparison. */
export interface Setting {
  readonly model: string;
  readonly network: string;
  readonly dim: number;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly batchOrder: string;
  readonly epochs: number;
  readonly backend: string;
  readonly threads: number;
}

export interface Comparison {
  readonly setting: Setting;
  readonly runs: readonly RunRecord[];
}

/**
 * Splits a recording into the sets of runs that may stand in one table or chart, in a fixed order. Throws a Fault
 * where runs saw different data or protocols: no report shows those together. Hardware is one per recording.
 */
export function comparisons({ environment, runs }: Recording): Comparison[] {
  const groups = new Map<string, { setting: Setting; runs: RunRecord[] }>();
  const { data } = environment;
  for (const run of runs) {
    const { fingerprint, protocol } = run.dataset;
    if (fingerprint !== data?.fingerprint || protocol !== data.protocol) {
      throw new Fault(
        `run ${run.id} was made on data ${fingerprint} (${protocol}), the recording on ` +
          `${data?.fingerprint ?? 'none'} (${data?.protocol ?? 'no protocol'}); ` +
          `make one recording for each: they are never compared`,
      );
    }
    const setting = settingOf(run);
    const key = JSON.stringify(setting);
    const group = groups.get(key) ?? { setting, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => compareSettings(a.setting, b.setting));
}

function settingOf(run: RunRecord): Setting {
  const { model, network, dim, optimizer, learningRate, batchSize, batchOrder, epochs, backend, threads } =
    run;
  return { model, network, dim, optimizer, learningRate, batchSize, batchOrder, epochs, backend, threads };
}

/** Numbers by size, names by letter: locale-free, so that a report is the same bytes everywhere. */
function compareSettings(a: Setting, b: Setting): number {
  for (const name of Object.keys(a) as (keyof Setting)[]) {
    if (a[name] < b[name]) return -1;
    if (a[name] > b[name]) return 1;
  }
  return 0;
}

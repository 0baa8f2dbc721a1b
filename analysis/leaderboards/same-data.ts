import type { TrainingEnvironment } from '../../results/environment.ts';
import type { Recording } from '../../results/recording.ts';

/** A recording and the name of its folder. */
export interface Published {
  readonly folder: string;
  readonly recording: Recording;
}

/** Recordings whose numbers may stand in one table: trained and tested on the same rows, with budgets of one kind. */
export interface SameData {
  readonly data: TrainingEnvironment['data'];
  /** True if budgets hold keys. */
  readonly keys: boolean;
  /** The oldest first. */
  readonly published: readonly Published[];
}

/**
 * Groups recordings by data set, protocol, fingerprint and what budgets hold: in the order of the names of data sets and protocols, and those with
 * most recordings first. Recordings without training runs are in no group.
 */
export function byData(published: readonly Published[]): SameData[] {
  const groups = new Map<string, { data: SameData['data']; keys: boolean; published: Published[] }>();
  for (const one of inTime(published)) {
    const { data } = one.recording.environment;
    if (data === undefined || one.recording.runs.length === 0) continue;
    const keys = one.recording.runs[0].count === 'keys'; // all runs of a recording count alike
    const key = JSON.stringify([data.name, data.protocol, data.fingerprint, keys]);
    const group = groups.get(key) ?? { data, keys, published: [] };
    group.published.push(one);
    groups.set(key, group);
  }
  const place = ({ data, keys }: SameData) => JSON.stringify([data.name, data.protocol, keys]);
  const inOrder = [...groups].sort(([a, first], [b, second]) => {
    const [one, other] = [place(first), place(second)];
    if (one !== other) return one < other ? -1 : 1;
    return second.published.length - first.published.length || (a < b ? -1 : 1);
  });
  return inOrder.map(([, group]) => group);
}

/** The oldest first; recordings of one moment by name. */
export function inTime(published: readonly Published[]): Published[] {
  const time = ({ recording, folder }: Published) => `${recording.environment.createdAt} ${folder}`;
  return published.toSorted((a, b) => (time(a) < time(b) ? -1 : 1));
}

/** Names of all methods that a recording ran or timed, in alphabetical order. */
export function methodsIn({ recording: { runs, throughput = [] } }: Published): string[] {
  const timed = throughput.flatMap((record) => (record.kind === 'method' ? [record.method] : []));
  return [...new Set([...runs.map(({ method }) => method), ...timed])].sort();
}

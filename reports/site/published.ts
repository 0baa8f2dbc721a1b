import type { Recording, TrainingEnvironment } from '../../results/record.ts';
import { formatCount } from '../format.ts';

/** A recording and the name of its folder. */
export interface Published {
  readonly folder: string;
  readonly recording: Recording;
}

/** A recording that the site is without, and why, in one line. */
export interface LeftOut {
  readonly folder: string;
  readonly problem: string;
}

/** Recordings whose numbers may stand in one table: trained and tested on the same rows. */
export interface SameData {
  /** Name and protocol; where others have the same, also how many rows. */
  readonly heading: string;
  readonly data: TrainingEnvironment['data'];
  /** The oldest first. */
  readonly published: readonly Published[];
}

/** By data set, protocol, fingerprint and what budgets hold, in the order of their names; recordings without training runs are in none. */
export function byData(published: readonly Published[]): SameData[] {
  const groups = new Map<
    string,
    { data: TrainingEnvironment['data']; keys: boolean; published: Published[] }
  >();
  for (const one of inTime(published)) {
    const { data } = one.recording.environment;
    if (data === undefined || one.recording.runs.length === 0) continue;
    const keys = one.recording.runs[0].count === 'keys'; // one recording has all runs of a kind
    const key = JSON.stringify([data.name, data.protocol, data.fingerprint, keys]);
    const group = groups.get(key) ?? { data, keys, published: [] };
    group.published.push(one);
    groups.set(key, group);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  const short = sorted.map(
    ({ data, keys }) => `${data.name}, ${data.protocol} split${keys ? ', budgets with keys' : ''}`,
  );
  return sorted.map((group, i) => {
    const alone = short.filter((text) => text === short[i]).length === 1;
    const rows = `${formatCount(group.data.rows.train)} rows to train on`;
    return { ...group, heading: alone ? short[i] : `${short[i]}, ${rows}` };
  });
}

/** The oldest first; of one moment by name. */
export function inTime(published: readonly Published[]): Published[] {
  const time = ({ recording, folder }: Published) => `${recording.environment.createdAt} ${folder}`;
  return published.toSorted((a, b) => (time(a) < time(b) ? -1 : 1));
}

/** `2026-11-23` */
export const dayOf = ({ recording }: Published) => recording.environment.createdAt.slice(0, 10);

import type { MethodThroughput } from '../../results/throughput-record.ts';
import type { ThroughputRow } from './groups.ts';

/** The place where a method ran. Threads do not matter on a GPU. */
export type Place = Pick<MethodThroughput, 'backend' | 'threads' | 'device'>;

/** Rows of one backend with one number of threads, in the order given. */
export interface RowsAtPlace {
  readonly place: Place;
  readonly rows: readonly ThroughputRow[];
}

/** The rows of a group by where they ran; places in the order of their first rows. */
export function byPlace(rows: readonly ThroughputRow[]): RowsAtPlace[] {
  const groups = new Map<string, { place: Place; rows: ThroughputRow[] }>();
  for (const row of rows) {
    const { backend, threads, device } = row.record;
    const key = JSON.stringify(device === 'gpu' ? [backend] : [backend, threads]);
    const group = groups.get(key) ?? { place: { backend, threads, device }, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

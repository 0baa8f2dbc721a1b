import { formatCount, formatRatio, formatShort } from '../format.ts';
import type { MethodThroughput, PeerThroughput } from '../../results/throughput-record.ts';
import type { GroupSetting } from './groups.ts';

/** What contestants and groups are called, the same in terminal and report. */

export function threadsText(threads: number): string {
  return `${threads} thread${threads === 1 ? '' : 's'}`;
}

/** `full`, `mixed-dimension 16x` */
export function methodText({ method, compression }: MethodThroughput): string {
  return compression.requested === 1 ? method : `${method} ${formatRatio(compression.requested)}`;
}

/** `PyTorch 2.6.0 compiled`; versions of builds (`+cu126`) are left to the records. */
export function peerName({ name, version, mode }: PeerThroughput): string {
  return `${name} ${version.replace(/\+.*/, '')} ${mode}`;
}

/** Where a peer ran; `2 threads (1 beside products)` where matrix products have more of them than the rest. */
export function peerPlace({ threads, operationThreads, blasThreads }: PeerThroughput): string {
  const split = operationThreads === blasThreads ? '' : ` (${operationThreads} beside products)`;
  return `${threadsText(threads)}${split}`;
}

/** Where a contestant ran: `native, 2 threads` */
export function placeText({ backend, threads }: Pick<MethodThroughput, 'backend' | 'threads'>): string {
  return `${backend}, ${threadsText(threads)}`;
}

/** `batch 2,048, tables of 33.8 M ids, dim 16, sgd, layers 512-256-64/512-256` */
export function groupText({ batchSize, ids, dim, optimizer, network }: GroupSetting): string {
  return `batch ${formatCount(batchSize)}, ${formatShort(ids)} ids, dim ${dim}, ${optimizer}, layers ${network}`;
}

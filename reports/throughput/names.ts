import { plural } from '../../base/plural.ts';
import { formatCount, formatRatio, formatShort } from '../format.ts';
import type { MethodThroughput, PeerThroughput } from '../../results/throughput-record.ts';
import { type GroupSetting, onlyModel } from '../../analysis/throughput/groups.ts';
import type { Place } from '../../analysis/throughput/places.ts';

/** Names of configurations, PyTorch settings and groups, the same in terminal and report. */

export function threadsText(threads: number): string {
  return plural(threads, 'thread');
}

/** `full`, `mixed-dimension 16x` */
export function methodText({ method, compression }: MethodThroughput): string {
  return compression.requested === 1 ? method : `${method} ${formatRatio(compression.requested)}`;
}

const modeNames = { eager: 'eager', compiled: 'compiled', graphs: 'compiled with CUDA graphs' };

/** `PyTorch 2.6.0 compiled`, `..., TF32`; versions of builds (`+cu126`) are left to the records. */
export function peerName({ name, version, mode, precision }: PeerThroughput): string {
  return `${name} ${version.replace(/\+.*/, '')} ${modeNames[mode]}${precision === 'tf32' ? ', TF32' : ''}`;
}

/** The place where PyTorch ran: its card, or `2 threads (1 beside products)` where matrix products have more threads than the rest. */
export function peerPlace({ threads, operationThreads, blasThreads, device, card }: PeerThroughput): string {
  if (device === 'gpu') return card ?? 'CUDA';
  const split = operationThreads === blasThreads ? '' : ` (${operationThreads} beside products)`;
  return `${threadsText(threads)}${split}`;
}

/** The place where a configuration ran: `native, 2 threads`, or `webgpu` on a GPU. */
export function placeText({ backend, threads, device }: Place): string {
  return device === 'gpu' ? backend : `${backend}, ${threadsText(threads)}`;
}

/** `DCN (3 cross, 256-256)` */
export function modelText({ model, network }: Pick<GroupSetting, 'model' | 'network'>): string {
  return `${model} (${network})`;
}

/** `batch 2,048, dim 16, 33.8 M ids`: the settings in which groups of one command usually differ. */
export function sizesText({ batchSize, dim, ids }: Pick<GroupSetting, 'batchSize' | 'dim' | 'ids'>): string {
  return `batch ${formatCount(batchSize)}, dim ${dim}, ${formatShort(ids)} ids`;
}

/** `batch 2,048, dim 16, 33.8 M ids, sgd, layers 512-256-64/512-256`; of other models than DLRM, their title before their options. */
export function groupText(setting: GroupSetting): string {
  const { optimizer, model, network } = setting;
  const named = model === onlyModel ? 'layers' : `${model},`;
  return `${sizesText(setting)}, ${optimizer}, ${named} ${network}`;
}

import { canonicalJson } from '../../base/canonical-json.ts';
import type { Data } from '../../harness/contract/data.ts';
import { fullKeyBytes, keyBytes, keysOf } from '../../harness/contract/keys.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { servingBytesOf } from '../../harness/contract/serving-bytes.ts';
import { fullSize, sizeOf } from '../../harness/contract/size.ts';
import { compressionOf, countedBytes, countedFullBytes } from '../../results/counted-bytes.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Job } from '../job.ts';
import { planFor } from '../plan-for.ts';

/**
 * The problems of a run's sizes, by its plan on the same data. A method that decides in training what it serves can only serve less
 * than its plan says: its bytes have an upper bound, all others have to be the plan's.
 */
export function sizeProblems(run: RunRecord, job: Job, data: Data): string[] {
  const plan = planFor(job, data);
  if (run.status === 'infeasible') {
    if (!isInfeasible(plan)) return ['is recorded as infeasible, and the method has a plan for this budget'];
    return differing('smallestBytes', run.smallestBytes, plan.smallestBytes);
  }
  if (run.status !== 'completed') return [];
  if (isInfeasible(plan)) return [`is infeasible by its plan: ${plan.reason}`];
  const { size } = run;
  const planned = sizeOf(plan);
  const full = fullSize({ fields: data.fields, dim: job.dim });
  const keys = keysOf(plan, data.fields);
  const known = [
    ...differing('size.fullBytes', size.fullBytes, full.servingBytes),
    ...differing('size.fullParameters', size.fullParameters, full.parameters),
    ...(size.fullKeyBytes === undefined ? [] : differing('size.fullKeyBytes', size.fullKeyBytes, fullKeyBytes(data.fields))), // prettier-ignore
  ];
  if (plan.next !== undefined)
    return [
      ...known,
      ...above('size.servingBytes', size.servingBytes, planned.servingBytes),
      ...above('size.keys', size.keys ?? 0, keys),
    ];
  return [
    ...known,
    ...differing('size.servingBytes', size.servingBytes, planned.servingBytes),
    ...differing('size.parameters', size.parameters, planned.parameters),
    ...differing('size.bytes', size.bytes, size.bytes && servingBytesOf(plan.serving ?? plan)),
    ...differing('size.keys', size.keys, size.keys && keys),
    ...differing('size.keyBytes', size.keyBytes, size.keyBytes && keyBytes(keys)),
    ...differing('choices', run.choices, plan.choices),
  ];
}

/** The problems of a run's sizes that need no data: its ratios, its budget, and the full tables of so many ids. */
export function ratioProblems(run: RunRecord, ids: number | undefined): string[] {
  if (run.status !== 'completed') return [];
  const { size, count, compression, dim } = run;
  const budget = Math.floor(countedFullBytes(run) / compression.requested);
  return [
    ...differing('compression.achieved', compression.achieved, compressionOf(size, count)),
    ...(compression.requested > 1 ? above('size.servingBytes', countedBytes(run), budget) : []),
    ...(ids === undefined ? [] : differing('size.fullBytes', size.fullBytes, 4 * dim * ids)),
    ...differing('size.fullParameters', size.fullParameters, size.fullBytes / 4),
    ...(size.keys === undefined ? [] : differing('size.keyBytes', size.keyBytes, keyBytes(size.keys))),
    ...(count === 'keys' && (size.keys === undefined || size.fullKeyBytes === undefined)
      ? ['its budget counts keys, and size has none']
      : []),
  ];
}

function differing(name: string, recorded: unknown, recomputed: unknown): string[] {
  const [a, b] = [recorded, recomputed].map(canonicalJson);
  return a === b ? [] : [`${name} is ${shown(a)}, its plan gives ${shown(b)}`];
}

const above = (name: string, recorded: number, most: number): string[] =>
  recorded <= most ? [] : [`${name} is ${recorded}, and may be ${most} at most`];

const shown = (json: string) => (json.length > 120 ? `${json.slice(0, 120)}…` : json);

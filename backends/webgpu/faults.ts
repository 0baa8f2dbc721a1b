/// <reference types="@webgpu/types" />
import { writes } from './program.ts';

/**
 * A program cannot throw: what it finds wrong it writes down here, once, and the backend throws it when the device is
 * waited for.
 */
export const faultsBuffer = writes('faults', 'atomic<u32>');

/** Numbers in the buffer: the kind, the index, and what it had to be below. */
export const faultNumbers = 3;

const kinds = {
  row: (index: number, most: number) => `row ${index} is outside a table of ${most} rows`,
  map: (index: number, most: number) => `index ${index} is outside a map of ${most} entries`,
} as const;
const names = Object.keys(kinds) as (keyof typeof kinds)[];

export const reportFault = (kind: keyof typeof kinds) => /* wgsl */ `
fn reportFault(index: u32, most: u32) {
  if (atomicAdd(&faults[0], 0u) != 0u) { return; }
  if (atomicMax(&faults[0], ${names.indexOf(kind) + 1}u) != 0u) { return; }
  atomicStore(&faults[1], index);
  atomicStore(&faults[2], most);
}
`;

/** The fault that was written down, if any was. */
export function faultIn([kind, index, most]: Uint32Array): RangeError | undefined {
  return kind === 0 ? undefined : new RangeError(kinds[names[kind - 1]](index, most));
}

/// <reference types="@webgpu/types" />
import { none } from '../../../harness/contract/backend.ts';
import type { GpuBackend } from '../backend.ts';
import { faultsBuffer, reportFault } from '../faults.ts';
import { type Program, reads, writes } from '../program.ts';

/** Rows that overlap are looked up and updated as the floats they consist of. */
const expandSpans: Program = {
  name: 'ExpandSpans',
  buffers: [reads('indices', 'u32'), writes('floats', 'u32'), faultsBuffer],
  params: [
    ['count', 'u32'],
    ['width', 'u32'],
    ['stride', 'u32'],
    ['allRows', 'u32'],
  ],
  code: /* wgsl */ `${reportFault('row')}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i >= params.count) { return; }
  let row = indices[i / params.width];
  if (row < params.allRows) {
    floats[i] = row * params.stride + i % params.width;
  } else {
    floats[i] = ${none}u;
    if (row != ${none}u) { reportFault(row, params.allRows); }
  }
}`,
};

/** The index of every float of every span: [count, width]. Give it back. */
export function floatsOf(
  backend: GpuBackend,
  indices: GPUBuffer,
  count: number,
  { width, stride, rows }: { readonly width: number; readonly stride: number; readonly rows: number },
): GPUBuffer {
  const floats = backend.acquire(count * width);
  const params = [count * width, width, stride, rows];
  backend.run(expandSpans, [indices, floats, backend.faults], params, Math.ceil((count * width) / 256));
  return floats;
}

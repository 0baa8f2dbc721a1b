/// <reference types="@webgpu/types" />
import { none } from '../../../harness/contract/backend.ts';
import type { GpuBackend, Operand } from '../backend.ts';
import { faultsBuffer, reportFault } from '../faults.ts';
import { type Program, reads, writes } from '../program.ts';
import type { Shards } from './shards.ts';

/** One thread for each float, or four of them: neighbours read neighbours. Rows of other shards are left alone. */
const gatherRows = (type: 'f32' | 'vec4f'): Program => ({
  name: 'GatherRows',
  buffers: [reads('shard', type), reads('indices', 'u32'), writes('gathered', type), faultsBuffer],
  params: [
    ['count', 'u32'], // of all elements gathered
    ['width', 'u32'], // in elements
    ['first', 'u32'],
    ['rows', 'u32'],
    ['allRows', 'u32'],
  ],
  code: /* wgsl */ `${reportFault('row')}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i >= params.count) { return; }
  let row = indices[i / params.width];
  if (row >= params.allRows) {
    if (params.first == 0u) {
      gathered[i] = ${type}();
      if (row != ${none}u) { reportFault(row, params.allRows); }
    }
  } else if (row - params.first < params.rows) { // wraps for rows before the first
    gathered[i] = shard[(row - params.first) * params.width + i % params.width];
  }
}`,
});
const byOne = gatherRows('f32');
const byFour = gatherRows('vec4f');

/** Writes the row of every index to [count, width]: zeros for `none`. */
export function gather(
  backend: GpuBackend,
  shards: Shards,
  allRows: number,
  indices: GPUBuffer,
  count: number,
  gathered: Operand,
): void {
  const [program, width] = shards.width % 4 === 0 ? [byFour, shards.width / 4] : [byOne, shards.width];
  const elements = count * width;
  for (const { buffer, first, rows } of shards.all)
    backend.run(
      program,
      [buffer, indices, gathered, backend.faults],
      [elements, width, first, rows, allRows],
      Math.ceil(elements / 256),
    );
}

import type { Init } from '../../../harness/contract/method.ts';
import type { GpuBackend } from '../backend.ts';
import { mix32 } from '../hash.ts';
import { type Program, writes } from '../program.ts';
import type { Shards } from './shards.ts';

/**
 * The random integers are those of a table on the host; the floats made of them may differ in the last bit, for the host
 * computes in double precision.
 */
const fillUniform: Program = {
  name: 'FillUniform',
  buffers: [writes('table')],
  params: [
    ['start', 'u32'],
    ['count', 'u32'],
    ['counter', 'u32'], // of the float before
    ['low', 'f32'],
    ['scale', 'f32'],
  ],
  code: /* wgsl */ `${mix32}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i >= params.count) { return; }
  let draw = mix32(params.counter + (i + 1u) * 0x9e3779b9u) >> 8u;
  table[params.start + i] = params.low + f32(draw) * params.scale;
}`,
};

/** Floats `from` to `to` (exclusive) of all, uniform; a part's values depend on its seed alone. */
export function fill(
  backend: GpuBackend,
  shards: Shards,
  from: number,
  to: number,
  { mean, halfWidth }: Init,
  seed: number,
): void {
  for (const { buffer, first, rows } of shards.all) {
    const before = first * shards.width;
    const start = Math.max(from, before);
    const count = Math.min(to, before + rows * shards.width) - start;
    if (count <= 0) continue;
    const counter = (seed + Math.imul((start - from) % 2 ** 32, 0x9e3779b9)) >>> 0;
    const params = [start - before, count, counter, mean - halfWidth, (2 * halfWidth) / 2 ** 24];
    backend.run(fillUniform, [buffer], params, Math.ceil(count / 256));
  }
}

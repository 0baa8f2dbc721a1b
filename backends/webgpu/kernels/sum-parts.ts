import type { GpuBackend, Operand } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import { main } from './wgsl.ts';

/** Four sums at a time, so that four reads are under way; added up at the end. */
const program: Program = {
  name: 'sum of parts',
  buffers: [reads('parts'), writes('sums')],
  params: [
    ['size', 'u32'],
    ['count', 'u32'],
  ],
  code: main(
    256,
    `
  let i = group * 256 + thread;
  if (i >= params.size) { return; }
  var sum = vec4f();
  var part = 0u;
  for (; part + 4 <= params.count; part += 4) {
    let at = part * params.size + i;
    sum += vec4f(parts[at], parts[at + params.size], parts[at + 2 * params.size], parts[at + 3 * params.size]);
  }
  var rest = 0.0;
  for (; part < params.count; part++) { rest += parts[part * params.size + i]; }
  sums[i] = (sum.x + sum.y) + (sum.z + sum.w) + rest;`,
  ),
};

/** parts: [count, size] -> sums: [size], added in the order of the parts, the same bits every time. */
export function sumParts(
  backend: GpuBackend,
  parts: Operand,
  sums: Operand,
  size: number,
  count: number,
): void {
  backend.run(program, [parts, sums], [size, count], Math.ceil(size / 256));
}

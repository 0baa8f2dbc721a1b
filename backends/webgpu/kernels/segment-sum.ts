import * as tf from '../../../tensors/index.ts';
import type { GpuBackend } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import { register } from '../register.ts';
import { sortKeys } from '../tables/sort.ts';
import { sumDuplicates } from '../tables/sum-runs.ts';

/**
 * Sums of rows by number: x [rows, ...], segmentIds [rows] -> [numSegments, ...]; numbers outside add to nothing. Without atomics,
 * unlike tfjs's own: the same bits every time. Integers are left to tfjs's.
 */
export function registerSegmentSum(): void {
  const { kernelFunc } = tf.getKernel('UnsortedSegmentSum', 'webgpu');
  register('UnsortedSegmentSum', (backend, { x, segmentIds }, attributes) => {
    if (x.dtype !== 'float32') return kernelFunc({ inputs: { x, segmentIds }, backend, attrs: attributes as never }); // prettier-ignore
    const segments = attributes.numSegments as number;
    const [count, ...slice] = x.shape;
    const width = slice.reduce((product, side) => product * side, 1);
    const out = backend.output([segments, ...slice], 'float32');
    if (count === 0) backend.run(zeros, [out], [segments * width], Math.ceil((segments * width) / 256));
    else sumInto(backend, [x, segmentIds], out, { count, width, segments });
    return out;
  });
}

type Tensors = Parameters<GpuBackend['bufferOf']>[0];

function sumInto(
  backend: GpuBackend,
  [x, segmentIds]: readonly [Tensors, Tensors],
  out: Tensors,
  { count, width, segments }: { count: number; width: number; segments: number },
): void {
  const sorted = sortKeys(backend, backend.bufferOf(segmentIds, 'read'), count, segments);
  const sums = sumDuplicates(backend, sorted, x, count, width);
  const size = segments * width;
  backend.run(pick, [sorted.keys, sums, out], [size, width, count], Math.ceil(size / 256));
  for (const buffer of [sorted.keys, sorted.positions, sums]) backend.release(buffer);
}

/** A thread for each float that comes out: the sum where the first key of its segment is, found by halving. */
const pick: Program = {
  name: 'SegmentSum',
  buffers: [reads('keys', 'u32'), reads('sums'), writes('out')],
  params: [
    ['size', 'u32'],
    ['width', 'u32'],
    ['count', 'u32'],
  ],
  code: /* wgsl */ `
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i >= params.size) { return; }
  let segment = i / params.width;
  var low = 0u;
  var high = params.count;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (keys[middle] < segment) { low = middle + 1u; } else { high = middle; }
  }
  var sum = 0.0;
  if (low < params.count && keys[min(low, params.count - 1u)] == segment) {
    sum = sums[low * params.width + i % params.width];
  }
  out[i] = sum;
}`,
};

const zeros: Program = {
  name: 'Zeros',
  buffers: [writes('out')],
  params: [['size', 'u32']],
  code: /* wgsl */ `
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i < params.size) { out[i] = 0.0; }
}`,
};

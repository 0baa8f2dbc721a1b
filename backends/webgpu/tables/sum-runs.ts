/// <reference types="@webgpu/types" />
import { none } from '../../../harness/contract/backend.ts';
import type { GpuBackend, Operand } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import type { Sorted } from './sort.ts';

/** Entries that one thread sums up. Of each such chunk, at most two runs extend beyond it. */
const chunk = 32;

/**
 * Sums the vectors of equal keys, which follow each other (a run), without atomics: the same bits every time, however
 * often a key occurs. A thread sums up one column of a chunk. A run that lies within it goes to its place among the sums:
 * the position of its first entry, its head. Of the others, the chunk leaves two entries to be summed up in the same way:
 * what its first run came to, and its last. A run that is done, or has no entry of its own, leaves zeros without a head.
 */
const sumRuns = (firstLevel: boolean): Program => ({
  name: 'SumRuns',
  buffers: [
    reads('keys', 'u32'),
    reads(firstLevel ? 'positions' : 'heads', 'u32'),
    reads('values'),
    writes('sums'),
    writes('leftKeys', 'u32'),
    writes('leftHeads', 'u32'),
    writes('leftValues'),
  ],
  params: [
    ['count', 'u32'],
    ['chunks', 'u32'],
    ['width', 'u32'],
  ],
  code: /* wgsl */ `
fn leave(slot: u32, column: u32, key: u32, head: u32, value: f32) {
  leftValues[slot * params.width + column] = value;
  if (column == 0u) {
    leftKeys[slot] = key;
    leftHeads[slot] = head;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_index) thread: u32) {
  let own = thread / params.width;
  let column = thread % params.width;
  if (own >= params.chunks) { return; }
  let start = own * ${chunk}u;
  let end = min(start + ${chunk}u, params.count);
  var i = start;
  while (i < end) {
    let first = i;
    let key = keys[first];
    var sum = 0.0;
    loop {
      sum += values[${firstLevel ? 'positions[i]' : 'i'} * params.width + column];
      i++;
      if (i == end || keys[i] != key) { break; }
    }
    let fromBefore = first == start && start > 0u && keys[max(start, 1u) - 1u] == key;
    let goesOn = i == end && end < params.count && keys[min(end, params.count - 1u)] == key;
    let done = !fromBefore && !goesOn;
    let head = ${firstLevel ? `select(first, ${none}u, fromBefore)` : 'heads[first]'};
    if (done && head != ${none}u) { sums[head * params.width + column] = sum; }
    let leftHead = select(head, ${none}u, done);
    let leftSum = select(sum, 0.0, done);
    if (first == start) {
      leave(2u * own, column, key, leftHead, leftSum);
      if (i == end) { leave(2u * own + 1u, column, key, ${none}u, 0.0); }
    } else if (i == end) {
      leave(2u * own + 1u, column, key, leftHead, leftSum);
    }
  }
}`,
});
const sumFirst = sumRuns(true);
const sumOn = sumRuns(false);

/**
 * The sums of vectors whose keys are equal, each where the first of its sorted keys is: [count, width], anything
 * elsewhere. values: [count, width], in the order before sorting. Give the buffer back.
 */
export function sumDuplicates(
  backend: GpuBackend,
  sorted: Sorted,
  values: Operand,
  count: number,
  width: number,
): GPUBuffer {
  const sums = backend.acquire(count * width);
  let level = { keys: sorted.keys, heads: sorted.positions, values, count };
  let mine: GPUBuffer[] = [];
  for (let program = sumFirst; ; program = sumOn) {
    const chunks = Math.ceil(level.count / chunk);
    const left = [
      backend.acquire(2 * chunks),
      backend.acquire(2 * chunks),
      backend.acquire(2 * chunks * width),
    ];
    backend.run(
      program,
      [level.keys, level.heads, level.values, sums, ...left],
      [level.count, chunks, width],
      Math.ceil((chunks * width) / 64),
    );
    for (const buffer of mine) backend.release(buffer);
    mine = left;
    if (chunks <= 1) break;
    level = { keys: left[0], heads: left[1], values: left[2], count: 2 * chunks };
  }
  for (const buffer of mine) backend.release(buffer);
  return sums;
}

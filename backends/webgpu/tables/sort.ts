/// <reference types="@webgpu/types" />
import type { GpuBackend } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';

/**
 * A stable radix sort, least significant digit first, four bits at a time: of every block of keys a count of each digit,
 * the counts summed up over all blocks, digit by digit, and then every key to its place. Stable, and without a race
 * that could show: the same keys come in the same order every time.
 */

const threads = 128;
const keysPerThread = 8;
const block = threads * keysPerThread;
const digitBits = 4;
const digits = 2 ** digitBits;

const digitOf = /* wgsl */ `
fn digitOf(key: u32) -> u32 { return (key >> params.shift) & ${digits - 1}u; }
`;

/** -> counts: [digits, blocks]. Keys from `most` on are taken for `most`. */
const countDigits: Program = {
  name: 'SortCount',
  buffers: [reads('keys', 'u32'), writes('counts', 'u32')],
  params: [
    ['count', 'u32'],
    ['most', 'u32'],
    ['shift', 'u32'],
    ['blocks', 'u32'],
  ],
  code: /* wgsl */ `${digitOf}
var<workgroup> found: array<atomic<u32>, ${digits}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_index) group: u32, @builtin(local_invocation_index) thread: u32) {
  if (thread < ${digits}u) { atomicStore(&found[thread], 0u); }
  workgroupBarrier();
  for (var j = 0u; j < ${keysPerThread}u; j++) {
    let i = group * ${block}u + j * ${threads}u + thread;
    if (i < params.count) { atomicAdd(&found[digitOf(min(keys[i], params.most))], 1u); }
  }
  workgroupBarrier();
  if (thread < ${digits}u && group < params.blocks) {
    counts[thread * params.blocks + group] = atomicLoad(&found[thread]);
  }
}`,
};

const scanThreads = 256;

/** Every number becomes the sum of those before it, in one workgroup. */
const scan: Program = {
  name: 'SortScan',
  buffers: [writes('numbers', 'u32')],
  params: [['count', 'u32']],
  code: /* wgsl */ `
var<workgroup> sums: array<u32, ${scanThreads}>;

@compute @workgroup_size(${scanThreads})
fn main(@builtin(local_invocation_index) thread: u32) {
  let each = (params.count + ${scanThreads - 1}u) / ${scanThreads}u;
  let start = min(thread * each, params.count);
  let end = min(start + each, params.count);
  var own = 0u;
  for (var i = start; i < end; i++) { own += numbers[i]; }
  sums[thread] = own;
  workgroupBarrier();
  for (var reach = 1u; reach < ${scanThreads}u; reach *= 2u) {
    var before = 0u;
    if (thread >= reach) { before = sums[thread - reach]; }
    workgroupBarrier();
    sums[thread] += before;
    workgroupBarrier();
  }
  var running = sums[thread] - own;
  for (var i = start; i < end; i++) {
    let number = numbers[i];
    numbers[i] = running;
    running += number;
  }
}`,
};

/**
 * Every key to its place, and with it its position: where it stood before the first pass. A thread has keys that follow
 * each other, and the threads' counts of a digit are summed up in the order of the threads: that is what is stable.
 */
const moveKeys = (firstPass: boolean): Program => ({
  name: 'SortMove',
  buffers: [
    reads('keys', 'u32'),
    ...(firstPass ? [] : [reads('positions', 'u32')]),
    reads('starts', 'u32'),
    writes('sortedKeys', 'u32'),
    writes('sortedPositions', 'u32'),
  ],
  params: countDigits.params,
  code: /* wgsl */ `${digitOf}
var<workgroup> places: array<u32, ${digits * threads}>; // [digits, threads]
var<workgroup> sums: array<u32, ${threads}>;
var<workgroup> firsts: array<u32, ${digits}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_index) group: u32, @builtin(local_invocation_index) thread: u32) {
  let start = group * ${block}u + thread * ${keysPerThread}u;
  for (var digit = 0u; digit < ${digits}u; digit++) { places[digit * ${threads}u + thread] = 0u; }
  for (var i = start; i < min(start + ${keysPerThread}u, params.count); i++) {
    places[digitOf(min(keys[i], params.most)) * ${threads}u + thread] += 1u;
  }
  workgroupBarrier();

  // Each becomes the sum of those before it: every thread sums up some, then the threads' sums.
  var own = 0u;
  for (var j = 0u; j < ${digits}u; j++) { own += places[thread * ${digits}u + j]; }
  sums[thread] = own;
  workgroupBarrier();
  for (var reach = 1u; reach < ${threads}u; reach *= 2u) {
    var before = 0u;
    if (thread >= reach) { before = sums[thread - reach]; }
    workgroupBarrier();
    sums[thread] += before;
    workgroupBarrier();
  }
  var running = sums[thread] - own;
  for (var j = 0u; j < ${digits}u; j++) {
    let number = places[thread * ${digits}u + j];
    places[thread * ${digits}u + j] = running;
    running += number;
  }
  workgroupBarrier();
  if (thread < ${digits}u) { firsts[thread] = places[thread * ${threads}u]; }
  workgroupBarrier();

  for (var i = start; i < min(start + ${keysPerThread}u, params.count); i++) {
    let key = min(keys[i], params.most);
    let digit = digitOf(key);
    let place = places[digit * ${threads}u + thread];
    places[digit * ${threads}u + thread] = place + 1u;
    let to = starts[digit * params.blocks + group] + place - firsts[digit];
    sortedKeys[to] = key;
    sortedPositions[to] = ${firstPass ? 'i' : 'positions[i]'};
  }
}`,
});
const moveFirst = moveKeys(true);
const moveOn = moveKeys(false);

export interface Sorted {
  readonly keys: GPUBuffer;
  /** The place where each key stood. */
  readonly positions: GPUBuffer;
}

/** Keys in ascending order, those from `most` on as `most`. Give both buffers back. */
export function sortKeys(backend: GpuBackend, keys: GPUBuffer, count: number, most: number): Sorted {
  const blocks = Math.ceil(count / block);
  const counts = backend.acquire(digits * blocks);
  const pairs = [0, 1].map(() => ({ keys: backend.acquire(count), positions: backend.acquire(count) }));
  const passes = Math.max(1, Math.ceil(bitsOf(most) / digitBits));
  for (let pass = 0; pass < passes; pass++) {
    const from = pairs[(pass + 1) % 2];
    const to = pairs[pass % 2];
    const unsorted = pass === 0 ? keys : from.keys;
    const params = [count, most, pass * digitBits, blocks];
    backend.run(countDigits, [unsorted, counts], params, blocks);
    backend.run(scan, [counts], [digits * blocks], 1);
    if (pass === 0) backend.run(moveFirst, [unsorted, counts, to.keys, to.positions], params, blocks);
    else backend.run(moveOn, [unsorted, from.positions, counts, to.keys, to.positions], params, blocks);
  }
  const unused = pairs[passes % 2];
  for (const buffer of [counts, unused.keys, unused.positions]) backend.release(buffer);
  return pairs[(passes - 1) % 2];
}

/** Bits that numbers up to this one take. */
const bitsOf = (most: number) => 32 - Math.clz32(most);

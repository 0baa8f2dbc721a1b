/// <reference types="@webgpu/types" />
import type { GpuBackend } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import { gather } from './gather.ts';
import type { Shards } from './shards.ts';

/** A thread for each float. Rows of other shards are left alone. */
const setRows = (name: string, values: 'of its own' | 'zeros'): Program => ({
  name,
  buffers: [reads('rows', 'u32'), writes('shard'), ...(values === 'zeros' ? [] : [reads('values')])],
  params: [
    ['count', 'u32'], // of all floats
    ['width', 'u32'],
    ['first', 'u32'],
    ['rowsHere', 'u32'],
  ],
  code: /* wgsl */ `
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i >= params.count) { return; }
  let row = rows[i / params.width] - params.first; // wraps for rows before the first
  if (row < params.rowsHere) {
    shard[row * params.width + i % params.width] = ${values === 'zeros' ? '0.0' : 'values[i]'};
  }
}`,
});
const writeRows = setRows('WriteRows', 'of its own');
const zeroRows = setRows('ZeroRows', 'zeros');

/** Most floats that are brought to the card at a time, and memory on it that copies go through. */
const pieceFloats = 2 ** 22;

/** Rows, different from each other, become `values`: [rows, width]; those of the states become zeros. */
export function write(
  backend: GpuBackend,
  weights: Shards,
  states: readonly Shards[],
  rows: Uint32Array,
  values: Float32Array,
): void {
  const { width } = weights;
  for (const [from, to] of pieces(backend, rows.length, width)) {
    const count = to - from;
    const brought = {
      rows: backend.bring(rows.subarray(from, to)),
      values: backend.bring(values.subarray(from * width, to * width)),
    };
    onShards(backend, writeRows, weights, brought.rows, count, [brought.values]);
    for (const state of states) onShards(backend, zeroRows, state, brought.rows, count);
    for (const buffer of Object.values(brought)) backend.release(buffer);
  }
}

/** Rows become others, in all of the shards. All of `to` differ from each other and from all of `from`. */
export function copy(
  backend: GpuBackend,
  all: readonly Shards[],
  allRows: number,
  from: Uint32Array,
  to: Uint32Array,
): void {
  const widest = Math.max(...all.map(({ width }) => width));
  for (const [start, end] of pieces(backend, to.length, widest)) {
    const count = end - start;
    const [read, written] = [from, to].map((rows) => backend.bring(rows.subarray(start, end)));
    const between = backend.acquire(count * widest);
    for (const shards of all) {
      gather(backend, shards, allRows, read, count, between);
      onShards(backend, writeRows, shards, written, count, [between]);
    }
    for (const buffer of [read, written, between]) backend.release(buffer);
  }
}

function onShards(
  backend: GpuBackend,
  program: Program,
  { all, width }: Shards,
  rows: GPUBuffer,
  count: number,
  values: readonly GPUBuffer[] = [],
): void {
  const floats = count * width;
  for (const { buffer, first, rows: rowsHere } of all)
    backend.run(
      program,
      [rows, buffer, ...values],
      [floats, width, first, rowsHere],
      Math.ceil(floats / 256),
    );
}

function* pieces({ largestBuffer }: GpuBackend, rows: number, width: number): Generator<[number, number]> {
  const most = Math.max(1, Math.floor(Math.min(pieceFloats, largestBuffer / 4) / width));
  for (let from = 0; from < rows; from += most) yield [from, Math.min(rows, from + most)];
}

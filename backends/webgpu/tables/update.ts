/// <reference types="@webgpu/types" />
import { adagradEpsilon, type OptimizerRule, optimizerRules } from '../../../harness/contract/backend.ts';
import type { GpuBackend } from '../backend.ts';
import { rateParams, ratesOf, stepBuffers, steps } from '../optimizer-rules.ts';
import { type Program, reads, writes } from '../program.ts';
import type { Shards } from './shards.ts';

const place = [
  ['count', 'u32'],
  ['width', 'u32'],
  ['first', 'u32'],
  ['rows', 'u32'],
] as const;

/** Whether entry `i` is the first of its row, and the row is one of this shard's. */
const isMine = /* wgsl */ `
fn isMine(i: u32, row: u32) -> bool {
  return row >= params.first && row - params.first < params.rows && (i == 0u || keys[max(i, 1u) - 1u] != row);
}
`;

/** The state of the float's row has been brought up to date before. */
const rowwiseStep = `weights[at] -= params.rate * g / (sqrt(state0[row - params.first]) + ${adagradEpsilon});`;

/** A thread for each float of the sums. */
const updateFloats = (rule: OptimizerRule): Program => ({
  name: 'UpdateRows',
  buffers: [reads('keys', 'u32'), reads('sums'), ...stepBuffers(rule)],
  params: [...place, ...rateParams],
  code: /* wgsl */ `${isMine}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) thread: u32) {
  let i = thread / params.width;
  if (i >= params.count) { return; }
  let row = keys[i];
  if (isMine(i, row)) {
    let g = sums[thread];
    let at = (row - params.first) * params.width + thread % params.width;
    ${rule === 'rowwise-adagrad' ? rowwiseStep : steps[rule]}
  }
}`,
});
const programs: ReadonlyMap<OptimizerRule, Program> = new Map(
  optimizerRules.map((rule) => [rule, updateFloats(rule)]),
);

/** A thread for each row, before its floats are updated. */
const addMeanSquares: Program = {
  name: 'AddMeanSquares',
  buffers: [reads('keys', 'u32'), reads('sums'), writes('state')],
  params: place,
  code: /* wgsl */ `${isMine}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i >= params.count) { return; }
  let row = keys[i];
  if (isMine(i, row)) {
    var squares = 0.0;
    for (var k = i * params.width; k < (i + 1u) * params.width; k++) { squares += sums[k] * sums[k]; }
    state[row - params.first] += squares / f32(params.width);
  }
}`,
};

/** One optimizer step on every row that occurs. keys, sums: see sumDuplicates. */
export function updateRows(
  backend: GpuBackend,
  rule: OptimizerRule,
  weights: Shards,
  states: readonly Shards[],
  keys: GPUBuffer,
  sums: GPUBuffer,
  count: number,
  learningRate: number,
  step: number,
): void {
  const { width } = weights;
  const rates = ratesOf(rule, learningRate, step);
  weights.all.forEach(({ buffer, first, rows }, i) => {
    const own = states.map(({ all }) => all[i].buffer);
    const where = [count, width, first, rows];
    if (rule === 'rowwise-adagrad')
      backend.run(addMeanSquares, [keys, sums, ...own], where, Math.ceil(count / 64));
    const program = programs.get(rule)!;
    backend.run(
      program,
      [keys, sums, buffer, ...own],
      [...where, ...rates],
      Math.ceil((count * width) / 256),
    );
  });
}

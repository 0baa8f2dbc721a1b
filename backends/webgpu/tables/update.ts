/// <reference types="@webgpu/types" />
import { adagradEpsilon, adam, type OptimizerRule } from '../../../harness/contract/backend.ts';
import type { GpuBackend } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import type { Shards } from './shards.ts';

/** The rules of harness/contract/backend.ts for the float at `at` of a shard, under the gradient `g`. */
const rules: Readonly<Record<OptimizerRule, { readonly states: number; readonly step: string }>> = {
  sgd: { states: 0, step: 'weights[at] -= params.rate * g;' },
  adagrad: {
    states: 1,
    step: `
    let sum = state0[at] + g * g;
    state0[at] = sum;
    weights[at] -= params.rate * g / (sqrt(sum) + ${adagradEpsilon});`,
  },
  'rowwise-adagrad': {
    states: 1,
    step: `weights[at] -= params.rate * g / (sqrt(state0[row - params.first]) + ${adagradEpsilon});`,
  },
  adam: {
    states: 2,
    step: `
    let mean = ${adam.beta1} * state0[at] + ${1 - adam.beta1} * g;
    let variance = ${adam.beta2} * state1[at] + ${1 - adam.beta2} * g * g;
    state0[at] = mean;
    state1[at] = variance;
    weights[at] -= params.rate * mean / (sqrt(variance) / params.root + ${adam.epsilon});`,
  },
};

const params: Program['params'] = [
  ['count', 'u32'],
  ['width', 'u32'],
  ['first', 'u32'],
  ['rows', 'u32'],
  ['rate', 'f32'],
  ['root', 'f32'],
];

/** Whether entry `i` is the first of its row, and the row is one of this shard's. */
const isMine = /* wgsl */ `
fn isMine(i: u32, row: u32) -> bool {
  return row >= params.first && row - params.first < params.rows && (i == 0u || keys[max(i, 1u) - 1u] != row);
}
`;

/** A thread for each float of the sums. */
const updateFloats = (rule: OptimizerRule): Program => ({
  name: 'UpdateRows',
  buffers: [
    reads('keys', 'u32'),
    reads('sums'),
    writes('weights'),
    ...Array.from({ length: rules[rule].states }, (_, s) => writes(`state${s}`)),
  ],
  params,
  code: /* wgsl */ `${isMine}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) thread: u32) {
  let i = thread / params.width;
  if (i >= params.count) { return; }
  let row = keys[i];
  if (isMine(i, row)) {
    let g = sums[thread];
    let at = (row - params.first) * params.width + thread % params.width;
    ${rules[rule].step}
  }
}`,
});
const programs = new Map(
  (Object.keys(rules) as OptimizerRule[]).map((rule) => [rule, updateFloats(rule)] as const),
);

/** A thread for each row, before its floats are updated. */
const addMeanSquares: Program = {
  name: 'AddMeanSquares',
  buffers: [reads('keys', 'u32'), reads('sums'), writes('state')],
  params: params.slice(0, 4),
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
  // Adam's bias corrections, folded into one factor for each moment.
  const [rate, root] =
    rule === 'adam'
      ? [learningRate / (1 - adam.beta1 ** step), Math.sqrt(1 - adam.beta2 ** step)]
      : [learningRate, 1];
  weights.all.forEach(({ buffer, first, rows }, i) => {
    const own = states.map(({ all }) => all[i].buffer);
    const where = [count, width, first, rows];
    if (rule === 'rowwise-adagrad')
      backend.run(addMeanSquares, [keys, sums, ...own], where, Math.ceil(count / 64));
    const program = programs.get(rule)!;
    backend.run(
      program,
      [keys, sums, buffer, ...own],
      [...where, rate, root],
      Math.ceil((count * width) / 256),
    );
  });
}

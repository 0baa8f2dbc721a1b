/// <reference types="@webgpu/types" />
import { type OptimizerRule, updateRules } from '../../../harness/rules/index.ts';
import { numbersOf } from '../../../harness/rules/update-rule.ts';
import type { GpuBackend } from '../backend.ts';
import { rulesInWgsl, type RuleInWgsl } from '../optimizer-rules.ts';
import { type Program, reads } from '../program.ts';
import type { Shards } from './shards.ts';

const place = [
  ['count', 'u32'],
  ['width', 'u32'],
  ['first', 'u32'],
  ['rows', 'u32'],
] as const;

/** True if entry `i` is the first of its row, and the row is one of this shard's. */
const isMine = /* wgsl */ `
fn isMine(i: u32, row: u32) -> bool {
  return row >= params.first && row - params.first < params.rows && (i == 0u || keys[max(i, 1u) - 1u] != row);
}
`;

/** A thread for each row, where the rule computes something for it before its floats are updated. */
const updateRowStates = ({
  means,
  rowStates,
  loadRow,
  updateRow,
  storeRow,
  ...rule
}: RuleInWgsl): Program => ({
  name: 'UpdateRowStates',
  buffers: [reads('keys', 'u32'), reads('sums'), ...rowStates.map((i) => rule.buffers[i + 1])],
  params: [...place, ...rule.params],
  code: /* wgsl */ `${isMine}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i >= params.count) { return; }
  let row = keys[i];
  if (isMine(i, row)) {
    ${means.map((_, m) => `var mean${m} = 0.0;`).join('\n    ')}
    for (var k = i * params.width; k < (i + 1u) * params.width; k++) {
      let g = sums[k];
      ${means.map((mean, m) => `mean${m} += ${mean};`).join('\n      ')}
    }
    ${means.map((_, m) => `mean${m} /= f32(params.width);`).join('\n    ')}
    ${loadRow('row - params.first')}
    ${updateRow}
    ${storeRow('row - params.first')}
  }
}`,
});

/** A thread for each float of the sums. */
const updateFloats = ({ loadRow, updateFloat, buffers, params }: RuleInWgsl): Program => ({
  name: 'UpdateRows',
  buffers: [reads('keys', 'u32'), reads('sums'), ...buffers],
  params: [...place, ...params],
  code: /* wgsl */ `${isMine}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) thread: u32) {
  let i = thread / params.width;
  if (i >= params.count) { return; }
  let row = keys[i];
  if (isMine(i, row)) {
    let g = sums[thread];
    let at = (row - params.first) * params.width + thread % params.width;
    ${loadRow('row - params.first')}
    ${updateFloat}
  }
}`,
});
const programs = new Map(
  [...rulesInWgsl].map(([name, rule]) => [
    name,
    {
      ofRow: rule.byRow ? updateRowStates(rule) : undefined,
      rowStates: rule.rowStates,
      ofFloats: updateFloats(rule),
    },
  ]),
);

/** Rows that learn, and how: `step` is the number of the step that runs. */
export interface LearningRows {
  readonly rule: OptimizerRule;
  readonly weights: Shards;
  readonly states: readonly Shards[];
  readonly step: number;
}

/** One optimizer step on every row that occurs. keys, sums: see sumDuplicates. */
export function updateRows(
  backend: GpuBackend,
  learning: LearningRows,
  keys: GPUBuffer,
  sums: GPUBuffer,
  count: number,
  learningRate: number,
): void {
  const { rule, weights, states } = learning;
  const { width } = weights;
  const { ofRow, rowStates, ofFloats } = programs.get(rule)!;
  const now = (rate: number) => numbersOf(updateRules[rule], rate, learning.step);
  weights.all.forEach(({ buffer, first, rows }, i) => {
    const own = states.map(({ all }) => all[i].buffer);
    const params = { fixed: [count, width, first, rows], of: learning, now };
    if (ofRow) {
      const ofRows = rowStates.map((state) => own[state]);
      backend.run(ofRow, [keys, sums, ...ofRows], params, Math.ceil(count / 64), learningRate);
    }
    const perFloat = Math.ceil((count * width) / 256);
    backend.run(ofFloats, [keys, sums, buffer, ...own], params, perFloat, learningRate);
  });
}

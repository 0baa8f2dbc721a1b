import { type OptimizerRule, updateRules } from '../../../harness/rules/index.ts';
import type { StepNumbers } from '../../../harness/contract/step-replay.ts';
import { numbersOf } from '../../../harness/rules/update-rule.ts';
import { rulesInWgsl, type RuleInWgsl } from '../optimizer-rules.ts';
import { type Program, reads } from '../program.ts';
import { register } from '../register.ts';
import { main } from './wgsl.ts';

/** One step of a rule on a dense variable, in place (harness/optimizers). */
export function registerOptimizerStep(): void {
  register('OptimizerStep', (backend, { variable, gradient, ...states }, attributes) => {
    const { rule, numbers: now } = attributes as unknown as { rule: OptimizerRule; numbers: StepNumbers };
    const written = [variable, ...Object.values(states)];
    // The update is in place: another tensor that shares the memory would change too.
    if (written.some(({ dataId }) => backend.refCount(dataId) !== 1))
      throw new Error('a variable that shares its memory with another tensor cannot be updated in place');
    const width = variable.shape.at(-1) ?? 1;
    const size = variable.shape.reduce((product, side) => product * side, 1);
    if (size === 0) return [];
    const { program, perGroup, byRow } = programs.get(rule)!;
    const items = byRow ? size / width : size;
    const numbers = () => numbersOf(updateRules[rule], now.learningRate, now.step);
    const params = { fixed: [items, width], of: now, now: numbers };
    backend.run(program, [gradient, ...written], params, Math.ceil(items / perGroup));
    return [];
  });
}

const threads = 64; // few: most variables are small
const place = [
  ['items', 'u32'],
  ['width', 'u32'],
] as const;

/** A thread for each float. */
const perFloat = (name: OptimizerRule, { buffers, params, updateFloat }: RuleInWgsl): Program => ({
  name: `OptimizerStep ${name}`,
  buffers: [reads('gradient'), ...buffers],
  params: [...place, ...params],
  code: main(
    threads,
    `
  let at = group * ${threads} + thread;
  if (at >= params.items) { return; }
  let g = gradient[at];
  ${updateFloat}`,
  ),
});

/** A workgroup for each row: what means over the row are of is summed together. */
const perRow = (name: OptimizerRule, rule: RuleInWgsl): Program => ({
  name: `OptimizerStep ${name}`,
  buffers: [reads('gradient'), ...rule.buffers],
  params: [...place, ...rule.params],
  code: `
${rule.means.map((_, m) => `var<workgroup> sums${m}: array<f32, ${threads}>;`).join('\n')}
${main(
  threads,
  `
  if (group >= params.items) { return; }
  let first = group * params.width;
  ${rule.means.map((_, m) => `sums${m}[thread] = 0.0;`).join('\n  ')}
  for (var k = thread; k < params.width; k += ${threads}) {
    let g = gradient[first + k];
    ${rule.means.map((mean, m) => `sums${m}[thread] += ${mean};`).join('\n    ')}
  }
  for (var half = ${threads / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { ${rule.means.map((_, m) => `sums${m}[thread] += sums${m}[thread + half];`).join(' ')} }
  }
  workgroupBarrier();
  ${rule.means.map((_, m) => `let mean${m} = sums${m}[0] / f32(params.width);`).join('\n  ')}
  ${rule.loadRow('group')}
  ${rule.updateRow}
  storageBarrier(); // all have read the states
  if (thread == 0) { ${rule.storeRow('group')} }
  for (var k = thread; k < params.width; k += ${threads}) {
    let at = first + k;
    let g = gradient[at];
    ${rule.updateFloat}
  }`,
)}`,
});

const programs = new Map(
  [...rulesInWgsl].map(([name, rule]) => [
    name,
    rule.byRow
      ? { program: perRow(name, rule), perGroup: 1, byRow: true }
      : { program: perFloat(name, rule), perGroup: threads, byRow: false },
  ]),
);

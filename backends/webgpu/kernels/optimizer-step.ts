import { adagradEpsilon, type OptimizerRule } from '../../../harness/contract/backend.ts';
import { rateParams, ratesOf, stepBuffers, steps } from '../optimizer-rules.ts';
import { type Program, reads, writes } from '../program.ts';
import { register } from '../register.ts';
import { main } from './wgsl.ts';

/** One step of a rule on a dense variable, in place (harness/optimizers). */
export function registerOptimizerStep(): void {
  register('OptimizerStep', (backend, { variable, gradient, state0, state1 }, attributes) => {
    const { rule, learningRate, step } = attributes as {
      rule: OptimizerRule;
      learningRate: number;
      step: number;
    };
    const state = [state0, state1].filter((tensor) => tensor !== undefined);
    // In place: another tensor that shares the memory would move along.
    if ([variable, ...state].some(({ dataId }) => backend.refCount(dataId) !== 1))
      throw new Error('a variable that shares its memory with another tensor cannot be updated in place');
    const width = variable.shape.at(-1) ?? 1;
    const size = variable.shape.reduce((product, side) => product * side, 1);
    if (size === 0) return [];
    const { program, perGroup } = programs[rule];
    const items = rule === 'rowwise-adagrad' ? size / width : size;
    backend.run(
      program,
      [gradient, variable, ...state],
      [items, width, ...ratesOf(rule, learningRate, step)],
      Math.ceil(items / perGroup),
    );
    return [];
  });
}

const threads = 64; // few: most variables are small
const params = [['items', 'u32'], ['width', 'u32'], ...rateParams] as const;

/** A thread for each float. */
const perFloat = (rule: keyof typeof steps) => ({
  perGroup: threads,
  program: {
    name: `OptimizerStep ${rule}`,
    buffers: [reads('gradient'), ...stepBuffers(rule)],
    params,
    code: main(
      threads,
      `
  let at = group * ${threads} + thread;
  if (at >= params.items) { return; }
  let g = gradient[at];
  ${steps[rule]}`,
    ),
  },
});

/** A workgroup for each row: the squares of its gradient are summed together. */
const perRow = {
  perGroup: 1,
  program: {
    name: 'OptimizerStep rowwise-adagrad',
    buffers: [reads('gradient'), writes('weights'), writes('sum')],
    params,
    code: `
var<workgroup> squares: array<f32, ${threads}>;
${main(
  threads,
  `
  if (group >= params.items) { return; }
  let first = group * params.width;
  var own = 0.0;
  for (var k = thread; k < params.width; k += ${threads}) {
    own += gradient[first + k] * gradient[first + k];
  }
  squares[thread] = own;
  for (var half = ${threads / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { squares[thread] += squares[thread + half]; }
  }
  workgroupBarrier();
  let before = sum[group];
  let after = before + squares[0] / f32(params.width);
  storageBarrier(); // all have read it
  if (thread == 0) { sum[group] = after; }
  let rate = params.rate / (sqrt(after) + ${adagradEpsilon});
  for (var k = thread; k < params.width; k += ${threads}) { weights[first + k] -= rate * gradient[first + k]; }`,
)}`,
  },
};

const programs: Readonly<Record<OptimizerRule, { perGroup: number; program: Program }>> = {
  sgd: perFloat('sgd'),
  adagrad: perFloat('adagrad'),
  'rowwise-adagrad': perRow,
  adam: perFloat('adam'),
};

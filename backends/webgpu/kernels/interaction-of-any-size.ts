import type { GpuBackend, Operand } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import { main } from './wgsl.ts';

/** The interaction where vectors of one sample do not fit a workgroup's memory: a thread for each number, which reads all anew. */

const vectorAt = `
fn vectorAt(sample: u32, i: u32, column: u32) -> f32 {
  if (i == 0) { return x[sample * params.dim + column]; }
  return vectors[(sample * params.fields + i - 1) * params.dim + column];
}`;
const params = (['size', 'fields', 'dim', 'width'] as const).map((name) => [name, 'u32'] as const);

const interactionProgram: Program = {
  name: 'DotInteraction of any size',
  buffers: [reads('x'), reads('vectors'), writes('y')],
  params,
  code: `${vectorAt}${main(
    256,
    `
  let i = group * 256 + thread;
  if (i >= params.size) { return; }
  let sample = i / params.width;
  let column = i % params.width;
  if (column < params.dim) {
    y[i] = x[sample * params.dim + column];
    return;
  }
  var high = 1u;
  var low = column - params.dim;
  while (low >= high) {
    low -= high;
    high++;
  }
  var sum = 0.0;
  for (var k = 0u; k < params.dim; k++) { sum += vectorAt(sample, high, k) * vectorAt(sample, low, k); }
  y[i] = sum;`,
  )}`,
};

const gradientProgram: Program = {
  name: 'DotInteractionGrad of any size',
  buffers: [reads('x'), reads('vectors'), reads('dy'), writes('dx'), writes('dVectors')],
  params,
  code: `${vectorAt}${main(
    256,
    `
  let at = group * 256 + thread;
  if (at >= params.size) { return; }
  let column = at % params.dim;
  let i = at / params.dim % (params.fields + 1);
  let sample = at / params.dim / (params.fields + 1);
  let slopes = sample * params.width + params.dim;
  var sum = 0.0;
  for (var j = 0u; j <= params.fields; j++) {
    if (j != i) {
      let high = max(i, j);
      sum += dy[slopes + high * (high - 1) / 2 + min(i, j)] * vectorAt(sample, j, column);
    }
  }
  if (i == 0) { dx[sample * params.dim + column] = dy[sample * params.width + column] + sum; }
  else { dVectors[(sample * params.fields + i - 1) * params.dim + column] = sum; }`,
  )}`,
};

/** operands: x [batch, dim], vectors [batch, fields, dim], y. */
export function anyInteraction(
  backend: GpuBackend,
  operands: readonly Operand[],
  batch: number,
  fields: number,
  dim: number,
): void {
  const width = dim + (fields * (fields + 1)) / 2;
  const size = batch * width;
  runOnAny(backend, interactionProgram, operands, [size, fields, dim, width]);
}

/** operands: x, vectors, dy, dx, dVectors. */
export function anyGradient(
  backend: GpuBackend,
  operands: readonly Operand[],
  batch: number,
  fields: number,
  dim: number,
): void {
  const size = batch * (fields + 1) * dim;
  const width = dim + (fields * (fields + 1)) / 2;
  runOnAny(backend, gradientProgram, operands, [size, fields, dim, width]);
}

/** Tensors of no size have no memory that could be bound: others stand for them, which nothing reads or writes. */
function runOnAny(
  backend: GpuBackend,
  program: Program,
  operands: readonly Operand[],
  params: readonly number[],
): void {
  const [size] = params;
  if (size === 0) return;
  const spares: GPUBuffer[] = [];
  const bound = operands.map((operand) => {
    if (!('dataId' in operand) || !operand.shape.includes(0)) return operand;
    spares.push(backend.acquire(1));
    return spares.at(-1)!;
  });
  backend.run(program, bound, params, Math.ceil(size / 256));
  for (const spare of spares) backend.release(spare);
}

import { type Program, reads, writes } from '../program.ts';
import { register } from '../register.ts';
import { each, main, relu } from './wgsl.ts';

/** Binary cross-entropy and its gradient (harness/ops/binary-cross-entropy.ts). */
export function registerCrossEntropy(): void {
  register('BinaryCrossEntropy', (backend, { logits, labels }) => {
    const [count] = logits.shape;
    const loss = backend.output([], 'float32');
    const parts = Math.max(1, Math.min(threads, Math.ceil(count / (4 * threads))));
    const chunk = Math.ceil(count / parts);
    const partial = backend.acquire(parts);
    const nothing = count === 0 ? backend.acquire(1) : undefined; // memory of no bytes cannot be bound
    backend.run(sumLosses, [nothing ?? logits, nothing ?? labels, partial], [count, chunk], parts);
    backend.run(meanOfParts, [partial, loss], [parts, count], 1);
    for (const buffer of [partial, nothing]) if (buffer !== undefined) backend.release(buffer);
    return loss;
  });

  register('BinaryCrossEntropyGrad', (backend, { logits, labels, dy }) => {
    const [count] = logits.shape;
    const d = backend.output([count], 'float32');
    backend.run(gradient, [logits, labels, dy, d], [count], Math.ceil(count / threads));
    return d;
  });
}

const threads = 256;

/** The sum over a workgroup's threads: pairs, pairs of pairs, ... */
const sumOfThreads = `
var<workgroup> partial: array<f32, ${threads}>;
fn sumOfThreads(thread: u32, x: f32) -> f32 {
  partial[thread] = x;
  for (var half = ${threads / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { partial[thread] += partial[thread + half]; }
  }
  return partial[0]; // the first thread's
}`;

/**
 * log(1 + u) is 2 artanh(s) with s = u / (2 + u), a series in s^2 of at most 1/9: all digits, also where u is so small that
 * 1 + u is 1. The logits of a diverged model are NaN, and so is then the loss.
 */
const lossOf = `
fn lossOf(z: f32, y: f32) -> f32 {
  let u = exp(-abs(z));
  let s = u / (2.0 + u);
  let t = s * s;
  let series = 2.0 * s * ${series(7)};
  return relu(z) - z * y + series;
}`;

/** 1 + t/3 + t^2/5 + ..., by Horner's rule. */
function series(terms: number): string {
  const open = each(terms - 1, (i) => `(${1 / (2 * i + 1)} + t * `, '');
  return `${open}${1 / (2 * terms - 1)}${')'.repeat(terms - 1)}`;
}

/** Every workgroup a part, one behind the other. */
const sumLosses: Program = {
  name: 'BinaryCrossEntropy',
  buffers: [reads('logits'), reads('labels'), writes('parts')],
  params: [
    ['count', 'u32'],
    ['chunk', 'u32'],
  ],
  code: `${relu}${lossOf}${sumOfThreads}${main(
    threads,
    `
  let end = min(params.count, (group + 1) * params.chunk);
  var sum = 0.0;
  for (var i = group * params.chunk + thread; i < end; i += ${threads}) { sum += lossOf(logits[i], labels[i]); }
  let total = sumOfThreads(thread, sum);
  if (thread == 0) { parts[group] = total; }`,
  )}`,
};

/** No more parts than threads. */
const meanOfParts: Program = {
  name: 'BinaryCrossEntropy (parts)',
  buffers: [reads('parts'), writes('loss')],
  params: [
    ['parts', 'u32'],
    ['count', 'u32'],
  ],
  code: `${sumOfThreads}${main(
    threads,
    `
  var sum = 0.0;
  if (thread < params.parts) { sum = parts[thread]; }
  let total = sumOfThreads(thread, sum);
  if (thread == 0) { loss[0] = total / f32(params.count); }`,
  )}`,
};

/** Takes exp of what is not positive: nothing overflows. Some devices' exp makes a number of NaN: NaN is put back. */
const gradient: Program = {
  name: 'BinaryCrossEntropyGrad',
  buffers: [reads('logits'), reads('labels'), reads('dy'), writes('d')],
  params: [['count', 'u32']],
  code: main(
    threads,
    `
  let i = group * ${threads} + thread;
  if (i >= params.count) { return; }
  let z = logits[i];
  let u = exp(-abs(z));
  let sigmoid = select(1.0, u, z < 0.0) / (1.0 + u);
  let slope = (sigmoid - labels[i]) / f32(params.count);
  let isNumber = (bitcast<u32>(z) & 0x7fffffffu) <= 0x7f800000u;
  d[i] = dy[0] * select(z, slope, isNumber);`,
  ),
};

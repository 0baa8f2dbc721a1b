import type { GpuBackend } from '../backend.ts';
import { type Program, reads, writes } from '../program.ts';
import { register } from '../register.ts';
import { memoised } from './memoised.ts';
import { anyGradient, anyInteraction } from './interaction-of-any-size.ts';
import { each, main } from './wgsl.ts';

/**
 * DLRM's interaction and its gradient (harness/ops/dot-interaction.ts). A workgroup keeps all vectors of some samples in
 * its memory: they are read from the card's once, though each is in as many products as there are vectors.
 */
export function registerInteraction(): void {
  register('DotInteraction', (backend, { x, vectors }) => {
    const [batch, fields, dim] = vectors.shape;
    const y = backend.output([batch, widthOf(fields, dim)], 'float32');
    const layout = layoutOf(backend, fields, dim);
    const samples = layout.samplesForDots;
    const operands = [x, vectors, y];
    if (samples > 0 && dim > 0 && fields > 0)
      backend.run(dots(fields, dim, samples), operands, [batch], Math.ceil(batch / samples));
    else anyInteraction(backend, operands, batch, fields, dim);
    return y;
  });

  register('DotInteractionGrad', (backend, { x, vectors, dy }) => {
    const [batch, fields, dim] = vectors.shape;
    const dx = backend.output([batch, dim], 'float32');
    const dvectors = backend.output([batch, fields, dim], 'float32');
    const layout = layoutOf(backend, fields, dim);
    const samples = layout.samplesForGradient;
    const operands = [x, vectors, dy, dx, dvectors];
    if (samples > 0 && dim > 0 && fields > 0)
      backend.run(gradient(fields, dim, samples), operands, [batch], Math.ceil(batch / samples));
    else anyGradient(backend, operands, batch, fields, dim);
    return [dx, dvectors];
  });
}

export const widthOf = (fields: number, dim: number) => dim + (fields * (fields + 1)) / 2;
const maxThreads = 256;
/** Bytes of a workgroup's memory, taken where a sample needs no more: several workgroups then share a multiprocessor. */
const frugal = 16384;

/** Samples that a workgroup takes; 0 if not even one fits. */
function layoutOf({ device: { limits } }: GpuBackend, fields: number, dim: number) {
  const most = limits.maxComputeWorkgroupStorageSize;
  const { vectorBytes, blocks, classes, quads, pairs } = sizes(fields, dim);
  const fitting = (bytes: number, threads: number) => {
    const samples = Math.min(Math.floor(frugal / bytes), Math.floor(maxThreads / threads));
    return samples > 0 ? samples : bytes <= most ? 1 : 0;
  };
  const dotBytes = vectorBytes + 4 * widthOf(fields, dim);
  const gradientBytes = vectorBytes + 16 * (fields + 1) * classes + 4 * pairs;
  return {
    samplesForDots: blocks > maxThreads ? 0 : fitting(dotBytes, blocks),
    samplesForGradient: fitting(gradientBytes, classes * quads),
  };
}

function sizes(fields: number, dim: number) {
  const count = fields + 1; // x is the first vector
  const quads = Math.ceil(dim / 4);
  // An odd number of quads from vector to vector: threads that read a quad of different vectors take different banks.
  const pitch = quads | 1;
  const classes = Math.ceil(count / 4);
  return {
    count,
    quads,
    pitch,
    vectorBytes: 16 * count * pitch,
    /** Vectors by four: vector i is in class i % classes, so that threads beside each other read vectors beside each other. */
    classes,
    /** Pairs of classes. */
    blocks: (classes * (classes + 1)) / 2,
    pairs: (count * (count - 1)) / 2,
  };
}

/** Brings the vectors of a workgroup's samples, filled up with zeros to quads, into `vectors`. */
function loading(fields: number, dim: number, samples: number, threads: number): string {
  const { count, quads, pitch } = sizes(fields, dim);
  const whole = dim % 4 === 0;
  const quad = (from: string, vector: string) =>
    whole
      ? `value = ${from}[(${vector}) * ${quads} + quad];`
      : `for (var e = 0u; e < min(4, ${dim} - 4 * quad); e++) { value[e] = ${from}[(${vector}) * ${dim} + 4 * quad + e]; }`;
  return `
  for (var i = thread; i < ${samples * count * quads}; i += ${threads}) {
    let quad = i % ${quads};
    let vector = i / ${quads} % ${count};
    let local = i / ${quads * count};
    let sample = firstSample + local;
    var value = vec4f();
    if (sample < params.batch) {
      if (vector == 0) { ${quad('x', 'sample')} }
      else { ${quad('fieldVectors', `sample * ${fields} + vector - 1`)} }
    }
    vectors[(local * ${count} + vector) * ${pitch} + quad] = value;
  }`;
}

const element = (dim: number) => (dim % 4 === 0 ? 'vec4f' : 'f32');

/**
 * A thread takes the 4 x 4 pairs of two classes of vectors: 16 multiplications of quads for 8 reads. The products go
 * through workgroup memory, so that a sample's row is written in one piece.
 */
const dots = memoised((fields: number, dim: number, samples: number): Program => {
  const { count, quads, pitch, classes, blocks } = sizes(fields, dim);
  const width = widthOf(fields, dim);
  const threads = samples * blocks;
  const four = (name: string, of: string) =>
    each(
      4,
      (i) => `let ${name}${i} = vectors[at + min(${of} + ${i * classes}, ${count - 1}) * ${pitch} + quad];`,
    );
  return {
    name: 'DotInteraction',
    buffers: [reads('x', element(dim)), reads('fieldVectors', element(dim)), writes('y')],
    params: [['batch', 'u32']],
    code: `
var<workgroup> vectors: array<vec4f, ${samples * count * pitch}>;
var<workgroup> results: array<f32, ${samples * width}>;
${main(
  threads,
  `
  let firstSample = group * ${samples};
  ${loading(fields, dim, samples, threads)}
  workgroupBarrier();
  let local = thread / ${blocks};
  let block = thread % ${blocks};
  var high = 0u; // the classes, high >= low
  while ((high + 1) * (high + 2) / 2 <= block) { high++; }
  let low = block - high * (high + 1) / 2;
  let at = local * ${count * pitch};
  ${each(16, (i) => `var c${i} = 0.0;`, ' ')}
  for (var quad = 0u; quad < ${quads}; quad++) {
    ${four('a', 'high')}
    ${four('b', 'low')}
    ${each(16, (i) => `c${i} += dot(a${i >> 2}, b${i & 3});`)}
  }
  ${each(16, (i) => `put(local * ${width}, high + ${(i >> 2) * classes}, low + ${(i & 3) * classes}, high == low, c${i});`)}
  for (var i = thread; i < ${samples * dim}; i += ${threads}) {
    let vector = i / ${dim} * ${count * pitch};
    results[i / ${dim} * ${width} + i % ${dim}] = vectors[vector + i % ${dim} / 4][i % ${dim} % 4];
  }
  workgroupBarrier();
  let end = min(params.batch * ${width}, (firstSample + ${samples}) * ${width});
  for (var i = firstSample * ${width} + thread; i < end; i += ${threads}) { y[i] = results[i - firstSample * ${width}]; }`,
)}
fn put(start: u32, i: u32, j: u32, sameClass: bool, value: f32) {
  if (max(i, j) >= ${count} || i == j || (sameClass && i < j)) { return; }
  let high = max(i, j);
  results[start + ${dim} + high * (high - 1) / 2 + min(i, j)] = value;
}`,
  };
});

/**
 * The gradient of the products is spread out to a symmetric matrix; a thread then takes a quad of four vectors' gradients:
 * 16 multiplications for two reads of a quad.
 */
const gradient = memoised((fields: number, dim: number, samples: number): Program => {
  const { count, quads, pitch, classes, pairs } = sizes(fields, dim);
  const width = widthOf(fields, dim);
  const perSample = quads * classes;
  const threads = Math.min(maxThreads, samples * perSample);
  const whole = dim % 4 === 0;
  const put = (to: string, vector: string) =>
    whole
      ? `${to}[(${vector}) * ${quads} + quad] = value;`
      : `for (var e = 0u; e < min(4, ${dim} - 4 * quad); e++) { ${to}[(${vector}) * ${dim} + 4 * quad + e] = value[e]; }`;
  return {
    name: 'DotInteractionGrad',
    buffers: [
      reads('x', element(dim)),
      reads('fieldVectors', element(dim)),
      reads('dy'),
      writes('dx', element(dim)),
      writes('dFieldVectors', element(dim)),
    ],
    params: [['batch', 'u32']],
    code: `
var<workgroup> vectors: array<vec4f, ${samples * count * pitch}>;
var<workgroup> slopes: array<f32, ${samples * pairs}>;
var<workgroup> spread: array<vec4f, ${samples * count * classes}>;
fn slope(local: u32, i: u32, j: u32) -> f32 {
  let high = max(i, j);
  if (i == j || high >= ${count}) { return 0.0; }
  return slopes[local * ${pairs} + high * (high - 1) / 2 + min(i, j)];
}
fn put(sample: u32, vector: u32, quad: u32, gradient: vec4f) {
  if (vector >= ${count}) { return; }
  var value = gradient;
  if (vector == 0) {
    for (var e = 0u; e < min(4, ${dim} - 4 * quad); e++) { value[e] += dy[sample * ${width} + 4 * quad + e]; }
    ${put('dx', 'sample')}
  } else {
    ${put('dFieldVectors', `sample * ${fields} + vector - 1`)}
  }
}
${main(
  threads,
  `
  let firstSample = group * ${samples};
  ${loading(fields, dim, samples, threads)}
  for (var i = thread; i < ${samples * pairs}; i += ${threads}) {
    let sample = firstSample + i / ${pairs};
    var value = 0.0;
    if (sample < params.batch) { value = dy[sample * ${width} + ${dim} + i % ${pairs}]; }
    slopes[i] = value;
  }
  workgroupBarrier();
  for (var i = thread; i < ${samples * count * classes}; i += ${threads}) {
    let first = i % ${classes};
    let j = i / ${classes} % ${count};
    let local = i / ${classes * count};
    spread[i] = vec4f(${each(4, (k) => `slope(local, first + ${k * classes}, j)`, ', ')});
  }
  workgroupBarrier();
  for (var i = thread; i < ${samples * perSample}; i += ${threads}) {
    let quad = i % ${quads};
    let first = i / ${quads} % ${classes};
    let local = i / ${perSample};
    ${each(4, (k) => `var g${k} = vec4f();`, ' ')}
    for (var j = 0u; j < ${count}; j++) {
      let factors = spread[(local * ${count} + j) * ${classes} + first];
      let vector = vectors[(local * ${count} + j) * ${pitch} + quad];
      ${each(4, (k) => `g${k} = fma(vec4f(factors[${k}]), vector, g${k});`, ' ')}
    }
    let sample = firstSample + local;
    if (sample < params.batch) {
      ${each(4, (k) => `put(sample, first + ${k * classes}, quad, g${k});`)}
    }
  }`,
)}`,
  };
});

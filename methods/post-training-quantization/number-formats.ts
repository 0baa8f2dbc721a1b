import { z } from 'zod';
import type { Element } from '../../harness/contract/method.ts';
import type { Wrapper } from '../../harness/contract/wrapper.ts';
import { precision } from './precision.ts';

export const fp8 = eightBitFloats('fp8', 'e4m3', '4 bits of exponent and 3 of mantissa', 448);
export const fp8E5m2 = eightBitFloats('fp8-e5m2', 'e5m2', '5 bits of exponent and 2 of mantissa', 57_344);

function eightBitFloats(name: string, element: 'e4m3' | 'e5m2', bits: string, largest: number): Wrapper {
  const options = z.strictObject({
    scaled: z
      .boolean()
      .default(true)
      .describe('floats of a table are divided by a power of two that takes the largest to the largest code'),
  });
  return precision({
    name,
    stored: `stored as 8-bit floats with ${bits}, and a scale per table`,
    formula: `w ≈ s c, c the nearest 8-bit float, s = 2^⌈log2(max|w| / ${largest})⌉ of a table`,
    paper: {
      cite: 'Micikevicius et al., FP8 Formats for Deep Learning, 2022',
      url: 'https://arxiv.org/abs/2209.05433',
    },
    departures: [
      {
        what: 'the scale of a table is a power of two',
        why: 'the paper leaves scales to software; a power of two rounds nothing',
      },
    ],
    options,
    departures: [
      {
        what: 'a table has one scale, a power of two',
        why: 'the paper leaves scales to whoever uses the format; without one, rows of a field with millions of ids would all be zero',
      },
    ],
    form:
      ({ scaled }, coarser) =>
      () => ({ kind: 'fp8', element, scaled: scaled && coarser === 1 }),
  });
}

const elementOption = <Name extends Element>(names: readonly [Name, ...Name[]]) =>
  z.strictObject({
    element: z
      .enum(names)
      .default(names[0] as never)
      .describe('bits of exponent (e) and mantissa (m)'),
  });
const none = z.strictObject({});

/** The first element is the default: the one with more bits of mantissa, which weights want. */
export const mxfp8 = sharedExponents('mxfp8', '8-bit floats', elementOption(['e4m3', 'e5m2']), (o) => o.element); // prettier-ignore
export const mxfp6 = sharedExponents('mxfp6', '6-bit floats', elementOption(['e2m3', 'e3m2']), (o) => o.element); // prettier-ignore
export const mxfp4 = sharedExponents('mxfp4', '4-bit floats', none, () => 'e2m1');
export const mxint8 = sharedExponents('mxint8', '8-bit integers', none, () => 'int8');

/** Blocks of 32 consecutive floats; more where the last stage would take more bytes than were promised. */
function sharedExponents<Options extends z.ZodObject>(
  name: string,
  codes: string,
  options: Options,
  elementOf: (options: z.infer<Options>) => Element,
): Wrapper {
  return precision({
    name,
    stored: `stored as ${codes} of which 32 share an exponent`,
    formula: 'w ≈ X c, c the nearest element, X = 2^(⌊log2 max|w|⌋ − emax) of a block',
    paper: {
      cite: 'Rouhani et al., Microscaling Data Formats for Deep Learning, 2023',
      url: 'https://arxiv.org/abs/2310.10537',
    },
    departures: [
      {
        what: 'blocks run over the ends of rows, and ties go to the even code',
        why: "a block for each row of 16 floats would double the exponents' bytes; the authors' library rounds ties away from zero unless told otherwise, OCP MX 1.0 to even",
      },
    ],
    options,
    departures: [
      {
        what: 'a block of 32 floats may hold several rows, or parts of them',
        why: 'the paper blocks along the dimension that a product sums over, and a look-up has none',
      },
    ],
    form: (options, coarser) => () => ({ kind: 'mx', element: elementOf(options), block: 32 * coarser }),
  });
}

const normalFloatOptions = z.strictObject({
  floatsPerScale: z.int().min(1).default(64).describe('consecutive floats of any rows that share a scale'),
  scales: z
    .enum(['fp32', 'fp16', 'double'])
    .default('fp32')
    .describe('a scale in 32 bits, in 16, or in 8 with a scale for 256 of them'),
});

export const nf4 = precision({
  name: 'nf4',
  stored: 'stored as 4-bit codes of quantiles of a normal distribution, times a scale per block of floats',
  formula: 'w ≈ s Q[q], s = max|w| of a block, Q[q] the nearest of 16 quantiles to w / s',
  paper: {
    cite: 'Dettmers et al., QLoRA: Efficient Finetuning of Quantized LLMs, NeurIPS 2023',
    url: 'https://arxiv.org/abs/2305.14314',
  },
  departures: [
    {
      what: 'scales in 8 bits are 8-bit floats (e4m3) of their differences from the mean, and codes are made with the rounded scale',
      why: "the paper says 8-bit floats, the authors' library has a table of its own for these bits and makes codes first; not measured",
    },
  ],
  options: normalFloatOptions,
  departures: [
    {
      what: 'scales in 8 bits are rounded to 8-bit floats after their mean is subtracted',
      why: "the authors' code has a table of its own for these 8 bits; not measured",
    },
  ],
  form:
    ({ floatsPerScale, scales }, coarser) =>
    () => ({ kind: 'nf4', block: floatsPerScale * coarser, scales }),
});

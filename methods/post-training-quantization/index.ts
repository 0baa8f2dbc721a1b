import { z } from 'zod';
import type { Table } from '../../harness/contract/method.ts';
import type { Wrapper } from '../../harness/contract/wrapper.ts';
import { precision } from './precision.ts';

export { fp8, fp8E5m2, mxfp4, mxfp6, mxfp8, mxint8, nf4 } from './number-formats.ts';

const paper = {
  cite: 'Guan et al., Post-Training 4-bit Quantization on Embedding Tables, 2019',
  url: 'https://arxiv.org/abs/1911.02079',
};

/** 16-bit floats: nothing per row. */
export const fp16 = precision({
  name: 'fp16',
  stored: 'stored as 16-bit floats',
  formula: 'w ≈ the nearest 16-bit float',
  paper,
  options: z.strictObject({}),
  departures: [],
  form: () => () => ({ kind: 'fp16' }),
});

export const int8 = integers(8, 'min-max');
export const int4 = integers(4, 'greedy');
export const int2 = integers(2, 'greedy');

/** Codes of `bits` bits, with a scale and an offset per row, or per several rows if these are narrow. */
function integers(bits: 2 | 4 | 8, range: 'min-max' | 'greedy'): Wrapper {
  const options = z.strictObject({
    range: z
      .enum(['min-max', 'greedy'])
      .default(range)
      .describe("range of a row's codes: all of its floats, or a narrower one if that leaves less error"),
    floatsPerScale: z
      .int()
      .min(1)
      .default(32)
      .describe('rows less than half as wide share a scale, so many floats or a few more; 1: no rows do'),
  });
  return precision({
    name: `int${bits}`,
    stored: `stored in ${bits} bits, with a scale and an offset per row`,
    formula: `w ≈ lo + s q, q = round((w − lo) / s) from 0 to ${2 ** bits - 1}`,
    paper,
    options,
    departures: [
      {
        what: 'rows less than half as wide as 32 floats share a scale with rows beside them',
        why: "a scale and an offset for 4 floats would take more bytes than the codes; floatsPerScale=1 is the paper's form; not measured",
      },
      ...(bits === 8
        ? []
        : [
            {
              what: 'codes are evenly spaced',
              why: 'the paper also has codebooks by k-means, which take a codebook for each row or group of rows; not measured',
            },
          ]),
    ],
    form:
      ({ range, floatsPerScale }, coarser) =>
      (table) => {
        const block = floatsOfScale(table, floatsPerScale * coarser);
        return { kind: 'row-wise', bits, range, ...(block !== undefined && { block }) };
      },
  });
}

/** undefined: a row has its own. */
function floatsOfScale({ width, stride = width }: Table, floats: number): number | undefined {
  if (stride < width) return Math.max(width, floats);
  return 2 * width >= floats ? undefined : width * Math.ceil(floats / width);
}

import type { Element, NormalFloatScales, Storage } from './method.ts';

/** Bytes of tables of small floats (harness/serving/{fp8,mx,nf4}.ts): codes, and the scales beside them. */
interface FormatParts {
  readonly floats: number;
  readonly scales: number;
  readonly positions: 0;
}

/** The scale of a whole table: a 32-bit float. */
export const tableScaleBytes = 4;

export const elementBits: Readonly<Record<Element, 4 | 6 | 8>> = {
  e4m3: 8,
  e5m2: 8,
  e2m3: 6,
  e3m2: 6,
  e2m1: 4,
  int8: 8,
};

/** Blocks of codes, each in whole bytes, and a byte for the exponent of each. */
export function mxParts(floats: number, { element, block }: Extract<Storage, { kind: 'mx' }>): FormatParts {
  const bits = elementBits[element];
  return { floats: codeBytes(floats, block, bits), scales: Math.ceil(floats / block), positions: 0 };
}

/** Bytes of the scale that stands behind the codes of a block of 4-bit normal floats. */
export const normalFloatScaleBytes: Readonly<Record<NormalFloatScales, number>> = {
  fp32: 4,
  fp16: 2,
  double: 1,
};

/** Scales of blocks that share a scale of their own, where these have 8 bits. */
export const scalesTogether = 256;

export function normalFloatParts(
  floats: number,
  { block, scales }: Extract<Storage, { kind: 'nf4' }>,
): FormatParts {
  const blocks = Math.ceil(floats / block);
  const ofScales = scales === 'double' ? 4 * Math.ceil(blocks / scalesTogether) + 4 : 0; // and the mean of all
  return {
    floats: codeBytes(floats, block, 4),
    scales: blocks * normalFloatScaleBytes[scales] + ofScales,
    positions: 0,
  };
}

/** The codes of every block begin with a byte. */
const codeBytes = (floats: number, block: number, bits: number) =>
  Math.floor(floats / block) * Math.ceil((block * bits) / 8) + Math.ceil(((floats % block) * bits) / 8);

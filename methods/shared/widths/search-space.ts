import type { Serving } from '../../../harness/contract/method.ts';

/** Powers of two, and the model's width. */
export function widthsUpTo(dim: number): number[] {
  const widths: number[] = [];
  for (let width = 1; width < dim; width *= 2) widths.push(width);
  return [...widths, dim];
}

/**
 * What is served where training finds its shape: nobody knows before, but it takes no more than these bytes. They are floats
 * in rows of their own, which no other form makes smaller, and what is too little for one.
 */
export function anythingWithin(budget: number): Serving {
  const part = { rows: Math.floor(budget / 4), init: { mean: 0, halfWidth: 0 } };
  return { tables: [{ width: 1, parts: [part] }], maps: [{ length: budget % 4, bits: 8 }] };
}

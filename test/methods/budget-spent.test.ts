import { describe, expect, test } from 'vitest';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { methods } from '../../methods/index.ts';
import { layerAt } from '../layers.ts';
import { criteoShaped } from './criteo-shaped.ts';

/** Methods are compared at equal budgets: what one leaves unspent, it is compared without. */

const least = 0.97;

/** Methods whose grain does not allow it: the least share that they spend, and why it is not more. */
const coarse: Readonly<Record<string, { readonly least: number; readonly why: string }>> = {
  'deep-hash': {
    least: 0.72,
    why: 'its decoder is as wide as it may be (a step takes the time of all its weights), and the next field is larger than what is left',
  },
  'tensor-train': {
    least: 0.94,
    why: 'one rank for all fields, a whole number: cores grow by its square',
  },
};

const ratios = [4, 16, 64];

describe.each(methods.filter(({ ignoresIds }) => !ignoresIds))('$name', (method) => {
  test.each(ratios)('spends its budget at %ix', (ratio) => {
    const layer = layerAt(criteoShaped, 16, ratio);
    const plan = method.plan(layer, method.options.parse({}));
    if (isInfeasible(plan)) return;
    const share = sizeOf(plan).servingBytes / layer.budget;
    expect(share).toBeLessThanOrEqual(1);
    expect(share).toBeGreaterThanOrEqual(coarse[method.name]?.least ?? least);
  });
});

test.each(Object.keys(coarse))('%s is not excused without need', (name) => {
  const method = methods.find((one) => one.name === name)!;
  const shares = ratios.flatMap((ratio) => {
    const layer = layerAt(criteoShaped, 16, ratio);
    const plan = method.plan(layer, method.options.parse({}));
    return isInfeasible(plan) ? [] : [sizeOf(plan).servingBytes / layer.budget];
  });
  expect(Math.min(...shares)).toBeLessThan(least);
});

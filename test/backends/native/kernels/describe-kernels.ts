import * as tf from '../../../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { OpenBackend } from '../../../../harness/contract/backend.ts';
import { describeNative } from '../describe-native.ts';
import { type Given, openNative } from '../on-both.ts';

/** Every kernel of the add-on's against the cpu backend's, on random shapes; that it is the add-on's, too. */
export function describeKernels(
  what: string,
  tests: (opened: { readonly backend: OpenBackend }) => void,
): void {
  describeNative(what, () => {
    const opened = {} as { backend: OpenBackend };
    beforeAll(async () => {
      opened.backend = await openNative();
    });
    tests(opened);
  });
}

/** Slack where the order in which zeros are added is another. */
export const signOfZero = 1e-40;

type Inputs = Record<string, tf.Tensor> | tf.Tensor[];

/** A kernel itself, without what tfjs's operations do before. */
export const run = (kernel: string, inputs: Inputs, attributes: Record<string, unknown> = {}) =>
  tf.engine().runKernel<tf.Tensor>(kernel, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);

export const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => Promise<void>, numRuns = 60) =>
  fc.assert(fc.asyncProperty(arbitrary, property), { numRuns, seed: 3 });

export const size = ({ shape }: Given) => shape.reduce((product, side) => product * side, 1);

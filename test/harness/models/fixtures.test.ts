import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import type { Model, Network } from '../../../harness/contract/model.ts';
import { deepfm } from '../../../harness/models/deepfm.ts';
import { fm } from '../../../harness/models/fm.ts';
import { linear } from '../../../harness/models/linear.ts';
import { wideDeep } from '../../../harness/models/wide-deep.ts';
import { bias, deep, first, networkWith, ofDense, pairs, passes, withFirst } from './fixture.ts';

/** Every model gives the losses, log-odds and gradients that were worked out in doubles elsewhere, to 1e-6. */

interface Expected {
  readonly logits?: readonly number[];
  readonly loss: number;
  /** The gradient of the vectors, without coordinate 0 where that is of first order. */
  readonly ofPairs?: readonly number[];
  readonly ofFirst?: readonly number[];
  /** Gradients of some variables, by their place. */
  readonly ofVariables?: Readonly<Record<number, readonly number[]>>;
}

interface Case {
  readonly name: string;
  readonly model: Model<never>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly vectors: readonly number[];
  readonly variables: readonly (readonly number[])[];
  readonly expected: Expected;
}

const one = (
  name: string,
  model: unknown,
  options: Case['options'],
  rest: Omit<Case, 'name' | 'model' | 'options'>,
) => ({ name, model: model as Model<never>, options, ...rest }) satisfies Case;

const cases: Case[] = [
  one(
    'linear',
    linear,
    {},
    {
      vectors: first,
      variables: [ofDense, bias],
      expected: {
        logits: [1.05, 1],
        loss: 0.8066600836,
        ofFirst: [-0.1296125504, -0.1296125504, -0.1296125504, 0.3655292893, 0.3655292893, 0.3655292893],
        ofVariables: { 0: [0.6662523034, 0.2209948727], 1: [0.2359167389] },
      },
    },
  ),
  one(
    'fm, dense features with weights alone',
    fm,
    { dense: 'linear' },
    {
      vectors: withFirst,
      variables: [ofDense, bias],
      expected: {
        logits: [0.45, 3.08],
        loss: 1.8090916797,
        ofPairs: [
          -0.4282968427, 0.0389360766, -0.0389360766, 0, -0.0778721532, -0.0389360766, 0.4780300923,
          -0.6692421292, 0.5736361108, -0.5736361108, 0.6692421292, -0.4780300923,
        ],
      },
    },
  ),
  one(
    'fm',
    fm,
    {},
    {
      vectors: withFirst,
      variables: [ofDense, bias, [0.2, -0.1, 0.3, 0.4]],
      expected: {
        logits: [0.16, 4.125],
        loss: 2.3786890146,
        ofVariables: { 2: [1.7186521088, -1.6269506225, 0.6156895789, -0.25752553] },
      },
    },
  ),
  one(
    'wide-deep',
    wideDeep,
    { hidden: '3' },
    {
      vectors: withFirst,
      variables: [ofDense, ...deep],
      expected: {
        logits: [1.072, 1.7905],
        loss: 1.1196162674,
        ofVariables: { 2: [0.1504914104, 0.0382534388, 0.0601965641] },
      },
    },
  ),
  one(
    'deepfm',
    deepfm,
    { hidden: '3', dense: 'linear' },
    {
      vectors: withFirst,
      variables: [ofDense, ...deep],
      expected: {
        logits: [0.472, 3.8705],
        loss: 2.1879370255,
        ofPairs: [
          -0.4052708437, -0.0345728682, -0.0326521533, 0.0211278639, -0.0825907407, -0.0288107235,
          0.445707907, -0.5289720215, 0.6759086942, -0.5681551342, 0.7444791414, -0.499584687,
        ],
      },
    },
  ),
];

const expectNear = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  found.forEach((x, i) => expect(Math.abs(x - expected[i])).toBeLessThan(1e-6));
};

describe.each([cpu, native])('on $name', (backend) => {
  let network: Network | undefined;
  beforeAll(() => backend.open({}));
  afterEach(() => network?.variables.forEach((variable) => variable.dispose()));

  test.each(cases)('$name', ({ model, options, vectors, variables, expected }) => {
    const width = vectors.length / 6;
    network = networkWith(model, options, width, variables);
    const { logits, loss, ofVectors, ofVariables } = passes(network, vectors);
    expectNear([loss], [expected.loss]);
    if (expected.logits) expectNear(logits, expected.logits);
    if (expected.ofFirst)
      expectNear(
        ofVectors.filter((_, i) => i % width === 0),
        expected.ofFirst,
      );
    if (expected.ofPairs)
      expectNear(width === 3 ? ofVectors.filter((_, i) => i % 3 > 0) : ofVectors, expected.ofPairs);
    for (const [i, gradient] of Object.entries(expected.ofVariables ?? {}))
      expectNear(ofVariables[Number(i)], gradient);
  });
});

test('the fixture has a float of first order before each pair', () => {
  expect(withFirst.slice(0, 6)).toEqual([first[0], pairs[0], pairs[1], first[1], pairs[2], pairs[3]]);
});

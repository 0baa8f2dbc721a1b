import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import type { Model, Network } from '../../../harness/contract/model.ts';
import { dcn } from '../../../harness/models/dcn.ts';
import { dcnV2 } from '../../../harness/models/dcn-v2.ts';
import { deepfm } from '../../../harness/models/deepfm.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { fm } from '../../../harness/models/fm.ts';
import { linear } from '../../../harness/models/linear.ts';
import { wideDeep } from '../../../harness/models/wide-deep.ts';
import {
  bias,
  crossBiases,
  deep,
  first,
  networkWith,
  ofDense,
  pairs,
  passes,
  series,
  tower,
  withFirst,
} from './fixture.ts';

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

/**
 * Two layers of two experts of rank 2: V and U [layer, expert, input, rank], C [layer, expert, rank, rank] used as t C^T, shared
 * gates [expert, input], as a model has them: V and U of all experts side by side.
 */
function mixture(): number[][] {
  const [U, V, C, G] = [series(64, 0.03, 2), series(64, 0.04, 5), series(16, 0.1, 7), series(16, 0.05, 9)];
  const at = (values: readonly number[], l: number, k: number, i: number, j: number) =>
    values[((l * 2 + k) * 8 + i) * 2 + j];
  const all = (n: number, m: number, value: (i: number, j: number) => number) =>
    Array.from({ length: n * m }, (_, place) => value(Math.floor(place / m), place % m));
  const layerOf = (l: number) => [
    all(8, 4, (i, j) => at(V, l, j >> 1, i, j & 1)),
    ...[0, 1].map((k) => all(2, 2, (i, j) => C[((l * 2 + k) * 2 + j) * 2 + i])),
    all(4, 8, (i, j) => at(U, l, i >> 1, j, i & 1)),
    crossBiases.slice(8 * l, 8 * (l + 1)),
  ];
  return [all(8, 2, (i, k) => G[8 * k + i]), ...layerOf(0), ...layerOf(1), ...tower];
}

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
  one(
    'dcn',
    dcn,
    { cross: 2, hidden: '3' },
    {
      vectors: pairs,
      variables: [series(16, 0.05, 4), crossBiases, ...tower],
      expected: {
        logits: [1.46587, -0.3461335],
        loss: 0.3713546342,
        ofPairs: [
          -0.0004797133, -0.0018433556, -0.063919095, -0.0195810229, -0.1022895904, -0.1230996734,
          -0.0570868705, 0.0056572854, -0.0765392109, 0.0802950249, 0.1348242441, 0.0526277477,
        ],
      },
    },
  ),
  one(
    'dcn-v2',
    dcnV2,
    { cross: 2, hidden: '3' },
    {
      vectors: pairs,
      variables: [0, 1]
        .flatMap((l) => [
          series(128, 0.02, 3).slice(64 * l, 64 * (l + 1)),
          crossBiases.slice(8 * l, 8 * (l + 1)),
        ])
        .concat(tower),
      expected: {
        logits: [1.57975056, -0.76336446],
        loss: 0.284966944,
        ofPairs: [
          0.0204950166, -0.005602294, -0.0488037663, -0.0294707408, -0.0996274361, -0.0858375971,
          -0.0455068025, 0.0009222909, 0.0140855974, 0.0178781317, 0.153651118, 0.1707414691,
        ],
      },
    },
  ),
  one(
    'dcn-v2 with experts',
    dcnV2,
    { cross: 2, rank: 2, experts: 2, hidden: '3' },
    {
      vectors: pairs,
      variables: mixture(),
      expected: { logits: [1.4156093817, -0.4863251771], loss: 0.3483053386 },
    },
  ),
  one(
    'dlrm',
    dlrm,
    { bottom: '2', top: '1' },
    {
      vectors: pairs,
      // The fixture's networks have one layer each: another one behind it, of ones, does nothing to what is positive.
      variables: [
        [0.5, -0.4, 0.2, 0.3],
        [0.1, 0.2],
        [1, 0, 0, 1],
        [0, 0],
        series(8, 0.1, 2),
        [0.01 + 10],
        [1],
        [-10],
      ],
      expected: { logits: [-0.2, 0.518], loss: 0.8917290679 },
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

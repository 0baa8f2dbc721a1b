import fc from 'fast-check';
import { none } from '../../../harness/contract/backend.ts';
import type { Addon } from '../../../backends/native/addon.ts';
import { stepArguments } from '../../../backends/native/rows.ts';
import { optimizerRules } from '../../../harness/contract/backend.ts';
import { addon } from './addon.ts';

/** Calls of the add-on: any at all, and good ones to be spoiled. They need the add-on, so they are made when asked for. */
export interface Call {
  readonly name: keyof Addon;
  readonly args: readonly unknown[];
}

const floats = (n: number) => new Float32Array(n);
const adagrad = stepArguments('adagrad', 0.1, 1);
const table = () => addon.createTable(10, 4, 4, 'adagrad');

/** Lists of a mixture of 2 experts of rank 2 on 3 x 5. */
const mixedWeights = () => [10, 20, 20, 5].map(floats);
const squares = () => [4, 4].map(floats);
const mixedSaved = () => [6, 12, 12, 12, 15].map(floats);

/** Any function with any arguments. */
export function anyCall(): fc.Arbitrary<Call> {
  const names = Object.keys(addon) as Call['name'][];
  const number = fc.constantFrom(0, 1, 2, 3, 4, 7, 16, 33, -1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 52, 2 ** 64); // prettier-ignore
  const anything = fc.oneof(
    { weight: 4, arbitrary: number },
    { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 16, 40, 400).map(floats) },
    { weight: 2, arbitrary: fc.constantFrom([], [0], [9], [1, 1, none], [10]).map((ids) => Uint32Array.from(ids)) }, // prettier-ignore
    { weight: 2, arbitrary: fc.constantFrom(...optimizerRules).map((rule) => addon.createTable(10, 4, 4, rule)) }, // prettier-ignore
    fc.constantFrom(...optimizerRules, 'baseline', ''),
    fc.constantFrom([[new Uint32Array(2)]], [[floats(8)]], [[]], [[null]], [[floats(40), floats(40)]]),
    fc.constantFrom(undefined, null, true, false, {}, Symbol('x'), 10n, new Uint8Array(8), new DataView(new ArrayBuffer(8))), // prettier-ignore
  );
  return fc.record({ name: fc.constantFrom(...names), args: fc.array(anything, { maxLength: 13 }) });
}

/** Calls that work, each with a maker of its arguments. */
export function goodCalls(): readonly (readonly [keyof Addon, () => unknown[]])[] {
  const step = stepArguments('adam', 0.1, 1);
  return [
    ['matMul', () => [floats(15), floats(35), floats(21), 3, 7, 5, false, false, floats(7), true]],
    ['denseGradInput', () => [floats(21), floats(35), floats(15), floats(15), 3, 5, 7]],
    ['denseGradWeights', () => [floats(15), floats(21), floats(35), floats(7), 3, 5, 7]],
    ['packRows', () => [floats(21), new Int32Array(9), floats(1), 3, 7, 8, true]],
    ['unpackRows', () => [new Int32Array(9), 1, floats(21), 3, 7, 4, false]],
    ['packedGradInput', () => [floats(21), floats(35), new Int32Array(3), 4, floats(15), 3, 5, 7]],
    ['streamGradient', () => [floats(21), floats(15), floats(14), floats(10), floats(2), 3, 7, 5, 2, 32]],
    ['estimateStep', () => [floats(35), floats(14), floats(10), floats(2), [floats(35)], 7, 5, 2, ...adagrad]], // prettier-ignore
    ['packedGradWeights', () => [new Int32Array(3), 1, 2, true, floats(21), floats(35), floats(7), 3, 5, 7]], // prettier-ignore
    ['interact', () => [floats(12), floats(36), floats(30), 3, 3, 4]],
    ['interactGrad', () => [floats(12), floats(36), floats(30), floats(12), floats(36), 3, 3, 4]],
    ['fmInteract', () => [floats(36), floats(6), floats(6), floats(3), floats(9), 3, 3, 4, 2]],
    ['fmGrad', () => [floats(36), floats(9), floats(3), floats(36), 3, 3, 4]],
    ['fmGradFactors', () => [floats(6), floats(6), floats(9), floats(3), floats(6), 3, 3, 4, 2]],
    ['firstOrderSum', () => [floats(36), floats(3), 3, 3, 4]],
    ['firstOrderGrad', () => [floats(3), floats(36), 3, 3, 4]],
    ['deepInput', () => [floats(36), floats(6), floats(33), 3, 3, 4, 1, 2]],
    ['deepInputGrad', () => [floats(33), floats(36), 3, 3, 4, 1, 2]],
    ['crossVectors', () => [floats(15), floats(10), floats(10), floats(15), floats(6), 3, 5, 2]],
    ['crossVectorsGrad', () => [...[15, 10, 10, 6, 15, 15, 10, 10].map(floats), 3, 5, 2]],
    ['crossProduct', () => [floats(9), floats(9), floats(9), floats(9), 9]],
    ['crossProductGrad', () => [...[9, 9, 9, 9, 9, 9].map(floats), 9]],
    ['lowRankCross', () => [...[15, 15, 10, 10, 5, 6, 15, 15].map(floats), 3, 5, 2]],
    ['lowRankCrossGrad', () => [...[15, 15, 15, 6, 15, 10, 10, 15, 15, 15, 10, 10, 5].map(floats), 3, 5, 2]],
    ['mixedCross', () => [floats(15), floats(15), mixedWeights(), squares(), mixedSaved(), floats(15), 3, 5, 2, 2]], // prettier-ignore
    [
      'mixedCrossGrad',
      () => [
        ...[floats(15), floats(15), floats(15), mixedWeights().slice(0, 3), squares(), mixedSaved()],
        ...[undefined, floats(15), floats(15), mixedWeights(), squares(), 3, 5, 2, 2],
      ],
    ],
    ['rowDots', () => [floats(15), floats(15), floats(3), 3, 5]],
    ['rowDotsGrad', () => [floats(15), floats(15), floats(3), floats(15), floats(15), 3, 5]],
    ['nearestCodewords', () => [floats(12), floats(30), Int32Array.of(2, 5), Int32Array.of(0, 0, 0, 0, 0, 0), 2, 3, 5, 2]], // prettier-ignore
    ['crossEntropy', () => [floats(9), floats(9), 9]],
    ['crossEntropyGrad', () => [floats(9), floats(9), 1, floats(9), 9]],
    ['updateDense', () => [floats(12), floats(12), [floats(12), floats(12)], 3, 4, ...step]],
    ['createTable', () => [10, 4, 4, 'adam']],
    ['fillTable', () => [table(), 0, 40, 0, 1, 7]],
    ['gatherRows', () => [table(), Uint32Array.of(1, 9, none), floats(12)]],
    ['readTable', () => [table(), 4, 10, floats(24), false]],
    ['writeRows', () => [table(), Uint32Array.of(1, 9, 0), floats(12)]],
    ['copyRows', () => [table(), Uint32Array.of(1, 9, 1), Uint32Array.of(2, 3, 4)]],
    ['updateTable', () => [addon.createTable(10, 4, 4, 'adam'), [Uint32Array.of(3, 3)], [floats(8)], ...step]], // prettier-ignore
    ['sum', () => [floats(24), floats(8), 2, 3, 4, 1]],
    ['reduce', () => [0, floats(24), floats(8), 2, 3, 4]],
    ['scan', () => [floats(24), floats(24), 2, 3, 4, false, true, false]],
    ['softmax', () => [floats(24), floats(24), 6, 4]],
    ['top', () => [floats(24), floats(12), new Int32Array(12), 6, 4, 2]],
    ['gather', () => [floats(60), new Int32Array(4).fill(4), floats(48), 2, 2, 5, 2, 3]],
    ['segmentSum', () => [floats(12), Int32Array.of(1, 0, 7, -1), floats(6), 4, 2, 3]],
    ['oneHot', () => [Int32Array.of(1, 9, -1), floats(12), 3, 4, 1, 0]],
    ['copy', () => [floats(12), floats(12), Float64Array.of(3, 1, 4, 4, 3, 1), 2, 0, 0]],
    ['unary', () => [0, floats(9), floats(9), 0, 0]],
    ['binary', () => [0, floats(12), floats(4), floats(12), Float64Array.of(3, 4, 0, 4, 1, 1), 2]],
    ['select', () => [new Uint8Array(9), floats(9), floats(9), floats(9)]],
    ['convert', () => [floats(9), new Int32Array(9)]],
    [
      'matMuls',
      () => [floats(30), floats(70), floats(42), Float64Array.of(2, 1, 1), 1, 3, 7, 5, false, true],
    ],
    ['joinFields', () => [floats(24), floats(40), floats(45), Uint32Array.of(0, 2), 3, 4, 3, 5]],
    ['joinFieldsGradX', () => [floats(45), floats(40), floats(24), Uint32Array.of(0, 2), 3, 4, 3, 5]],
    ['joinFieldsGradMatrices', () => [floats(24), floats(45), floats(40), Uint32Array.of(0, 2), 3, 4, 3, 5]],
    [
      'applyToIndices',
      () => ['mod', Uint32Array.of(5, none, 7, 8), Uint32Array.of(3, 4), new Uint32Array(4)],
    ],
    ['indicesWithin', () => [Uint32Array.of(5, none, 7, 8), Uint32Array.of(3, 4), Uint32Array.of(6, 8), new Uint32Array(4)]], // prettier-ignore
    ['pickColumns', () => [Uint32Array.of(5, none, 7, 8), 2, Uint32Array.of(1, 1, 0), new Uint32Array(6)]],
    ['chooseIndices', () => [Uint32Array.of(1, 0), Uint32Array.of(5, none, 7, 8), Uint32Array.of(1, 2, 3, 4), new Uint32Array(4)]], // prettier-ignore
    ['indicesThrough', () => [Uint32Array.of(1, none, 0), Uint32Array.of(7, 8), new Uint32Array(3)]],
    [
      'joinRows',
      () => [
        ...[[table(), Uint32Array.of(1, none, 0), Uint32Array.of(1), floats(20), undefined]],
        ...[Float64Array.of(4, 1, 0, 0, 0, 0, 0, 0, 0), floats(30), 3, 2, 5, []],
      ],
    ],
    ['joinRowsGradRows', () => [floats(30), floats(20), Uint32Array.of(1, none, 0), floats(12), Uint32Array.of(1), 3, 4, 1, 2, 5]], // prettier-ignore
    ['joinRowsGradMatrices', () => [table(), Uint32Array.of(1, none, 0), floats(30), floats(20), Uint32Array.of(1), 3, 2, 5]], // prettier-ignore
    ['gatherStored', () => [new Uint8Array(120), Float64Array.of(1, 8, 4, 10, 4, 0, 0), 4, Uint32Array.of(1, 9, none), floats(12)]], // prettier-ignore
    [
      'evaluateIndices',
      () => [
        ...[Uint32Array.of(1, none, 0, 1), 2, Uint32Array.of(1, 2, 2, 5, 0, 6, 0, 0), [Uint32Array.of(7, 8)]],
        ...[1, new Uint32Array(2)],
      ],
    ],
    [
      'evaluateToFloats',
      () => [
        ...[Uint32Array.of(1, 3, 0, 1), 2, Uint32Array.of(1, 1, 0, 5, 0), []],
        ...[1, 0.5, -1, floats(2)],
      ],
    ],
  ];
}

/** Replacements for an argument of a good call. */
export const wrongValues = [0, -1, 0.5, NaN, 2 ** 32, 2 ** 52, 1e300, undefined, null, 'x', {}, floats(2), new Uint32Array(99).fill(9), [null]]; // prettier-ignore

import { deriveSeed, mix32 } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';
import { fieldOffsets } from '../../../methods/shared/rows/table-parts.ts';
import { touchedRows } from '../../../methods/shared/rows/full-table.ts';
import { ask, layerOf, type Case, type Question } from './question.ts';
import { of } from './cases.ts';

/** Layers whose rows are compared after every step of a training by SGD, because steps do something to them. */
export interface StepCase extends Case {
  readonly rate: number;
  readonly steps: number;
}

const training = { compression: 3, scale: 0.5 };

export const stepCases: readonly StepCase[] = [
  ...of(
    'low-precision-training',
    ['rounded at random', { bits: 4 }, training],
    ['rounded to the nearest', { bits: 4, rounding: 'nearest' }, training],
  ),
  ...of('adaptive-low-precision-training', [
    'steps learned',
    { bits: 4, stored: 'fp32', stepRate: 0.05 },
    { compression: 2, scale: 0.15 },
  ]),
  ...of('deep-light', ['one pruning', { prunings: 1, warmUp: 0, frozen: 0 }, { compression: 2.96 }]),
].map((one) => ({ ...one, rate: 0.25, steps: 3 }));

export interface StepQuestion extends Question, StepCase {
  readonly each: readonly {
    readonly ids: readonly number[];
    /** [batch, fields, dim], in parts of 256. */
    readonly slopes: readonly number[];
    /** Rows of the table that the step changes, in the order in which they are rounded. */
    readonly touched: readonly number[];
    /** Uniform numbers that they are rounded with, [touched, dim]. */
    readonly uniforms: readonly number[];
  }[];
}

const batch = 3;

export async function askSteps(one: StepCase): Promise<StepQuestion> {
  const { fields, dim } = layerOf(one);
  const offsets = fieldOffsets(fields);
  const stream = random(9);
  const each = Array.from({ length: one.steps }, (_, index) => {
    const ids = Array.from({ length: batch }, () => one.cardinalities.map((n) => stream.next() % n)).flat();
    const { rows } = touchedRows({ ids: Uint32Array.from(ids) }, offsets);
    const seed = deriveSeed(1, one.method, index);
    return {
      ids,
      slopes: Array.from({ length: ids.length * dim }, () => (stream.next() % 511) - 255),
      touched: [...rows],
      uniforms: Array.from(
        { length: rows.length * dim },
        (_, i) => (mix32(seed + Math.imul(i, 0x9e3779b9)) >>> 8) * 2 ** -24,
      ),
    };
  });
  return { ...(await ask(one)), ...one, each };
}

import { UserError } from '../../base/user-error.ts';
import type { DenseColumn, RawBlock, RawSource } from '../raw-rows.ts';

/** Throws for a block whose arrays are shorter than its rows: a defect of the source, which would leave old values in their place. */
export function requireFit(block: RawBlock, source: RawSource, words: readonly number[]): void {
  const { size, labels, dense, tokens, weights, probabilities, times, parts, sameLine } = block;
  const lengths: [string, number | undefined, number][] = [
    ['labels', labels.length, size],
    ['weights', weights?.length, size],
    ['probabilities', probabilities?.length, size],
    ['times', times?.length, size],
    ['parts', parts?.length, size],
    ['sameLine', sameLine?.length, size],
    ...source.dense.map(({ name }, f): [string, number, number] => [name, dense[f]?.length ?? 0, size]),
    ...source.fields.map(({ name, pool }, f): [string, number, number] => [
      name,
      tokens[f]?.length ?? 0,
      words[f] * (pool ? valuesIn(block, f) : size),
    ]),
    ...source.fields.map(({ name, pool }, f): [string, number | undefined, number] => [
      `lengths of ${name}`,
      pool ? (block.lengths?.[f]?.length ?? 0) : undefined,
      size,
    ]),
  ];
  for (const [name, found, wanted] of lengths)
    if (found !== undefined && found < wanted)
      throw new Error(`${name}: ${found} values in a block of ${size} rows, which takes ${wanted}`);
  source.dense.forEach(({ name, kind }, f) => {
    if ((kind === 'float') !== dense[f] instanceof Float32Array)
      throw new Error(`${name}: the values of a column of kind ${kind} have another type`);
  });
}

/** Throws a UserError for an infinite value of a column of floats. NaN is a missing value. */
export function requireFinite(block: RawBlock, columns: readonly DenseColumn[], rowsBefore: number): void {
  columns.forEach(({ name, kind }, f) => {
    if (kind !== 'float') return;
    const values = block.dense[f];
    for (let row = 0; row < block.size; row++)
      if (Math.abs(values[row]) === Infinity)
        throw new UserError(
          `row ${rowsBefore + row + 1}: ${name} is ${values[row]}; give a finite number, or none`,
        );
  });
}

export function requireWeights(weights: Float32Array, size: number, rowsBefore: number): void {
  for (let row = 0; row < size; row++)
    if (!(weights[row] >= 0 && weights[row] < Infinity))
      throw new UserError(
        `row ${rowsBefore + row + 1}: its weight is ${weights[row]}; a weight is a number, 0 or more`,
      );
}

export function requireTimes(times: Float64Array, size: number, rowsBefore: number): void {
  for (let row = 0; row < size; row++)
    if (!Number.isFinite(times[row]))
      throw new UserError(
        `row ${rowsBefore + row + 1}: its time is ${times[row]}; a split by time needs one of every row`,
      );
}

/** Values of a pooled field in a block. Throws for a row without any: the source has to give its missing token. */
export function valuesIn({ size, lengths }: RawBlock, field: number): number {
  const own = lengths?.[field];
  let values = 0;
  for (let row = 0; own && row < size; row++) {
    if (own[row] === 0) throw new Error(`field ${field}: a row without values, not even the missing one`);
    values += own[row];
  }
  return values;
}

import { describe, expect, test } from 'vitest';
import { categoryColumns } from '../../datasets/planted/columns.ts';
import { pilotRows } from '../../datasets/planted/planted-log.ts';
import { latentLength } from '../../datasets/planted/integers.ts';
import { idsOf } from '../../datasets/planted/version-2/fields.ts';
import { addIds } from '../../datasets/planted/version-2/ids.ts';
import { type PartName, shares, triples } from '../../datasets/planted/version-2/parts.ts';
import { rowMaker } from '../../datasets/planted/version-2/signal.ts';
import { addTriple } from '../../datasets/planted/version-2/triples.ts';
import { weightsOf } from '../../datasets/planted/version-2/weights.ts';
import { pilot } from '../../datasets/planted/version-2/truth.ts';
import { weekOf } from '../../datasets/planted/version-2/week.ts';

const world = { seed: 5, scale: 1, drift: 1 };
const { rows, scores } = pilot(world);
const { ids, signal } = rows;

const moments = (values: Float64Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
};

/** Share of the variance of `values` that lies between ids of a field, less what chance alone puts there. */
function shareBetweenIds(values: Float64Array, field: Int32Array): number {
  const sums = new Map<number, { sum: number; count: number }>();
  const { mean, variance } = moments(values);
  for (const [row, id] of field.entries()) {
    const of = sums.get(id) ?? { sum: 0, count: 0 };
    of.sum += values[row] - mean;
    of.count++;
    sums.set(id, of);
  }
  let between = 0;
  for (const { sum, count } of sums.values()) between += sum ** 2 / count;
  const chance = (sums.size - 1) / field.length;
  return between / field.length / variance - chance;
}

describe('the parts of the score', () => {
  test('have shares of the variance that sum to 1', () => {
    expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
  });

  test('hardly depend on each other, so that the shares add up', () => {
    const whole = new Float64Array(pilotRows);
    scores(signal, pilotRows, whole);
    expect(moments(whole).variance).toBeGreaterThan(0.9);
    expect(moments(whole).variance).toBeLessThan(1.15);
  });

  test('of pairs and triples leave nothing to single ids; the part of ids is all theirs', () => {
    const small = categoryColumns.flatMap(({ cardinality }, f) => (cardinality < 4000 ? [f] : []));
    const most = (part: PartName) => Math.max(...small.map((f) => shareBetweenIds(signal[part], ids[f])));
    expect(most('pairs')).toBeLessThan(0.01);
    expect(most('triples')).toBeLessThan(0.01);
    expect(most('ids')).toBeGreaterThan(0.05);
  });

  test('of triples leaves nothing to an id and the sign of a factor either', () => {
    for (const [a, b] of triples.map(({ fields }) => fields)) {
      const [idsA, idsB] = [a, b].map(
        (name) => ids[categoryColumns.findIndex((column) => column.name === name)],
      );
      const sums = new Float64Array(pilotRows);
      addTriple([a, b], world.seed, world.scale)(
        idsA,
        idsB,
        new Float64Array(pilotRows).fill(1),
        0,
        pilotRows,
        sums,
      );
      expect(shareBetweenIds(sums, idsA)).toBeLessThan(0.02);
    }
  });

  test('of pairs has vectors whose mean over the rows is 0, in every field', () => {
    const size = 40_000;
    for (const column of categoryColumns.filter(({ name }) => weightsOf[name].latent > 0)) {
      const drawn = new Int32Array(size);
      idsOf(column, world.seed, 1, 0)(0, size, 0, drawn, 0);
      const latent = new Float64Array(size * latentLength);
      addIds(column, world.seed, 1, 0)(drawn, 0, size, 0, { additive: new Float64Array(size), latent });
      for (let j = 0; j < latentLength; j++) {
        const { mean, variance } = moments(latent.filter((_, at) => at % latentLength === j));
        expect(Math.abs(mean) / Math.sqrt(variance / size), `${column.name}, entry ${j}`).toBeLessThan(5);
      }
    }
  });

  test('of the wave has no slope on the linear part', () => {
    const [linear, wave] = [moments(signal.linear), moments(signal.wave)];
    let product = 0;
    for (let row = 0; row < pilotRows; row++)
      product += (signal.linear[row] - linear.mean) * (signal.wave[row] - wave.mean);
    const correlation = product / pilotRows / Math.sqrt(linear.variance * wave.variance);
    expect(Math.abs(correlation)).toBeLessThan(0.001);
  });
});

describe('the week', () => {
  test('divides rows into seven days, whatever the block', () => {
    const week = weekOf(1000);
    const whole = [...week.runs(0, 1000)];
    expect(whole.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(whole.reduce((sum, { size }) => sum + size, 0)).toBe(1000);
    for (let row = 0; row < 1000; row++) {
      const [{ day }] = week.runs(row, 1);
      expect(whole[day].start <= row && row < whole[day].start + whole[day].size).toBe(true);
    }
    expect([...weekOf(3).runs(0, 3)].map(({ day, size }) => [day, size])).toEqual([[0, 1], [2, 1], [4, 1]]); // prettier-ignore
  });

  /** The same rows of a log of `drift` as if all lay on day `day`. */
  const onDay = (day: number, drift: number) => {
    const size = 30_000;
    const week = { timeOf: () => day, runs: (start: number, size: number) => [{ day, start, size }] };
    const maker = rowMaker({ ...world, drift }, size, week);
    maker.fill(0, size);
    return maker.rows;
  };
  const changed = (drift: number) => {
    const [first, last] = [onDay(0, drift), onDay(6, drift)];
    const difference = first.signal.ids.map((value, row) => value - last.signal.ids[row]);
    const share = moments(difference).variance / 2 / moments(first.signal.ids).variance;
    return {
      share,
      ids: first.ids.map((column, f) => column.filter((id, row) => id !== last.ids[f][row]).length),
    };
  };

  test('changes a little of what ids mean, and the large fields have ids that are born', () => {
    const { share, ids } = changed(1);
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.15);
    for (const [f, { cardinality }] of categoryColumns.entries()) {
      if (cardinality > 50_000) expect(ids[f]).toBeGreaterThan(100);
      else expect(ids[f]).toBe(0);
    }
  });

  test('changes nothing without drift', () => {
    const { share, ids } = changed(0);
    expect(share).toBe(0);
    expect(Math.max(...ids)).toBe(0);
  });

  test('has ids born before they are seen: an unborn one never occurs on the first day', () => {
    const [first, last] = [onDay(0, 1), onDay(6, 1)];
    const c4 = 3;
    const early = new Set(first.ids[c4]);
    const born = last.ids[c4].filter((id, row) => id !== first.ids[c4][row]);
    expect(born.filter((id) => early.has(id)).length).toBe(0);
  });
});

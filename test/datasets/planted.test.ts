import { describe, expect, test } from 'vitest';
import { categoryColumns, integerColumns } from '../../datasets/planted/columns.ts';
import { plantedSettings } from '../../datasets/planted/settings.ts';
import { plantedSource } from '../../datasets/planted/source.ts';
import { missingInteger, type RawBlock } from '../../datasets/raw-rows.ts';

/** A whole log in memory, from settings as a user would write them. */
function log(given: object, blockRows?: number) {
  const settings = plantedSettings.parse(given);
  const { rows } = settings;
  const labels = new Uint8Array(rows);
  const probabilities = new Float32Array(rows);
  const integers = integerColumns.map(() => new Int32Array(rows));
  const tokens = categoryColumns.map(() => new Uint32Array(rows));
  let at = 0;
  for (const block of plantedSource(settings, { blockRows }).blocks() as Iterable<RawBlock>) {
    labels.set(block.labels.subarray(0, block.size), at);
    probabilities.set(block.probabilities!.subarray(0, block.size), at);
    for (const [c, column] of block.dense.entries()) integers[c].set(column.subarray(0, block.size), at);
    for (const [f, column] of block.tokens.entries()) tokens[f].set(column.subarray(0, block.size), at);
    at += block.size;
  }
  expect(at).toBe(rows);
  return { labels, probabilities, integers, tokens };
}

describe('a planted log', () => {
  const whole = log({ rows: 2000 }, 2000);

  test('is another for another seed', () => {
    const other = log({ rows: 2000, seed: 4 });
    expect(other.labels).not.toEqual(whole.labels);
    const tokens = new Set(whole.tokens[1]);
    expect(other.tokens[1].some((token) => tokens.has(token))).toBe(false);
  });

  test('is the same for the same seed, whatever the size of the blocks', () => {
    expect(log({ rows: 2000 }, 777)).toEqual(whole);
  });

  test.each([{ version: 1 }, { drift: 0 }])('begins with the shorter one if nothing drifts: %o', (still) => {
    const longer = log({ ...still, rows: 2000 });
    const shorter = log({ ...still, rows: 1234 }, 100);
    expect(shorter.probabilities).toEqual(longer.probabilities.subarray(0, 1234));
    expect(shorter.tokens[2]).toEqual(longer.tokens[2].subarray(0, 1234));
  });
});

describe('the truth of a planted log', () => {
  const rows = 150_000;
  const { labels, probabilities } = log({ rows });
  const ascending = Array.from(labels.keys()).sort((a, b) => probabilities[a] - probabilities[b]);

  test('has the click rate of the Kaggle log', () => {
    expect(labels.reduce((sum, label) => sum + label, 0) / rows).toBeCloseTo(0.256, 2);
  });

  test('reaches the AUC it was asked for', () => {
    let clicks = 0;
    let ordered = 0;
    for (const [rank, row] of ascending.entries()) {
      if (labels[row] === 0) continue;
      ordered += rank - clicks; // non-clicks below; equal probabilities are too rare to matter
      clicks++;
    }
    const auc = ordered / (clicks * (rows - clicks));
    expect(auc).toBeGreaterThan(0.8);
    expect(auc).toBeLessThan(0.82);
  });

  test('is what the labels are drawn from, in every decile', () => {
    for (let decile = 0; decile < 10; decile++) {
      const members = ascending.slice((decile * rows) / 10, ((decile + 1) * rows) / 10);
      let excess = 0;
      let variance = 0;
      for (const row of members) {
        excess += labels[row] - probabilities[row];
        variance += probabilities[row] * (1 - probabilities[row]);
      }
      expect(Math.abs(excess) / Math.sqrt(variance)).toBeLessThan(4);
    }
  });
});

describe('the columns of a planted log', () => {
  const rows = 60_000;
  const { tokens, integers } = log({ rows });

  test('have the cardinalities of the Kaggle log, five huge fields holding 98 % of the ids', () => {
    const all = categoryColumns.map((column) => column.cardinality + (column.missing > 0 ? 1 : 0));
    const total = all.reduce((sum, cardinality) => sum + cardinality, 0);
    expect(total).toBe(33_762_577);
    const huge = all.sort((a, b) => b - a).slice(0, 5);
    expect(huge.reduce((sum, cardinality) => sum + cardinality, 0) / total).toBeCloseTo(0.983, 3);
  });

  test('are missing as often as in the Kaggle log, and together within a group', () => {
    for (const [f, { missing }] of categoryColumns.entries()) {
      const zeros = tokens[f].reduce((count, token) => count + (token === 0 ? 1 : 0), 0);
      if (missing === 0) expect(zeros).toBe(0);
      else expect(Math.abs(zeros / rows - missing)).toBeLessThan(0.01);
    }
    for (const [c, { missing }] of integerColumns.entries()) {
      const absent = integers[c].reduce((count, value) => count + (value === missingInteger ? 1 : 0), 0);
      expect(Math.abs(absent / rows - missing)).toBeLessThan(0.01);
    }
    expect(tokens[2].every((token, row) => (token === 0) === (tokens[3][row] === 0))).toBe(true); // C3, C4
  });

  test('have rare ids where Criteo has them', () => {
    const seenOnce = (f: number) => {
      const counts = new Map<number, number>();
      for (const token of tokens[f]) counts.set(token, (counts.get(token) ?? 0) + 1);
      return [...counts.values()].filter((count) => count === 1).length / rows;
    };
    expect(seenOnce(2)).toBeGreaterThan(0.35); // C3, 10 million ids
    expect(seenOnce(1)).toBeLessThan(0.005); // C2, 583 ids
  });

  test('shrink with the scale', () => {
    const small = log({ rows: 20_000, scale: 0.0001 });
    expect(new Set(small.tokens[2]).size).toBeLessThanOrEqual(Math.ceil(10_131_226 * 0.0001) + 1);
    expect(new Set(small.tokens[16]).size).toBe(3); // C17: never fewer than three ids
  });
});

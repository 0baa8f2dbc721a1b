import type { Question } from './question.ts';

/**
 * Formulas of papers, as slow as they are short: in doubles, one id after the other. They share nothing with the methods but the
 * rows that hashes lead to, where a paper leaves the hash open; everything else is computed from the id.
 */

/** A question with its floats as they are tried. */
export interface Trial {
  readonly question: Question;
  readonly tables: readonly Float64Array[];
  readonly weights: readonly Float64Array[];
}

/** One id of a batch. */
interface Asked {
  readonly id: number;
  readonly field: number;
  readonly sample: number;
}

type Formula = (trial: Trial, asked: Asked) => number[];

/** Row `row` of a table, counted from the first row of a part. */
function rowOf({ question, tables }: Trial, table: number, part: number, row: number): number[] {
  const { width, parts } = question.tables[table];
  const first = parts.slice(0, part).reduce((sum, rows) => sum + rows, 0) + row;
  return [...tables[table].subarray(first * width, (first + 1) * width)];
}

/** The row that our hash leads to: `lookup` is the number of the lookup, `column` its column. */
function given({ question, tables }: Trial, lookup: number, column: number, sample: number): number[] {
  const { table, columns, rows } = question.lookups[lookup];
  const { width } = question.tables[table];
  // Rows of a table whose rows overlap are a float apart.
  const overlaps = question.method === 'robe';
  const at = rows[sample * columns + column] * (overlaps ? 1 : width);
  return [...tables[table].subarray(at, at + width)];
}

const add = (...all: readonly number[][]) => all[0].map((_, k) => all.reduce((sum, x) => sum + x[k], 0));
const times = (...all: readonly number[][]) =>
  all[0].map((_, k) => all.reduce((product, x) => product * x[k], 1));
/** A row times a matrix [row.length, width] that begins at `from`. */
function through(
  row: readonly number[],
  matrix: Float64Array | number[],
  from: number,
  width: number,
): number[] {
  return Array.from({ length: width }, (_, k) =>
    row.reduce((sum, x, j) => sum + x * matrix[from + j * width + k], 0),
  );
}

/** An id as `k` numbers: its digits, the lowest first, or its remainders. */
function numbersOf(id: number, values: readonly number[], remainders: boolean): number[] {
  let left = id;
  return values.map((count) => {
    const number = (remainders ? id : left) % count;
    left = Math.floor(left / count);
    return number;
  });
}

export const formulas: Readonly<Record<string, Formula>> = {
  /** Pansare et al. 2022: v_i U[i mod m] (+ b_i). */
  memcom(trial, { id, field }) {
    const shared = rowOf(trial, 0, field, id % trial.question.tables[0].parts[field]);
    const [scale] = rowOf(trial, 1, field, id);
    const [shift] = trial.tables.length > 2 ? rowOf(trial, 2, field, id) : [0];
    return shared.map((x) => scale * x + shift);
  },

  /** Coleman et al. 2023: rows of one table for all fields, joined or added. */
  'unified-embedding'(trial, { field, sample }) {
    const { options, lookups, cardinalities, dim } = trial.question;
    const pieces = lookups[0].columns / cardinalities.length;
    const rows = Array.from({ length: pieces }, (_, t) => given(trial, 0, field * pieces + t, sample));
    return options.combine === 'sum' ? add(...rows) : rows.flat().slice(0, dim);
  },

  /** Yan et al. 2021: a row for each segment of a code, added or joined. */
  'binary-code'(trial, { field, sample }) {
    const rows = trial.question.lookups.map((_, segment) => given(trial, segment, field, sample));
    return trial.question.options.combine === 'concat' ? rows.flat() : add(...rows);
  },

  /** Shi et al. 2020, sections 3 and 4: rows of complementary partitions, combined; or a row through the network of another. */
  'complementary-partitions'(trial, { id, field }) {
    const { options, choices, dim } = trial.question;
    const digits = choices.digits as ('whole' | number[])[];
    const split = digits.flatMap((values, f) => (values === 'whole' ? [] : [f]));
    const values = digits[field];
    const first = split.length < digits.length ? 1 : 0;
    if (values === 'whole')
      return rowOf(trial, 0, digits.slice(0, field).filter((v) => v === 'whole').length, id);
    const part = split.indexOf(field);
    const numbers = numbersOf(id, values, options.partitions === 'remainder');
    if (options.partitions !== 'path') {
      const rows = numbers.map((number, j) => rowOf(trial, first + j, part, number));
      if (options.combine === 'concat') return rows.flat();
      return options.combine === 'sum' ? add(...rows) : times(...rows);
    }
    const hidden = options.hidden as number;
    const row = rowOf(trial, first, part, numbers[0]);
    const [w1, b1, w2, b2] = [1, 2, 3, 4].map((t) => rowOf(trial, first + t, part, numbers[1]));
    const units = add(through(row, w1, 0, hidden), b1).map((x) => Math.max(0, x));
    return add(through(units, w2, 0, dim), b2);
  },

  /** Zhang et al. 2020: a row of its own for a frequent id, two hashed rows for another. */
  'double-hashing'(trial, { id, field, sample }) {
    const { choices, options, cardinalities, lookups } = trial.question;
    const hot = choices.hot as number[];
    if (id < hot[field]) return rowOf(trial, 0, hot.slice(0, field).filter((rows) => rows > 0).length, id);
    const fields = cardinalities.length;
    if (options.combine === 'concat')
      return [...given(trial, 0, field, sample), ...given(trial, 1, field, sample)];
    const cold = lookups.length - 1;
    return add(given(trial, cold, field, sample), given(trial, cold, fields + field, sample));
  },

  /** Chen et al. 2015: a float and a sign for every coordinate. */
  'hashed-nets'(trial, { field, sample }) {
    const { dim, cardinalities } = trial.question;
    const signs = trial.question.given.signs!;
    return Array.from({ length: dim }, (_, k) => {
      const [float] = given(trial, 0, field * dim + k, sample);
      return float * signs[(sample * cardinalities.length + field) * dim + k];
    });
  },

  /** Desai et al. 2022: blocks of floats that begin anywhere, here with a sign each. */
  robe(trial, { field, sample }) {
    const { dim, cardinalities, tables, given: numbers } = trial.question;
    const blocks = Math.ceil(dim / tables[0].width);
    return Array.from({ length: blocks }, (_, t) => {
      const sign = numbers.signs![(sample * cardinalities.length + field) * blocks + t];
      return given(trial, 0, field * blocks + t, sample).map((x) => sign * x);
    })
      .flat()
      .slice(0, dim);
  },

  /** Ghaemmaghami et al. 2020: W[i] P B. */
  'multi-layer'(trial, { id, field }) {
    const { choices, dim, tables } = trial.question;
    const ranks = choices.ranks as number[];
    const inner = choices.inner as number;
    const rank = ranks[field];
    const widths = [...new Set(ranks)];
    const table = widths.indexOf(rank);
    const at = ranks.slice(0, field).filter((other) => other === rank).length;
    const row = rowOf(trial, table, at, id);
    if (rank === dim) return row;
    const fold = 2 * widths.filter((width) => width < dim).indexOf(rank);
    const wide = tables[table].width;
    if (wide !== inner * rank) throw new Error('another width than the paper has');
    const narrow = through(row, trial.weights[fold], at * wide * rank, rank);
    return through(narrow, trial.weights[fold + 1], at * rank * dim, dim);
  },

  /** Wang et al. 2025: the row itself; once codes are fixed, codewords v, and v + v A. */
  mec(trial, { id, field, sample }) {
    const { stage, dim, lookups, options } = trial.question;
    if (stage === undefined) return rowOf(trial, 0, field, id);
    const parts = options.parts as number;
    const v = lookups
      .flatMap((_, lookup) =>
        Array.from({ length: parts }, (_, t) => given(trial, lookup, field * parts + t, sample)),
      )
      .flat();
    return add(v, through(v, trial.weights[0], 0, dim));
  },

  /** TorchRec's managed collisions: an id that finds a slot has its row, another that of its field. */
  'multi-probe-hashing': (trial, { field, sample }) => given(trial, 0, field, sample),

  /** Rows of a smaller width, and zeros. */
  uniform(trial, { id, field }) {
    const row = rowOf(trial, 0, field, id);
    return Array.from({ length: trial.question.dim }, (_, k) => row[k] ?? 0);
  },

  /** Serra and Karatzoglou 2017: the rows of a Bloom code, added. */
  bloom(trial, { field, sample }) {
    const hashes = trial.question.options.hashes as number;
    return add(...Array.from({ length: hashes }, (_, t) => given(trial, 0, field * hashes + t, sample)));
  },

  /** An id that is not hot has the row that it is hashed to. */
  cafe: (trial, { field, sample }) => given(trial, 0, field, sample),

  /** An id without a row has that of its field. */
  'ada-embed': (trial, { field }) => rowOf(trial, 0, 1 + field, 0),
};

/** The addition to the loss, given all vectors [batch][field]. */
export const penalties: Readonly<Record<string, (trial: Trial, vectors: readonly number[][][]) => number>> = {
  /** Squared lengths weighted by popularity, and likeness of directions of neighbours: our reading of the abstract. */
  mec({ question }, vectors) {
    const { shrink, contrast } = question.options as Record<string, number>;
    const fields = question.cardinalities.length;
    const square = (x: readonly number[]) => x.reduce((sum, y) => sum + y * y, 0);
    let [lengths, likeness] = [0, 0];
    vectors.forEach((ofSample, sample) =>
      ofSample.forEach((x, f) => {
        const id = question.ids[sample * fields + f];
        const count = 2 ** Math.floor(Math.log2(Math.ceil(1000 / (id + 1))));
        lengths += square(x) / Math.sqrt(count) / vectors.length;
        const y = vectors[(sample + 1) % vectors.length][f];
        const [a, b] = [x, y].map((v) => v.map((z) => z / Math.sqrt(square(v) + 1e-12)));
        const distance = 2 - 2 * a.reduce((sum, z, k) => sum + z * b[k], 0);
        likeness += Math.exp(-2 * distance) / vectors.length / fields;
      }),
    );
    return shrink * lengths + contrast * likeness;
  },
};

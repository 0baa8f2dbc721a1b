import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Field } from '../harness/contract/data.ts';
import type { Init, Lookup, Method, Table } from '../harness/contract/method.ts';
import { withinBudget } from '../harness/contract/size.ts';
import { joinFields } from './shared/join-fields.ts';
import { firstRows, rowPerId } from './shared/rows.ts';

const options = z.strictObject({
  combine: z.enum(['product', 'sum', 'concat']).default('product').describe('of quotient and remainder row'),
  threshold: z.int().min(0).default(200).describe('fields with at most this many ids keep a row for each'),
  divisor: z.int().min(1).optional().describe('ids per quotient row; solved for the budget where not given'),
});
type Combine = z.infer<typeof options>['combine'];

export const quotientRemainder: Method<z.infer<typeof options>> = {
  name: 'quotient-remainder',
  aliases: ['qr', 'compositional'],
  title: 'Quotient-remainder',
  idea: 'an id is a quotient row combined with a remainder row: no two ids share both',
  paper: {
    cite: 'Shi et al., Compositional Embeddings Using Complementary Partitions, KDD 2020',
    url: 'https://arxiv.org/abs/1909.02107',
  },
  options,
  plan({ fields, dim, budget }, { combine, threshold, divisor }) {
    const [wide, narrow] = combine === 'concat' ? [Math.ceil(dim / 2), Math.floor(dim / 2)] : [dim, dim];
    const floats = (n: number, c: number) => (c === 1 ? n * dim : Math.ceil(n / c) * wide + c * narrow);
    /** 1, a row per id, where two tables would be no smaller. */
    const worthwhile = (n: number, c: number) => (n > threshold && floats(n, c) < n * dim ? c : 1);
    const divisors = solveDivisors(
      fields,
      divisor,
      worthwhile,
      (candidate) =>
        4 * fields.reduce((sum, { cardinality }, f) => sum + floats(cardinality, candidate[f]), 0) <= budget,
    );

    const whole = fieldsWhere(divisors, (c) => c === 1);
    const split = fieldsWhere(divisors, (c) => c > 1);
    const splitDivisors = split.map((f) => divisors[f]);
    const wholeTable: Table = { width: dim, parts: whole.map((f) => rowPerId(fields[f])) };
    const quotients: Table = {
      width: wide,
      parts: split.map((f) => ({
        rows: Math.ceil(fields[f].cardinality / divisors[f]),
        init: pieceInits[combine](fields[f]).quotient,
      })),
    };
    const remainders: Table = {
      width: narrow,
      parts: split.map((f) => ({ rows: divisors[f], init: pieceInits[combine](fields[f]).remainder })),
    };

    const embedSplit = ({ ids, rows }: Lookup) => {
      const own = ids.pick(split);
      const quotient = rows(quotients, own.div(splitDivisors).plus(firstRows(quotients.parts)));
      const remainder = rows(remainders, own.mod(splitDivisors).plus(firstRows(remainders.parts)));
      return combinations[combine](quotient, remainder); // [batch, split fields, dim]
    };
    const embedWhole = ({ ids, rows }: Lookup) =>
      rows(wholeTable, ids.pick(whole).plus(firstRows(wholeTable.parts)));

    return withinBudget(
      {
        tables: [wholeTable, quotients, remainders].filter(({ parts }) => parts.length > 0),
        choices: { divisors },
        embed: (lookup) =>
          joinFields([
            ...(whole.length > 0 ? [{ positions: whole, vectors: embedWhole(lookup) }] : []),
            ...(split.length > 0 ? [{ positions: split, vectors: embedSplit(lookup) }] : []),
          ]),
      },
      budget,
      'the smallest pair of tables per field',
    );
  },
};

/**
 * One divisor for all fields, the smallest that fits the budget; a field stops at sqrt(n), where its two tables together
 * are smallest. Sizes fall as the common divisor grows, so bisection finds it.
 */
function solveDivisors(
  fields: readonly Field[],
  given: number | undefined,
  worthwhile: (cardinality: number, divisor: number) => number,
  fits: (divisors: readonly number[]) => boolean,
): number[] {
  if (given !== undefined) return fields.map(({ cardinality }) => worthwhile(cardinality, given));
  const roots = fields.map(({ cardinality }) => Math.ceil(Math.sqrt(cardinality)));
  const upToRoot = (c: number) =>
    fields.map(({ cardinality }, f) => worthwhile(cardinality, Math.min(c, roots[f])));
  let low = 1;
  let high = Math.max(...roots);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (fits(upToRoot(middle))) high = middle;
    else low = middle + 1;
  }
  return upToRoot(low);
}

const combinations: Record<Combine, (quotient: tf.Tensor3D, remainder: tf.Tensor3D) => tf.Tensor3D> = {
  product: (quotient, remainder) => tf.mul(quotient, remainder),
  sum: (quotient, remainder) => tf.add(quotient, remainder),
  concat: (quotient, remainder) => tf.concat([quotient, remainder], 2),
};

/**
 * Scaled so that the combination starts like a full table's row, whose coordinates are U(+-1/sqrt(n)). The reference
 * code draws both from U(1/sqrt(n), 1): positive, mean 1/2, so that sums start with a loss of about 75 (dlrm issue 326).
 */
const pieceInits: Record<Combine, (field: Field) => { quotient: Init; remainder: Init }> = {
  product: (field) => ({ quotient: rowPerId(field).init, remainder: { mean: 1, halfWidth: 0.1 } }),
  sum: ({ cardinality }) => {
    const half = { mean: 0, halfWidth: 1 / Math.sqrt(2 * cardinality) };
    return { quotient: half, remainder: half };
  },
  concat: (field) => ({ quotient: rowPerId(field).init, remainder: rowPerId(field).init }),
};

function fieldsWhere(divisors: readonly number[], test: (divisor: number) => boolean): number[] {
  return divisors.flatMap((divisor, f) => (test(divisor) ? [f] : []));
}

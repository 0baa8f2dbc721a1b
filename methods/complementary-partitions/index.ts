import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import type { Field } from '../../harness/contract/data.ts';
import type { Indices } from '../../harness/contract/indices.ts';
import type { Init, Layer, Lookup, Method, Table } from '../../harness/contract/method.ts';
import { withinBudget } from '../../harness/contract/size.ts';
import { evenWidths } from '../shared/budget/shares.ts';
import { smallestThatFits } from '../shared/budget/bisection.ts';
import { networkTables, throughNetworks } from './row-networks.ts';
import { coprimeDivisors, radices } from './partitions.ts';
import { firstRows, idInit } from '../shared/rows/table-parts.ts';
import { uncompressedFields } from '../shared/rows/uncompressed-fields.ts';
import { sum } from '../../base/sum.ts';
import { fieldsWhere, keepOption } from '../shared/rows/keep-option.ts';

const options = z.strictObject({
  partitions: z
    .enum(['mixed-radix', 'remainder', 'path'])
    .default('mixed-radix')
    .describe(
      "digits of the id; remainders by numbers without common factor; or a row by the lower of two digits, through a small network of the higher digit's own",
    ),
  k: z.int().min(2).max(8).default(3).describe('rows for an id; two with path'),
  combine: z
    .enum(['product', 'sum', 'concat'])
    .default('product')
    .describe('combination of the rows; not with path'),
  hidden: z.int().min(1).default(16).describe('units of the networks, with path'),
  threshold: keepOption,
});
type Options = z.infer<typeof options>;

export const complementaryPartitions: Method<Options> = {
  name: 'complementary-partitions',
  aliases: ['cp', 'k-way'],
  title: 'Complementary partitions',
  idea: 'an id is k rows of k small tables together: no two ids share them all',
  formula: 'E(i) = T₁[p₁(i)] ∘ … ∘ Tₖ[pₖ(i)], i ↦ (p₁, …, pₖ) one to one',
  paper: {
    cite: 'Shi et al., Compositional Embeddings Using Complementary Partitions, KDD 2020',
    url: 'https://arxiv.org/abs/1909.02107',
  },
  departures: [
    {
      what: 'of a product the first table starts like a full table and the others near 1',
      why: "products of numbers as small as a full table's would start near zero; not measured",
    },
    {
      what: 'with combine=concat the rows share the width of a vector',
      why: 'all methods give the model vectors of its own width',
    },
    {
      what: 'the number of values of each digit is solved for the budget',
      why: 'the paper sets collisions by hand',
    },
  ],
  family: 'hashing and sharing',
  cost: 'step',
  options,
  plan(layer, options) {
    const { fields, dim, budget } = layer;
    const pieces = piecesFor(dim, options);
    const digits = solveDigits(layer, options, pieces);
    const uncompressed = uncompressedFields(
      layer,
      fieldsWhere(digits, (ofField) => ofField === undefined),
    );
    const split = fieldsWhere(digits, (ofField) => ofField !== undefined);
    const values = pieces.map((_, j) => split.map((f) => digits[f]![j]));

    const tables = pieces.map((piece, j) =>
      piece.tables.map(({ width, init }): Table => {
        return { width, parts: split.map((f, i) => ({ rows: values[j][i], init: init(fields[f]) })) };
      }),
    );

    const digitsOf = (ids: Indices): Indices[] => {
      if (options.partitions === 'remainder') return values.map((divisors) => ids.mod(divisors));
      let left = ids;
      return values.map((radix) => {
        const digit = left.mod(radix);
        left = left.div(radix);
        return digit;
      });
    };
    const embedSplit = ({ ids, rows }: Lookup) => {
      const looked = digitsOf(ids.pick(split)).map((digit, j) => {
        const index = digit.plus(firstRows(tables[j][0].parts));
        return tables[j].map((table) => rows(table, index)); // each [batch, split fields, width]
      });
      return options.partitions === 'path'
        ? throughNetworks(looked[0][0], looked[1], options.hidden)
        : combinations[options.combine](looked.map(([vectors]) => vectors));
    };

    return withinBudget(
      {
        tables: [...uncompressed.tables, ...tables.flat()].filter(({ parts }) => parts.length > 0),
        choices: { digits: digits.map((ofField) => ofField ?? 'whole') },
        embed: (lookup) => uncompressed.embedBeside(lookup, [{ fields: split, embed: embedSplit }]),
      },
      budget,
      'the smallest tables per field',
    );
  },
};

/** The tables whose rows one digit looks up. */
interface Piece {
  readonly tables: readonly { readonly width: number; readonly init: (field: Field) => Init }[];
}

/**
 * Scaled so that the combination starts like a full table's row. Of a product the first and largest table is that row,
 * the others are factors near 1, which let gradients through (as in quotient-remainder).
 */
function piecesFor(dim: number, { partitions, k, combine, hidden }: Options): Piece[] {
  const row = ({ cardinality }: Field) => idInit(cardinality);
  if (partitions === 'path')
    return [{ tables: [{ width: dim, init: row }] }, { tables: networkTables(dim, hidden) }];
  if (combine === 'concat') return evenWidths(dim, k).map((width) => ({ tables: [{ width, init: row }] }));
  return Array.from({ length: k }, (_, j) => {
    if (combine === 'product')
      return { tables: [{ width: dim, init: j === 0 ? row : () => ({ mean: 1, halfWidth: 0.1 }) }] };
    const init = ({ cardinality }: Field) => ({ mean: 0, halfWidth: 1 / Math.sqrt(k * cardinality) });
    return { tables: [{ width: dim, init }] };
  });
}

const combinations: Record<Options['combine'], (vectors: tf.Tensor3D[]) => tf.Tensor3D> = {
  product: (vectors) => vectors.reduce((product, factor) => tf.mul(product, factor)),
  sum: (vectors) => vectors.reduce((sum, term) => tf.add(sum, term)),
  concat: (vectors) => tf.concat(vectors, 2),
};

/**
 * Digits per field with the fewest ids to a value of the first one that fit the budget, or the smallest tables there are;
 * all fields have the same number. undefined: a row per id, where that is no larger.
 */
function solveDigits({ fields, dim, budget }: Layer, options: Options, pieces: readonly Piece[]) {
  const { partitions, threshold } = options;
  const widths = pieces.map(({ tables }) => sum(tables.map(({ width }) => width)));
  const digits = partitions === 'remainder' ? coprimeDivisors : radices;
  // Collisions at which a field's tables are smallest: n^(1/k) rows in each; with path, as many floats in both.
  const maxCollisions = fields.map(({ cardinality: n }) =>
    partitions === 'path' ? Math.max(1, Math.sqrt((n * dim) / widths[1])) : n ** (1 - 1 / pieces.length),
  );
  const floats = (ofField: readonly number[]) => sum(ofField.map((values, j) => values * widths[j]));
  const at = (collisions: number) =>
    fields.map(({ cardinality: n }, f) => {
      const ofField = digits(n, Math.min(collisions, maxCollisions[f]), pieces.length);
      return n > threshold && collisions > 1 && floats(ofField) < n * dim ? ofField : undefined;
    });
  const fits = (collisions: number) => {
    const sizes = at(collisions).map((d, f) => (d ? floats(d) : fields[f].cardinality * dim));
    return 4 * sum(sizes) <= budget;
  };
  return at(smallestThatFits(1, Math.max(...maxCollisions), fits));
}

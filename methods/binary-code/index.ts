import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import { idsOfWhole } from '../../harness/contract/keys.ts';
import type { Lookup, Method, Table } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { withinBudget } from '../../harness/contract/size.ts';
import { type FieldGroup, joinFields } from '../../harness/ops/join-fields.ts';
import { cutCode, grow, segmentBits, segmentBytes } from './code-segments.ts';
import { spendGreedily } from '../shared/budget/greedy.ts';
import { rowShares } from '../shared/budget/shares.ts';
import { firstRows, idInit, rowPerId } from '../shared/rows/table-parts.ts';
import { keepWhole, wholeFields } from '../shared/rows/uncompressed-fields.ts';

const options = z.strictObject({
  segments: z.int().min(1).max(8).default(2).describe('that the code of an id is cut into'),
  combine: z.enum(['sum', 'concat']).default('sum').describe('of the rows that segments lead to'),
  keep: keepWhole,
});

export const binaryCode: Method<z.infer<typeof options>> = {
  name: 'binary-code',
  aliases: ['bch', 'binary-code-hash'],
  title: 'Binary code based hash embedding',
  idea: 'an id is hashed to a binary code; each segment of the code picks a row from a small table of its own',
  formula: 'E(i) = Σⱼ Tⱼ[cⱼ], c₁ … cₖ the segments of the bits of h(i)',
  paper: {
    cite: 'Yan et al., Binary Code based Hash Embedding for Web-scale Applications, CIKM 2021',
    url: 'https://arxiv.org/abs/2109.02471',
  },
  family: 'hashing and sharing',
  cost: 'step',
  options,
  /**
   * Segments are successive bits. The paper also takes every so-manyth bit: of codes that are random hashes, that is the
   * same. A segment of b bits has 2^b rows, so the bits of a field differ by one to come near its share of the budget,
   * and what shares leave is spent together.
   */
  plan({ fields, dim, budget, seed }, { segments, combine, keep }) {
    const rowBudget = Math.floor(budget / (4 * dim));
    const isWhole = wholeFields(fields, keep, rowBudget);
    const whole = [...fields.keys()].filter((f) => isWhole[f]);
    const coded = [...fields.keys()].filter((f) => !isWhole[f]);
    const count = combine === 'concat' ? Math.min(segments, dim) : segments;
    const widths = Array.from({ length: count }, (_, j) =>
      combine === 'sum' ? dim : Math.floor((dim + j) / count),
    );
    const left = rowBudget - whole.reduce((sum, f) => sum + fields[f].cardinality, 0);
    const shares = rowShares(
      coded.map((f) => fields[f].cardinality),
      left,
    );
    const ownBits = shares.map((rows) => segmentBits(4 * dim * rows, widths, combine === 'concat'));
    const used = ownBits.reduce((sum, own) => sum + segmentBytes(own, widths), 0);
    const rowsOfWhole = whole.reduce((sum, f) => sum + fields[f].cardinality, 0);
    // What a field's share does not suffice for goes to those with most ids for a row.
    const { states } = spendGreedily(ownBits, budget - 4 * dim * rowsOfWhole - used, (i, own) => {
      const { cardinality } = fields[coded[i]];
      const to = grow(own);
      if (2 ** Math.max(...to) > cardinality) return [];
      const bytes = segmentBytes(to, widths) - segmentBytes(own, widths);
      return [{ to, bytes, worth: (bytes * cardinality) / segmentBytes(own, widths) }];
    });
    const codes = states.map(cutCode);

    const wholeTable: Table = { width: dim, parts: whole.map((f) => rowPerId(fields[f])) };
    const tables = widths.map((width, j): Table => ({
      width,
      parts: coded.map((f, i) => {
        const { mean, halfWidth } = idInit(fields[f].cardinality);
        const used = combine === 'sum' ? codes[i].filter(({ bits }) => bits >= 0).length : 1;
        const init = { mean, halfWidth: halfWidth / Math.sqrt(used) };
        return { rows: codes[i][j].bits < 0 ? 0 : 2 ** codes[i][j].bits, init };
      }),
    }));

    const embedCoded = ({ ids, rows }: Lookup): FieldGroup[] => {
      const found = tables.map((table, j) => {
        const members = [...coded.keys()].filter((i) => codes[i][j].bits >= 0);
        const of = members.map((i) => codes[i][j]);
        const places = ids
          .pick(members.map((i) => coded[i]))
          .hash(members.map((i, k) => deriveSeed(seed, 'binary-code', coded[i], of[k].word)))
          .div(of.map(({ shift }) => 2 ** shift))
          .mod(of.map(({ bits }) => 2 ** bits))
          .plus(members.map((i) => firstRows(table.parts)[i]));
        return { vectors: rows(table, places), fields: members.map((i) => coded[i]) };
      });
      if (combine === 'sum') return found.filter((group) => group.fields.length > 0);
      return [{ vectors: tf.concat(found.map(({ vectors }) => vectors), 2), fields: coded }]; // prettier-ignore
    };
    const embed = (lookup: Lookup) => {
      const own = () => lookup.ids.pick(whole).plus(firstRows(wholeTable.parts));
      return joinFields(
        [
          ...(whole.length > 0 ? [{ vectors: lookup.rows(wholeTable, own()), fields: whole }] : []),
          ...(coded.length > 0 ? embedCoded(lookup) : []),
        ],
        fields.length,
        dim,
      );
    };
    const bits = fields.map((_, f) =>
      isWhole[f] ? 'whole' : codes[coded.indexOf(f)].map((segment) => segment.bits),
    );
    return withinBudget(
      {
        tables: [wholeTable, ...tables].filter(({ parts }) => parts.some(({ rows }) => rows > 0)),
        choices: { bits },
        toldApart: idsOfWhole(fields, (f) => isWhole[f]),
        embed,
      },
      budget,
      'one row per field',
    );
  },
};

import type { Infeasible, Layer } from '../../../harness/contract/method.ts';
import { infeasible } from '../../../harness/contract/size.ts';
import { smallestThatFits } from '../budget/bisection.ts';
import { sum } from '../../../base/sum.ts';
import { chooseUncompressed } from '../rows/keep-option.ts';

/**
 * The rank of each field's table [n, dim] as a product [n, r] x [r, dim]; dim where it is uncompressed, because it is small
 * (chooseUncompressed) or because the product would be no smaller.
 *
 * Every field shrinks by the same factor c, r = floor(n dim c / (n + dim)), at least 1, and what rounding leaves of the
 * budget raises ranks by one, smallest fields first, over and over.
 */
export function fieldRanks(layer: Layer, keep: number): readonly number[] | Infeasible {
  const { fields, dim, budget } = layer;
  const floatsOf = ranksFloats(layer);
  const fits = (ranks: readonly number[]) => 4 * floatsOf(ranks) <= budget;
  const small = chooseUncompressed(fields, keep, Math.floor(budget / (4 * dim)));
  const ranksAt = (shrink: number, uncompressed: readonly boolean[]) =>
    fields.map(({ cardinality: n }, f) =>
      uncompressed[f] ? dim : rankOrDim(Math.max(1, Math.floor((n * dim) / shrink / (n + dim))), n, dim),
    );
  const none = fields.map(() => false);
  const least = ranksAt(Infinity, none);
  if (!fits(least)) return infeasible(4 * floatsOf(least), budget, 'rank 1 of every field');
  const uncompressed = fits(ranksAt(Infinity, small)) ? small : none;
  const shrink = smallestThatFits(1, 2 * dim, (shrink) => fits(ranksAt(shrink, uncompressed)));
  const ranks = ranksAt(shrink, uncompressed);

  const smallestFirst = [...fields.keys()].sort((a, b) => fields[a].cardinality - fields[b].cardinality);
  for (let raised = true; raised;) {
    raised = false;
    for (const f of smallestFirst) {
      if (ranks[f] === dim) continue;
      const before = ranks[f];
      ranks[f] = rankOrDim(before + 1, fields[f].cardinality, dim);
      if (fits(ranks)) raised = true;
      else ranks[f] = before;
    }
  }
  return ranks;
}

function rankOrDim(rank: number, n: number, dim: number): number {
  return rank * (n + dim) < n * dim ? rank : dim;
}

function ranksFloats({ fields, dim }: Layer) {
  return (ranks: readonly number[]) =>
    sum(fields.map(({ cardinality: n }, f) => (ranks[f] === dim ? n * dim : ranks[f] * (n + dim))));
}

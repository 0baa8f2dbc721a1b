import { sum } from '../../../base/sum.ts';

/** Something that can be had instead of others: what it is worth, and what it costs. */
export interface Choice {
  readonly value: number;
  readonly cost: number;
}

/**
 * One of each list of choices, so that they are worth most together and cost no more than `budget`: the index of each. What
 * the cheapest cost is counted exactly; what is beyond them is rounded up to parts in 2^14 of what the budget leaves, so a
 * sum that would fit to the last part may be missed, and none is over. undefined if the cheapest cost too much. Throws
 * an Error if no choice of a list has a finite value, as after a training that diverged.
 */
export function chooseWithin(lists: readonly (readonly Choice[])[], budget: number): number[] | undefined {
  const cheapest = lists.map((choices) => Math.min(...choices.map(({ cost }) => cost)));
  const spare = budget - sum(cheapest);
  if (spare < 0) return undefined;
  const unit = spare / units;
  const weights = lists.map((choices, list) =>
    choices.map(({ cost }) => (cost === cheapest[list] ? 0 : Math.ceil((cost - cheapest[list]) / unit))),
  );

  let best: Float64Array<ArrayBuffer> = new Float64Array(units + 1);
  const chosen = lists.map((choices, list) => {
    const next = withList(best, choices, weights[list]);
    best = next.best;
    return next.taken;
  });

  if (!(best[units] > -Infinity)) throw new Error('no choice fits: its values are not finite numbers');

  let left = units;
  const found: number[] = [];
  for (let list = lists.length - 1; list >= 0; list--) {
    const choice = chosen[list][left];
    found[list] = choice;
    left -= weights[list][choice];
  }
  return found;
}

/**
 * best[w]: worth of the lists so far for at most w units; taken[w]: what it takes of the last list. `before` is the worth without that list,
 * and `weights` are the units of its choices.
 */
function withList(before: Float64Array, choices: readonly Choice[], weights: readonly number[]) {
  const best = new Float64Array(units + 1).fill(-Infinity);
  const taken = new Int32Array(units + 1);
  for (const [choice, { value }] of choices.entries()) {
    const weight = weights[choice];
    for (let w = weight; w <= units; w++) {
      const worth = before[w - weight] + value;
      if (worth > best[w]) {
        best[w] = worth;
        taken[w] = choice;
      }
    }
  }
  return { best, taken };
}

const units = 2 ** 14;
